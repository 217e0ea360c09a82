import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import {
  deletionChoices,
  divergences,
  invalidFields,
  tagChoices,
  type Divergence,
  type OptionsChange,
} from '../../domain/mirror-options';
import { isSshAddress } from '../../domain/ssh-url';
import type { NotifyChange } from '../../sync/notices/notify-settings';
import { parseInterval, showInterval, type UpdateInterval } from '../../domain/update-interval';
import type { FormValues, Method } from './view/form-view';

/** What a person sent: what goes back onto the page, and what must not. */
export interface SentForm {
  readonly values: FormValues;
  readonly password: string;
  /** Whole host keys that stood on the page. */
  readonly hostKeys: readonly string[];
  readonly keysConfirmed: boolean;
  readonly what: 'save' | 'test' | 'meant';
  /** Only where a project is made too. */
  readonly token: string;
  readonly name: string;
  readonly owner: string;
  readonly isPrivate: boolean;
}

type Body = Readonly<Record<string, unknown>>;

/** A form's fields; whatever is missing or odd takes its usual value. */
export function readForm(request: { readonly body?: unknown }, before: FormValues): SentForm {
  const body = (request.body ?? {}) as Body;
  const meant = text(body, 'meant');
  const address = meant !== '' ? meant : text(body, 'address', 4000).trim();
  const method = oneOf(text(body, 'method'), ['none', 'password', 'key'] as const, methodFor(address));
  const branches = oneOf(text(body, 'branches'), ['all', 'protected', 'pattern'] as const, before.options.branches);
  const pattern = text(body, 'pattern', 1000);
  return {
    values: {
      direction: oneOf(text(body, 'direction'), ['pull', 'push'] as const, before.direction),
      address,
      method,
      username: text(body, 'username', 255),
      options: {
        branches,
        branchPattern: branches === 'pattern' ? pattern : null,
        tags: oneOf(text(body, 'tags'), tagChoices, before.options.tags),
        divergence: oneOf<Divergence>(text(body, 'divergence'), divergences, before.options.divergence),
        deletions: oneOf(text(body, 'deletions'), deletionChoices, before.options.deletions),
        // The box is absent where the forge keeps no LFS files.
        lfs: shows(body, 'lfs') ? text(body, 'lfs') === 'yes' : before.options.lfs,
        lfsUrl: shows(body, 'lfs') ? text(body, 'lfs_url').trim() || null : before.options.lfsUrl,
        followDefaultBranch: text(body, 'follow_default') === 'yes',
        interval: readInterval(body, before.options.interval),
      },
      tokenEnd: text(body, 'token_end', 40).trim(),
      keyType: oneOf(text(body, 'key_type'), ['ed25519', 'rsa'] as const, before.keyType),
      // Not asked for where a project is made too.
      notify: shows(body, 'notify')
        ? { issue: text(body, 'notify_issue') === 'yes', url: text(body, 'notify_url').trim() }
        : before.notify,
      push: {
        interval: oneOf(text(body, 'interval'), ['8h0m0s', '1h0m0s', '24h0m0s', '0'] as const, '8h0m0s'),
        onCommit: text(body, 'on_commit') === 'yes',
        branches: text(body, 'push_branches', 1000).trim(),
      },
    },
    password: text(body, 'password', 16_384),
    hostKeys: list(body, 'host_key').slice(0, 16),
    keysConfirmed: text(body, 'keys_confirmed') === 'yes',
    what: meant !== '' ? 'meant' : oneOf(text(body, 'do'), ['save', 'test'] as const, 'save'),
    token: text(body, 'token', 400).trim(),
    name: text(body, 'name', 100).trim(),
    owner: text(body, 'owner', 100).trim(),
    isPrivate: text(body, 'private') === 'yes',
  };
}

/** A field of a small form. Raises input_invalid when it is missing. */
export function requiredField(request: { readonly body?: unknown }, field: string): string {
  const value = text((request.body ?? {}) as Body, field, 4000);
  if (value !== '') return value;
  throw new HeadwaterError('input_invalid', { fields: field }, { fieldFaults: [{ field, message: 'is missing' }] });
}

export function optionalField(request: { readonly body?: unknown }, field: string): string {
  return text((request.body ?? {}) as Body, field, 16_384);
}

export function listField(request: { readonly body?: unknown }, field: string): string[] {
  return list((request.body ?? {}) as Body, field);
}

export function optionsOf({ options }: FormValues): OptionsChange {
  return {
    onlyProtectedBranches: options.branches === 'protected',
    branchPattern: options.branches === 'pattern' ? options.branchPattern : null,
    tags: options.tags,
    divergence: options.divergence,
    deletions: options.deletions,
    lfs: options.lfs,
    // Of no use without LFS; what is stored stays for later.
    lfsUrl: options.lfs ? options.lfsUrl : undefined,
    followDefaultBranch: options.followDefaultBranch,
    interval: typeof options.interval === 'number' ? showInterval(options.interval) : options.interval,
  };
}

export function notifyOf({ notify }: FormValues): NotifyChange {
  return { issue: notify.issue, url: notify.url === '' ? null : notify.url };
}

/** "2027-01-31"; '' for no day. Epoch ms. */
export function dayOf(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 10);
}

/**
 * When the token ends, epoch ms: a day begins at midnight UTC, as GitLab counts. undefined: what is known stays, which is
 * forgotten with the password that it was about. Raises input_invalid.
 */
export function tokenEndOf(tokenEnd: string, before: number | null): number | null | undefined {
  if (tokenEnd === dayOf(before)) return undefined;
  if (tokenEnd === '') return null;
  const at = /^\d{4}-\d\d-\d\d$/.test(tokenEnd) ? Date.parse(tokenEnd) : Number.NaN;
  if (Number.isNaN(at)) throw invalidFields([{ field: 'token_expires_at', message: 'is not a day' }]);
  return at;
}

export function secretOf(password: string): Secret | undefined {
  return password === '' ? undefined : new Secret(password);
}

/** An ssh address signs in with a key, whatever stands in the form. */
export function isSshForm({ address }: Pick<FormValues, 'address'>): boolean {
  return isSshAddress(address);
}

function methodFor(address: string): Method {
  return isSshAddress(address) ? 'key' : 'none';
}

/** '' is the admin's interval. */
function readInterval(body: Body, before: UpdateInterval): UpdateInterval {
  if (typeof body['check'] !== 'string') return before;
  const sent = text(body, 'check', 20);
  if (sent === 'adaptive') return sent;
  return parseInterval(sent === '' ? 'none' : sent);
}

function text(body: Body, field: string, longest = 4000): string {
  const value = body[field];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.slice(0, longest) : '';
}

/** An unticked box sends nothing, so a form says which of them it has. */
function shows(body: Body, part: string): boolean {
  return text(body, `${part}_shown`) === 'yes';
}

function list(body: Body, field: string): string[] {
  const value = body[field];
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each) => typeof each === 'string').map((each) => each.slice(0, 8000));
}

function oneOf<T extends string>(value: string, choices: readonly T[], usual: T): T {
  return choices.find((choice) => choice === value) ?? usual;
}
