import type { Mirror } from '../../domain/mirror';
import { narrowSchedule } from '../../domain/policy';
import { buttons } from '../../panel/texts/actions';
import type { LoadedPushes } from './load-pushes';
import type { Panel, PanelContext } from './panel-context';
import { dayOf } from './read-form';
import { emptyValues, viewForm, type FormInput, type FormValues, type FormView } from './view/form-view';
import { viewNotify } from './view/notify-view';

type Sent = Partial<Pick<FormInput, 'faults' | 'hostKeys' | 'result' | 'optionsOpen'>> & {
  readonly values?: FormValues;
};

/** What an empty form that adds a mirror depends on. */
export interface AddChoice {
  readonly pushed: Pick<LoadedPushes, 'mayAdd' | 'hindrance' | 'can'>;
  /** There is a pull mirror, so only push mirrors can be added. */
  readonly pulls: boolean;
  /** It stands over a list, and can be shut. */
  readonly over: boolean;
  /** Where the project came from. */
  readonly from?: string | null;
}

/** The form that adds a mirror; `sent` is what a person filled in before. */
export function addForm(
  panel: Panel,
  context: PanelContext,
  { pushed, pulls, over, from = null }: AddChoice,
  sent: Sent = {},
): FormView {
  const only = pulls ? 'push' : pushed.mayAdd ? null : 'pull';
  const labels = {
    plain: pulls ? buttons.addPush : buttons.add,
    key: pulls ? buttons.addPushAndKey : buttons.addAndKey,
  };
  const empty = startValues(context);
  const start: FormValues = only === 'push' ? { ...empty, direction: 'push', method: 'password' } : empty;
  const values = sent.values ?? { ...start, address: prefilled(from) };
  return viewForm({
    ...shared(panel, context),
    ...sent,
    kind: 'add',
    values,
    directions: only === null,
    pushes: pushed.can,
    noPush: only === 'pull' ? (pushed.hindrance?.why ?? null) : null,
    title: over ? (pulls ? buttons.addPush : buttons.addMirror) : null,
    submit: values.method === 'key' ? labels.key : labels.plain,
    labels,
    action: context.links.act('add'),
    cancel: over ? context.links.settings : null,
  });
}

export function editForm(panel: Panel, context: PanelContext, mirror: Mirror, sent: Sent = {}): FormView {
  return viewForm({
    ...shared(panel, context),
    ...sent,
    kind: 'edit',
    values: sent.values ?? valuesOf(mirror),
    directions: false,
    stored: mirror.sealedPassword !== null,
    submit: buttons.save,
    action: context.links.act('edit'),
    cancel: context.links.settings,
    publicKey: mirror.ssh?.keys[0]?.publicKey ?? null,
    notify: viewNotify(mirror.notify, context.links),
  });
}

/** The settings of a mirror as its form shows them. */
export function valuesOf(mirror: Mirror): FormValues {
  return {
    ...emptyValues,
    address: mirror.url,
    method:
      mirror.ssh !== null ? 'key' : mirror.authUser === null && mirror.sealedPassword === null ? 'none' : 'password',
    username: mirror.authUser ?? '',
    options: mirror.options,
    tokenEnd: dayOf(mirror.tokenExpiresAt),
    keyType: mirror.ssh?.keys[0]?.type ?? 'ed25519',
    notify: { issue: mirror.notify.issue, url: mirror.notify.url ?? '' },
  };
}

function shared(panel: Panel, context: PanelContext) {
  const { forge, links } = context;
  return {
    keepsLfs: forge.keepsLfs,
    ...boundsOf(panel, context),
    self: links.forge.project,
    canTest: true,
  };
}

/** A form that nobody has filled in yet says what the admins chose for new mirrors. */
export function startValues({ allowed }: Pick<PanelContext, 'allowed'>): FormValues {
  return { ...emptyValues, options: { ...emptyValues.options, ...allowed.defaults } };
}

/** The usual interval, and the shortest and longest ones, as they are allowed now. */
export function boundsOf({ deps }: Panel, { allowed }: Pick<PanelContext, 'allowed'>) {
  const bounds = narrowSchedule(deps.policy, allowed);
  return { intervalMs: bounds.updateIntervalMs, bounds };
}

/** Where a project was imported or mirrored from before it became a regular one. */
function prefilled(from: string | null): string {
  return from !== null && /^https?:\/\//.test(from) ? from : '';
}
