import { divergences, type MirrorOptions } from '../../../domain/mirror-options';
import type { SshKeyType } from '../../../domain/mirror-ssh';
import type { SchedulePolicy } from '../../../domain/schedule';
import { showInterval, type UpdateInterval } from '../../../domain/update-interval';
import { buttons } from '../../../panel/texts/actions';
import { form, options as optionTexts, tokenHelp } from '../../../panel/texts/forms';
import { everyWords, sayOptions, sayPushOptions } from '../../../panel/texts/summary';
import { hintsFor, type AddressHint } from '../../../panel/texts/address-hints';
import type { Rich } from '../../../panel/texts/rich';
import type { PushMirrorCapabilities } from '../../../ports/push-mirrors';
import type { HostKeysView } from './host-keys-view';
import type { NotifyView } from './notify-view';

export type Method = 'none' | 'password' | 'key';

/** What a person has filled in, as it goes back onto the page; never the password. */
export interface FormValues {
  readonly direction: 'pull' | 'push';
  readonly address: string;
  readonly method: Method;
  readonly username: string;
  readonly options: Pick<
    MirrorOptions,
    | 'branches'
    | 'branchPattern'
    | 'tags'
    | 'divergence'
    | 'deletions'
    | 'lfs'
    | 'lfsUrl'
    | 'followDefaultBranch'
    | 'interval'
  >;
  /** The day on which the token ends, such as "2027-01-31"; '' for none. */
  readonly tokenEnd: string;
  readonly keyType: SshKeyType;
  /** Whom the mirror tells; `url` is '' for nobody. */
  readonly notify: { readonly issue: boolean; readonly url: string };
  /** `branches`: globs separated by commas, '' for all. */
  readonly push: { readonly interval: string; readonly onCommit: boolean; readonly branches: string };
}

/** Names of the fields that have something wrong with them. */
export type FaultyFields = Readonly<
  Partial<
    Record<
      | 'address'
      | 'username'
      | 'password'
      | 'tokenEnd'
      | 'pattern'
      | 'keys'
      | 'name'
      | 'owner'
      | 'token'
      | 'interval'
      | 'lfsUrl'
      | 'notifyUrl',
      string
    >
  >
>;

export interface FormView {
  readonly kind: 'add' | 'edit' | 'new';
  readonly values: FormValues;
  /** Both directions can be chosen; otherwise the only one that makes sense. */
  readonly directions: boolean;
  readonly methods: readonly { readonly id: Method; readonly label: string; readonly checked: boolean }[];
  /** What the forge's push mirrors can do. */
  readonly pushes: PushMirrorCapabilities;
  /** Why only pulling can be chosen; null: nothing is in the way, or nobody asks. */
  readonly noPush: Rich | null;
  readonly hints: readonly AddressHint[];
  readonly faults: FaultyFields;
  readonly addressFaulty: boolean;
  readonly tokenHelp: { readonly text: string; readonly link: string; readonly href: string } | null;
  readonly stored: boolean;
  readonly summary: string;
  readonly optionsOpen: boolean;
  readonly hostKeys: HostKeysView | null;
  readonly result: { readonly tone: 'ok' | 'bad'; readonly lines: readonly Rich[] } | null;
  /** Above a form that stands over a list. */
  readonly title: string | null;
  readonly submit: string;
  /** Nothing can be saved as it is: the button looks again, and is not primary. */
  readonly blocked: boolean;
  /** What the button says without a key to make, and with one; null: always the same. */
  readonly labels: { readonly plain: string; readonly key: string } | null;
  readonly keepsLfs: boolean;
  readonly pushSummary: string;
  readonly intervalMs: number;
  /** Where it is sent. */
  readonly action: string;
  readonly self: string;
  readonly publicKey: string | null;
  readonly canTest: boolean;
  readonly cancel: string | null;
  readonly notify: NotifyView | null;
  readonly divergences: readonly string[];
  readonly intervals: readonly { readonly value: string; readonly label: string; readonly chosen: boolean }[];
  /** Only where a project is made too. */
  readonly project: { readonly owner: string; readonly name: string; readonly isPrivate: boolean } | null;
}

export interface FormInput {
  readonly kind: FormView['kind'];
  readonly values: FormValues;
  readonly directions: boolean;
  readonly pushes?: PushMirrorCapabilities;
  readonly noPush?: Rich | null;
  readonly faults?: FaultyFields;
  readonly stored?: boolean;
  readonly optionsOpen?: boolean;
  readonly hostKeys?: HostKeysView | null;
  readonly result?: FormView['result'];
  readonly keepsLfs: boolean;
  readonly intervalMs: number;
  /** Web address of this project. */
  readonly self: string;
  readonly title?: string | null;
  readonly submit: string;
  readonly labels?: FormView['labels'];
  readonly action: string;
  readonly canTest: boolean;
  readonly publicKey?: string | null;
  readonly cancel?: string | null;
  /** How the last messages fared; of a mirror that is there. */
  readonly notify?: NotifyView | null;
  readonly bounds: Pick<SchedulePolicy, 'minIntervalMs' | 'maxIntervalMs'>;
  readonly project?: FormView['project'];
}

