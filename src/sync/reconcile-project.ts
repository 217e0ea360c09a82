import { fault, toHeadwaterError, type Fault, type HeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import type { PauseReason } from '../domain/pause';
import { seeVisibility } from '../domain/project-visibility';
import type { Forge, ForgeProject } from '../ports/forge';
import { withoutForge } from './forge-outage';
import { pauseMirror, resumeMirror } from './pause-mirror';
import { removeMirror, type RemoveDeps } from './remove-mirror';
import type { RequestDeps } from './request-sync';

export interface ReconcileDeps extends RequestDeps, RemoveDeps {
  readonly store: RequestDeps['store'];
  readonly notices: RequestDeps['notices'];
  readonly forge: Pick<Forge, 'account' | 'project' | 'seesEverything' | 'isProjectAdmin'>;
}

/** So often a project is looked at anew because something happened to the mirror while the forge was asked. */
const mostLooks = 5;

/**
 * Looks a mirror's project up in the forge by its number and follows what happened to it there: renamed: the name; a new
 * owner: paused until an admin of the new owner resumes it; archived: paused, and resumed when it is unarchived; whoever
 * answers for it no admin any more: paused until another admin resumes it, or the right is back; made public: noted; gone: the
 * mirror goes too, if the forge has told of the deletion or our account would see the project (otherwise it may only have
 * lost its right). What the forge said before somebody resumed the mirror, or a run found out more, changes nothing: the forge
 * is asked again then. Raises mirror_not_found and the forge's errors.
 */
export async function reconcileProject(
  deps: ReconcileDeps,
  { id }: Pick<Mirror, 'id'>,
  { isDeletionTold = false }: { readonly isDeletionTold?: boolean } = {},
): Promise<void> {
  for (let left = mostLooks; left > 0; left -= 1) {
    const before = await deps.store.mirror(id);
    if (before === null) return;
    const project = await find(deps, before.repoId);
    if (project === null) return follow(deps, before, isDeletionTold);
    const after = await noteProject(deps, before, project);
    if (after !== null && (await followProject(deps, after, project))) return;
  }
  deps.log.info({ mirrorId: id }, 'the mirror changes while its project is looked at; the next pass looks again');
  await noteSeen(deps, id);
}

/** Answers false when something happened to the mirror before what follows could be done. */
async function followProject(deps: ReconcileDeps, mirror: Mirror, project: ForgeProject): Promise<boolean> {
  const { id, pause, fullName } = mirror;
  let isSame = true;
  const onlyIf = (current: Mirror) => (isSame = standsAs(mirror, current));
  const stop = (reason: PauseReason, why: Fault) => pauseMirror(deps, id, reason, null, { why, onlyIf });

  if (mirror.ownerId !== project.ownerId && pause?.reason !== 'owner_changed')
    await stop('owner_changed', fault('forge_project_transferred', { project: fullName }));
  else if (project.archived && pause === null) await stop('archived', fault('forge_project_archived'));
  else if (!project.archived && pause?.reason === 'archived') await resumeMirror(deps, id, undefined, onlyIf);
  else {
    const { maintainer } = mirror;
    const isRevoked = pause?.reason === 'right_revoked';
    // A mirror that stands still for another reason is asked about when it runs again.
    if (maintainer === null || (pause !== null && !isRevoked)) return true;
    const isAdmin = await deps.forge.isProjectAdmin(project, maintainer);
    if (isAdmin === false && !isRevoked)
      await stop('right_revoked', fault('maintainer_right_revoked', { login: maintainer.login }));
    else if (isAdmin === true && isRevoked) await resumeMirror(deps, id, undefined, onlyIf);
  }
  return isSame;
}

/** Nobody has paused or resumed it, taken it over, looked at its project or begun or ended a run meanwhile. */
function standsAs(before: Mirror, now: Mirror): boolean {
  return (
    before.projectSeenAt === now.projectSeenAt &&
    before.ownerId === now.ownerId &&
    before.maintainer?.id === now.maintainer?.id &&
    before.pause?.reason === now.pause?.reason &&
    before.pause?.at === now.pause?.at &&
    before.activeRunId === now.activeRunId
  );
}

async function find({ forge }: ReconcileDeps, repoId: number): Promise<ForgeProject | null> {
  try {
    return await forge.project(repoId);
  } catch (thrown) {
    if (toHeadwaterError(thrown).code === 'forge_project_missing') return null;
    throw thrown;
  }
}

async function follow(deps: ReconcileDeps, mirror: Mirror, isDeletionTold: boolean): Promise<void> {
  if (isDeletionTold || (await deps.forge.seesEverything())) {
    await removeMirror(deps, mirror.id);
    deps.log.info({ mirrorId: mirror.id, repoId: mirror.repoId }, 'the project is gone, and so is its mirror');
    return;
  }
  await noteSeen(deps, mirror.id);
}

/** The mirror as it is now, null if something happened to it; a mirror without an owner takes the one that is there. */
async function noteProject(deps: ReconcileDeps, before: Mirror, project: ForgeProject): Promise<Mirror | null> {
  return deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(before.id);
    if (mirror === null || !standsAs(before, mirror)) return null;
    const at = await tx.now();
    const after: Mirror = {
      ...mirror,
      fullName: `${project.owner}/${project.name}`,
      ownerId: mirror.ownerId ?? project.ownerId,
      projectSeenAt: at,
      visibility: seeVisibility(mirror.visibility, project.private, at),
    };
    await tx.saveMirror(after);
    return after;
  });
}

async function noteSeen(deps: ReconcileDeps, mirrorId: string): Promise<void> {
  await deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror !== null) await tx.saveMirror({ ...mirror, projectSeenAt: await tx.now() });
  });
}

const batchSize = 100;

/**
 * The pass that makes up for what no webhook told: looks at every project that nobody has looked at for `intervalMs`.
 * One that the forge cannot show is looked at again in its turn, and keeps nobody else waiting; ends when the forge as a whole
 * is down, and the next round goes on. Answers how many were looked at.
 */
export async function reconcileProjects(deps: ReconcileDeps, intervalMs: number): Promise<number> {
  const before = (await deps.store.now()) - intervalMs;
  let count = 0;
  for (;;) {
    const batch = await deps.store.unseenProjects(before, batchSize);
    for (const mirror of batch) {
      await reconcileProject(deps, mirror).catch((thrown: unknown) => passOver(deps, mirror, toHeadwaterError(thrown)));
      count += 1;
    }
    if (batch.length < batchSize) return count;
  }
}

/** Raises what has nothing to do with the one project. */
async function passOver(deps: ReconcileDeps, { id, repoId }: Mirror, error: HeadwaterError): Promise<void> {
  // Somebody removed the mirror meanwhile.
  if (error.code === 'mirror_not_found') return;
  if ((await withoutForge(deps.forge, error)).code !== 'forge_failed') throw error;
  deps.log.warn({ mirrorId: id, repoId, err: error }, 'the forge cannot show this project');
  await noteSeen(deps, id);
}
