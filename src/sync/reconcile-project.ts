import { fault, toHeadwaterError, type HeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
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

/**
 * Looks a mirror's project up in the forge by its number and follows what happened to it there: renamed: the name; a new
 * owner: paused until an admin of the new owner resumes it; archived: paused, and resumed when it is unarchived; whoever
 * answers for it no admin any more: paused until another admin resumes it, or the right is back; made public: noted; gone: the
 * mirror goes too, if the forge has told of the deletion or our account would see the project (otherwise it may only have
 * lost its right). Raises mirror_not_found and the forge's errors.
 */
export async function reconcileProject(
  deps: ReconcileDeps,
  mirror: Mirror,
  { isDeletionTold = false }: { readonly isDeletionTold?: boolean } = {},
): Promise<void> {
  const project = await find(deps, mirror.repoId);
  if (project === null) return follow(deps, mirror, isDeletionTold);
  const after = await noteProject(deps, mirror.id, project);
  if (after === null) return;
  const isStrange = after.ownerId !== project.ownerId;
  if (isStrange && after.pause?.reason !== 'owner_changed') {
    const why = fault('forge_project_transferred', { project: after.fullName });
    await pauseMirror(deps, mirror.id, 'owner_changed', null, why);
  } else if (project.archived && after.pause === null)
    await pauseMirror(deps, mirror.id, 'archived', null, fault('forge_project_archived'));
  else if (!project.archived && after.pause?.reason === 'archived') await resumeMirror(deps, mirror.id);
  else await followRight(deps, after, project);
}

/** A mirror that stands still for another reason is asked about when it runs again. */
async function followRight(
  deps: ReconcileDeps,
  { id, pause, maintainer }: Mirror,
  project: ForgeProject,
): Promise<void> {
  const isRevoked = pause?.reason === 'right_revoked';
  if (maintainer === null || (pause !== null && !isRevoked)) return;
  const isAdmin = await deps.forge.isProjectAdmin(project, maintainer);
  if (isAdmin === false && !isRevoked) {
    const why = fault('maintainer_right_revoked', { login: maintainer.login });
    await pauseMirror(deps, id, 'right_revoked', null, why);
  } else if (isAdmin === true && isRevoked) await resumeMirror(deps, id);
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

/** The mirror as it is now; a mirror without an owner takes the one that is there. */
async function noteProject(deps: ReconcileDeps, mirrorId: string, project: ForgeProject): Promise<Mirror | null> {
  return deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) return null;
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
