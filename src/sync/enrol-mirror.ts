import { Secret } from '../domain/credentials';
import { fault, HeadwaterError, type Fault } from '../domain/errors';
import { holdsFirstRun } from '../domain/held-plan';
import { isHeldByPause, transition, type Mirror } from '../domain/mirror';
import { defaultOptions, sameOptions, type OptionsChange } from '../domain/mirror-options';
import { noNotify } from '../domain/mirror-notify';
import { narrowSchedule, optionsOf } from '../domain/policy';
import { parseUpstreamUrl, type UpstreamUrl } from '../domain/upstream-url';
import type { ForgeProject } from '../ports/forge';
import type { SecretBox } from '../ports/secret-box';
import type { NewSshKey, Ssh } from '../ports/ssh';
import type { StoreTransaction } from '../ports/store';
import { answerFor } from './answer-for';
import { currentSchedule, holdToPolicy, holdToQuota, type SetUpBy } from './hold-to-policy';
import { applyNotify, type NotifyChange } from './notices/notify-settings';
import { applyOptions, type OptionDeps } from './option-settings';
import { announce, recordRequest, type RequestDeps, type RequestedRun } from './request-sync';
import { secretContext } from './secret-context';
import { applySsh, prepareSshKey, refuseHttpCredentials, sshDiffers, type SshSettings } from './ssh-settings';
import { supersede } from './supersede';

/** What a maintainer may say; a field that is left out stays as it is. */
export interface MirrorSettings extends SshSettings {
  readonly url?: string | undefined;
  readonly authUser?: string | null | undefined;
  /** null or '' removes the stored one. */
  readonly authPassword?: Secret | null | undefined;
  /** When the password or token ends, epoch ms; null: not known. The upstream's own word counts more. */
  readonly tokenExpiresAt?: number | null | undefined;
  readonly enabled?: boolean | undefined;
  readonly options?: OptionsChange | undefined;
  readonly notify?: NotifyChange | undefined;
  /** Who says it; unknown, if left out. */
  readonly by?: SetUpBy | null | undefined;
}

export interface EnrolDeps extends RequestDeps, OptionDeps {
  readonly secrets: SecretBox;
  readonly ssh: Pick<Ssh, 'generateKey' | 'readHostKey'>;
  /** Refuses addresses that may not be connected to, as far as it can be told without asking DNS. Raises url_blocked. */
  readonly checkUpstream: (url: UpstreamUrl) => void;
}

export interface Enrolled {
  readonly mirror: Mirror;
  readonly created: boolean;
  readonly warnings: readonly Fault[];
  /** The run that the change asked for; null when nothing that matters changed, or the mirror is switched off. */
  readonly requested: RequestedRun | null;
  /** Made for a first address to tell; shown to who named it. */
  readonly notifySecret: Secret | null;
}

/**
 * Creates the project's mirror or changes it. A change of scheme, host, port or user drops the stored password, since it
 * belonged to those (SEC-04). What changes where or how is fetched starts a run at once and supersedes one under way.
 * Raises url_*, what holdToPolicy and holdToQuota raise, forge_project_archived, forge_project_is_native_mirror, input_invalid,
 * store_unavailable.
 */
export async function enrolMirror(deps: EnrolDeps, project: ForgeProject, settings: MirrorSettings): Promise<Enrolled> {
  if (project.nativeMirror) throw new HeadwaterError('forge_project_is_native_mirror');
  if (project.archived) throw new HeadwaterError('forge_project_archived');
  const parsed = settings.url === undefined ? null : parseUpstreamUrl(settings.url);
  if (parsed !== null) deps.checkUpstream(parsed.url);
  const newSshKey = await prepareSshKey(deps, project, settings, parsed?.url ?? null);

  const done = await deps.store.transaction(async (tx) => {
    const known = await tx.mirrorOfProject(project.id);
    const before = known === null ? null : await tx.lockMirror(known.id);
    const createdAt = await tx.now();
    // Two new mirrors at once are counted one after the other.
    const allowed = before === null ? await tx.lockPolicy() : await tx.policy();
    const fresh = () => ({ ...newMirror(deps, project, parsed?.url.href, createdAt), ownerId: project.ownerId });
    const settled = applySettings(
      { ...deps, policy: narrowSchedule(deps.policy, allowed) },
      before ?? { ...fresh(), options: optionsOf(allowed) },
      project,
      settings,
      parsed?.url.href,
      { key: newSshKey, at: await tx.now() },
    );
    const { by } = settings;
    holdToPolicy(allowed, { before, after: settled, owner: project.owner, by, namesUrl: settings.url !== undefined });
    if (before === null) await holdToQuota(tx, allowed, by, () => tx.countMirrors({ ownerId: project.ownerId }));
    const told = applyNotify(deps, settled, settings.notify, await tx.now());
    const mirror = answerFor(before, { ...settled, notify: told.notify }, project, settings);
    const created = before === null;
    const relevant = created || changesFetch(before, mirror);
    const starts = relevant && mirror.enabled && !isHeldByPause(mirror, 'settings');

    if (created) await tx.insertMirror(mirror);
    else
      await tx.saveMirror(
        relevant ? await supersede(tx, deps.policy, mirror) : await reschedule(tx, deps, before, mirror),
      );

    const requested = starts ? await recordRequest(tx, deps, mirror.id, created ? 'enrolled' : 'settings') : null;
    const stored = await tx.mirror(mirror.id);
    if (stored === null) throw new HeadwaterError('internal');
    return { mirror: stored, created, requested, notifySecret: told.secret };
  });

  const requested =
    done.requested === null ? null : await announce(deps, done.requested, done.created ? 'enrolled' : 'settings');
  const warnings: Fault[] = [];
  if (parsed?.hadCredentials === true) warnings.push(fault('url_credentials_ignored'));
  if (requested?.warning) warnings.push(requested.warning);
  return { ...done, warnings, requested };
}

