import type { Secret } from '../domain/credentials';
import { fault, HeadwaterError, type Fault } from '../domain/errors';
import { isHeldByPause, transition, type Mirror } from '../domain/mirror';
import { narrowSchedule, optionsOf } from '../domain/policy';
import { parseUpstreamUrl } from '../domain/upstream-url';
import type { ForgeProject } from '../ports/forge';
import type { StoreTransaction } from '../ports/store';
import { answerFor } from './answer-for';
import { currentSchedule, holdToPolicy, holdToQuota } from './hold-to-policy';
import { applySettings, changesFetch, type MirrorSettings, type SettingsDeps } from './mirror-settings';
import { newMirror } from './new-mirror';
import { applyNotify } from './notices/notify-settings';
import { announce, recordRequest, type RequestDeps, type RequestedRun } from './request-sync';
import { prepareSshKey } from './ssh-settings';
import { supersede } from './supersede';

export type EnrolDeps = RequestDeps & SettingsDeps;

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
