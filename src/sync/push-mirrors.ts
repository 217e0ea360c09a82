import { Secret } from '../domain/credentials';
import { fault, HeadwaterError, type Fault } from '../domain/errors';
import { invalidFields } from '../domain/mirror-options';
import { checkAsker, checkPlace } from '../domain/policy';
import { parseInterval } from '../domain/update-interval';
import { parseUpstreamUrl } from '../domain/upstream-url';
import type { ProjectName } from '../ports/forge';
import type { PushMirror, PushMirrors } from '../ports/push-mirrors';
import type { StoreReads } from '../ports/store';
import { checkCredentials } from './enrol-project';
import type { SetUpBy } from './hold-to-policy';
import { refuseHttpCredentials } from './ssh-settings';

/** What somebody may say of a new push mirror. */
export interface PushMirrorSettings {
  readonly url: string;
  /** Who adds it; unknown, if left out. */
  readonly by?: SetUpBy | null | undefined;
  readonly authUser?: string | null | undefined;
  readonly authPassword?: Secret | null | undefined;
  /** "8h" if left out; "0" for never by the clock. */
  readonly interval?: string | undefined;
  readonly syncOnCommit?: boolean | undefined;
  readonly branchFilter?: string | null | undefined;
}

export interface PushMirrorDeps {
  readonly pushMirrors: PushMirrors;
  readonly store: Pick<StoreReads, 'mirrorOfProject' | 'policy'>;
}

const usualInterval = '8h';
const year = 365 * 24 * 3_600_000;

/**
 * Adds a push mirror with the token of an admin of the project. The address is the forge's to connect to and to judge, not ours.
 * The admins' policy is held to for those that are added here; the forge's own page and API know nothing of it.
 * Raises url_*, push_mirroring_denied, mirroring_denied, host_not_allowed, scheme_not_allowed, input_invalid, push_mirror_unsupported, push_mirror_is_upstream and what PushMirrors.create raises.
 */
export async function addPushMirror(
  deps: PushMirrorDeps,
  token: Secret,
  project: ProjectName,
  settings: PushMirrorSettings,
): Promise<{ readonly mirror: PushMirror; readonly warnings: readonly Fault[] }> {
  checkCredentials(settings);
  const { url, hadCredentials } = parseUpstreamUrl(settings.url);
  const user = settings.authUser ?? '';
  const password = settings.authPassword?.reveal() ?? '';
  const branchFilter = readFilter(settings.branchFilter ?? '');
  if (url.ssh !== null) refuseHttpCredentials({ user: user !== '', password: password !== '' });
  const intervalMs = readInterval(settings.interval ?? usualInterval);
  const policy = await deps.store.policy();
  if (!policy.pushMirrors) throw new HeadwaterError('push_mirroring_denied');
  checkAsker(policy, settings.by ?? null, project.owner);
  checkPlace(policy, url.href);

  const pull = await deps.store.mirrorOfProject(project.id);
  if (pull !== null && sameRepository(pull.url, url.href)) throw new HeadwaterError('push_mirror_is_upstream');
  const can = await deps.pushMirrors.capabilities(token);
  if (url.ssh !== null && !can.ssh) throw new HeadwaterError('push_mirror_unsupported', { what: 'ssh addresses' });
  if (branchFilter !== '' && !can.branchFilter)
    throw new HeadwaterError('push_mirror_unsupported', { what: 'a choice of branches' });

  const mirror = await deps.pushMirrors.create(token, project, {
    url,
    credentials: user === '' && password === '' ? null : { user, password: new Secret(password) },
    intervalMs,
    syncOnCommit: settings.syncOnCommit ?? true,
    branchFilter: branchFilter === '' ? null : branchFilter,
  });
  return { mirror, warnings: hadCredentials ? [fault('url_credentials_ignored')] : [] };
}

/** Raises push_mirror_not_found, and what PushMirrors.list raises. */
export async function findPushMirror(
  deps: Pick<PushMirrorDeps, 'pushMirrors'>,
  token: Secret,
  project: ProjectName,
  name: string,
): Promise<PushMirror> {
  const found = (await deps.pushMirrors.list(token, project)).find((mirror) => mirror.name === name);
  if (found === undefined) throw new HeadwaterError('push_mirror_not_found');
  return found;
}

/** Raises push_mirror_not_found, and what PushMirrors.remove raises. */
export async function removePushMirror(
  deps: Pick<PushMirrorDeps, 'pushMirrors'>,
  token: Secret,
  project: ProjectName,
  name: string,
): Promise<void> {
  // The forge says "done" for any name.
  await findPushMirror(deps, token, project, name);
  await deps.pushMirrors.remove(token, project, name);
}

/** Forgejo makes a refspec of each part as it is. */
function readFilter(text: string): string {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(',');
}

function readInterval(text: string): number {
  const ms = /^0+$/.test(text) ? 0 : parseInterval(text);
  if (ms === null || ms > year)
    throw invalidFields([
      { field: 'interval', message: 'must be a time such as "8h" or "1h30m", at most a year; "0" for never' },
    ]);
  return ms;
}

function sameRepository(one: string, other: string): boolean {
  const plain = (href: string) =>
    href
      .replace(/^\w+:\/\/([^/@]*@)?/, '')
      .replace(/\.git$/, '')
      .toLowerCase();
  return plain(one) === plain(other);
}
