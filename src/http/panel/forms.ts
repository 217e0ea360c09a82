import type { Mirror } from '../../domain/mirror';
import { buttons } from '../../panel/texts/actions';
import type { Panel, PanelContext } from './panel-context';
import { emptyValues, viewForm, type FormInput, type FormValues, type FormView } from './view/form-view';

type Sent = Partial<Pick<FormInput, 'faults' | 'hostKeys' | 'result' | 'optionsOpen'>> & {
  readonly values?: FormValues;
};

/** The form that adds a mirror; `sent` is what a person filled in before. */
export function addForm(panel: Panel, context: PanelContext, sent: Sent = {}): FormView {
  const values = sent.values ?? { ...emptyValues, address: prefilled(context) };
  return viewForm({
    ...shared(panel, context),
    ...sent,
    kind: 'add',
    values,
    directions: false,
    submit: values.method === 'key' ? buttons.addAndKey : buttons.add,
    action: context.links.act('add'),
    cancel: null,
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
  };
}

function shared({ deps }: Panel, { forge, links }: PanelContext) {
  return {
    keepsLfs: forge.keepsLfs,
    intervalMs: deps.policy.updateIntervalMs,
    self: links.forge.project,
    canTest: true,
  };
}

/** The address that a converted mirror of the forge had, or that a link brought along. */
function prefilled({ request }: PanelContext): string {
  const { address } = request.query;
  return typeof address === 'string' && /^https?:\/\//.test(address) ? address.slice(0, 2000) : '';
}