/** What a project is known by. */
export type ProjectName = Pick<ForgeProject, 'id' | 'owner' | 'name'>;

/** The mirror after a change of its settings. Pure but for the sealing of the password. Raises what enrolMirror raises for them. */
export function applySettings(
  deps: Pick<EnrolDeps, 'secrets' | 'ssh' | 'compilePattern' | 'checkUpstream' | 'policy'>,
  before: Mirror,
  project: ProjectName,
  settings: MirrorSettings,
  href: string | undefined,
  prepared: { readonly key: NewSshKey | null; readonly at: number },
): Mirror {
  const url = href ?? before.url;
  const authUser =
    settings.authUser === undefined ? before.authUser : settings.authUser === '' ? null : settings.authUser;
  const mirror = {
    ...before,
    url,
    authUser,
    enabled: settings.enabled ?? before.enabled,
    activity: url === before.url ? before.activity : null,
    options: applyOptions(deps, before.options, settings.options),
    fullName: `${project.owner}/${project.name}`,
  };

  let sealedPassword = secretContext(mirror) === secretContext(before) ? before.sealedPassword : null;
  if (settings.authPassword !== undefined) {
    const secret = settings.authPassword;
    sealedPassword =
      secret === null || secret.reveal() === '' ? null : deps.secrets.seal(secret, secretContext(mirror));
  }
  const tokenExpiresAt = expiryOf(before, settings, sealedPassword);
  const changed = settleAccess(deps, before, { ...mirror, sealedPassword, tokenExpiresAt }, settings, prepared);
  // Another password for the same user brings nothing else to be mirrored, so all that is known stays.
  if (!changesFetch(before, { ...changed, sealedPassword: before.sealedPassword })) return changed;
  // What the project had before the mirror is still not ours to overwrite; that the plan was accepted is forgotten.
  const held = before.held !== null && holdsFirstRun(before.held) ? { ...before.held, accepted: false } : null;
  return { ...changed, revision: before.revision + 1, deliveredDigest: null, held };
}

/** What was known of the old password says nothing of a new one. */
function expiryOf(before: Mirror, settings: MirrorSettings, sealedPassword: string | null): number | null {
  if (sealedPassword === null) return null;
  if (settings.tokenExpiresAt !== undefined) return settings.tokenExpiresAt;
  return sealedPassword === before.sealedPassword ? before.tokenExpiresAt : null;
}

/** Passwords are for http, keys for ssh: a mirror keeps only what its address has a use for. */
function settleAccess(
  deps: Pick<EnrolDeps, 'secrets' | 'ssh'>,
  before: Mirror,
  after: Mirror,
  settings: MirrorSettings,
  prepared: { readonly key: NewSshKey | null; readonly at: number },
): Mirror {
  const ssh = applySsh(deps, before, after, settings, prepared);
  if (ssh === null) return { ...after, ssh };
  refuseHttpCredentials({
    user: (settings.authUser ?? '') !== '',
    password: (settings.authPassword?.reveal() ?? '') !== '',
  });
  return { ...after, ssh, authUser: null, sealedPassword: null, tokenExpiresAt: null };
}

/** An interval of its own, or another one, moves the next turn. */
async function reschedule(
  tx: StoreTransaction,
  deps: Pick<EnrolDeps, 'policy'>,
  before: Mirror,
  after: Mirror,
): Promise<Mirror> {
  if (before.options.interval === after.options.interval) return after;
  const schedule = await currentSchedule(tx, deps.policy);
  return transition(after, { type: 'rescheduled', at: await tx.now() }, schedule);
}

function changesFetch(before: Mirror, after: Mirror): boolean {
  return (
    before.url !== after.url ||
    before.authUser !== after.authUser ||
    before.sealedPassword !== after.sealedPassword ||
    sshDiffers(before.ssh, after.ssh) ||
    !sameOptions(before.options, after.options) ||
    before.enabled !== after.enabled
  );
}

/** A mirror that has only its address. Raises input_invalid when that is missing. */
export function newMirror(
  deps: Pick<EnrolDeps, 'newId'>,
  project: ProjectName,
  href: string | undefined,
  createdAt: number,
): Mirror {
  if (href === undefined) {
    throw new HeadwaterError(
      'input_invalid',
      { fields: 'url' },
      { fieldFaults: [{ field: 'url', message: 'is required to create a mirror' }] },
    );
  }
  return {
    id: deps.newId(),
    repoId: project.id,
    fullName: `${project.owner}/${project.name}`,
    ownerId: null,
    projectSeenAt: null,
    visibility: null,
    maintainer: null,
    url: href,
    authUser: null,
    sealedPassword: null,
    tokenExpiresAt: null,
    ssh: null,
    hook: null,
    notify: noNotify,
    enabled: true,
    options: defaultOptions,
    status: 'none',
    failures: 0,
    pause: null,
    lastError: null,
    lastStartedAt: null,
    lastFinishedAt: null,
    lastSuccessAt: null,
    nextUpdateAt: null,
    lastCounts: null,
    upstreamDefaultBranch: null,
    deliveredDigest: null,
    defaultBranchSet: null,
    held: null,
    activity: null,
    proof: null,
    pullRequests: [],
    activeRunId: null,
    lease: null,
    fence: 0,
    revision: 1,
    createdAt,
  };
}