export function viewForm(input: FormInput): FormView {
  const { values } = input;
  const both = input.directions || values.direction === 'pull';
  const methods: readonly Method[] = both ? ['none', 'password', 'key'] : ['password', 'key'];
  const faults = input.faults ?? {};
  const blocked = input.hostKeys?.canConfirm === false;
  const hints = hintsFor(values.address, { method: values.method, self: input.self });
  return {
    kind: input.kind,
    values,
    directions: input.directions,
    methods: methods.map((id) => ({ id, label: form[id], checked: id === values.method })),
    pushes: input.pushes ?? { ssh: true, branchFilter: false },
    noPush: input.noPush ?? null,
    hints,
    faults: hints.some((hint) => hint.tone === 'bad') ? withoutAddress(faults) : faults,
    addressFaulty: faults.address !== undefined,
    tokenHelp: tokenHelpFor(values.address),
    stored: input.stored ?? false,
    summary: summarise(values, input.intervalMs),
    pushSummary: summarisePush(values),
    optionsOpen: (input.optionsOpen ?? false) || inOptions.some((field) => faults[field] !== undefined),
    hostKeys: input.hostKeys ?? null,
    result: input.result ?? null,
    title: input.title ?? null,
    submit: blocked ? buttons.checkAgain : input.submit,
    blocked,
    labels: blocked ? null : (input.labels ?? null),
    keepsLfs: input.keepsLfs,
    intervalMs: input.intervalMs,
    action: input.action,
    self: input.self,
    publicKey: input.publicKey ?? null,
    canTest: input.canTest,
    cancel: input.cancel ?? null,
    notify: input.notify ?? null,
    divergences,
    intervals: intervalChoices(values.options.interval, input.intervalMs, input.bounds),
    project: input.project ?? null,
  };
}

/** A hint says what is wrong already. */
function withoutAddress({ address: _address, ...others }: FaultyFields): FaultyFields {
  return others;
}

const inOptions = ['pattern', 'interval', 'lfsUrl', 'notifyUrl'] as const;
const minute = 60_000;
const usualChoices = [30, 60, 180, 360, 720, 1440, 10_080].map((minutes) => minutes * minute);

/** As the admin has it, the usual ones that the admin allows, and what is set if it is none of these. */
function intervalChoices(
  set: UpdateInterval,
  usualMs: number,
  { minIntervalMs: least, maxIntervalMs: most }: FormInput['bounds'],
): FormView['intervals'] {
  const own = typeof set === 'number' ? [set] : [];
  const allowed = usualChoices.filter((ms) => ms >= least && ms <= most);
  const times = [...new Set([...allowed, ...own])].sort((one, other) => one - other);
  return [
    { value: '', label: optionTexts.usualInterval(everyWords(usualMs)), chosen: set === null },
    ...times.map((ms) => ({
      value: showInterval(ms),
      label: optionTexts.otherInterval(everyWords(ms)),
      chosen: ms === set,
    })),
    { value: 'adaptive', label: optionTexts.adaptive, chosen: set === 'adaptive' },
  ];
}

function summarise({ options, notify }: FormValues, usualMs: number): string {
  const said = { ...options, lfsUrl: options.lfsUrl ?? '', issue: notify.issue, messages: notify.url };
  return sayOptions(said, usualMs);
}

function summarisePush({ push }: FormValues): string {
  const every = (optionTexts.everyChoices as Readonly<Record<string, string>>)[push.interval] ?? push.interval;
  return sayPushOptions(push.onCommit, push.interval === '0' ? null : every, push.branches);
}

function tokenHelpFor(address: string): FormView['tokenHelp'] {
  const host = /^https?:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(address.trim())?.[1]?.toLowerCase();
  return host === undefined ? null : (tokenHelp[host] ?? null);
}

export const emptyValues: FormValues = {
  direction: 'pull',
  address: '',
  method: 'none',
  username: '',
  options: {
    branches: 'all',
    branchPattern: null,
    tags: 'all',
    divergence: 'keep',
    deletions: 'ignore',
    lfs: true,
    lfsUrl: null,
    followDefaultBranch: true,
    interval: null,
  },
  tokenEnd: '',
  keyType: 'ed25519',
  notify: { issue: false, url: '' },
  push: { interval: '8h0m0s', onCommit: true, branches: '' },
};
