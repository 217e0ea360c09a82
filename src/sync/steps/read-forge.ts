import { HeadwaterError } from '../../domain/errors';
import { seeVisibility } from '../../domain/project-visibility';
import type { ForgeListing, ForgeProject } from '../../ports/forge';
import type { SyncContext } from '../sync-context';
import { together } from '../together';

export interface ForgeState {
  readonly project: ForgeProject;
  readonly listing: ForgeListing;
  /** The forge serves LFS. */
  readonly hasLfs: boolean;
}

/** The project as it is now, found by its id, and its refs. Raises forge_*. */
export async function readForge(context: SyncContext, signal: AbortSignal): Promise<ForgeState> {
  const { forge, lfs, claim } = context;
  const project = await forge.project(claim.mirror.repoId);
  const { ownerId } = claim.mirror;
  await noteProject(context, project);
  // Whoever the project was handed to has not said that it is to go on (AUTH-04).
  if (ownerId !== null && ownerId !== project.ownerId)
    throw new HeadwaterError('forge_project_transferred', { project: `${project.owner}/${project.name}` });
  await holdToRight(context, project);
  if (project.nativeMirror) throw new HeadwaterError('forge_project_is_native_mirror');
  if (project.archived) throw new HeadwaterError('forge_project_archived');
  if (!project.canPush) throw new HeadwaterError('forge_push_denied', { account: await forge.account() });
  const [listing, hasLfs] = await together(
    signal,
    (both) => forge.listRefs(project, both),
    (both) => lfs.copy.isEnabled(both),
  );
  return { project, listing, hasLfs };
}

/** Written before anything is pushed, and only where it is news. */
async function noteProject({ claim }: SyncContext, project: ForgeProject): Promise<void> {
  const { ownerId, visibility } = claim.mirror;
  if (ownerId !== null && visibility !== null && visibility.private === project.private) return;
  await claim.write(async (tx, mirror) =>
    tx.saveMirror({
      ...mirror,
      // Resumed for the owner that the project has now, whom no later one may replace unasked.
      ownerId: mirror.ownerId ?? project.ownerId,
      visibility: seeVisibility(mirror.visibility, project.private, await tx.now()),
    }),
  );
}

/** Whoever answers for the mirror must still be an admin of the project when something is pushed (AUTH-01). */
async function holdToRight({ forge, claim }: SyncContext, project: ForgeProject): Promise<void> {
  const { maintainer } = claim.mirror;
  if (maintainer === null || (await forge.isProjectAdmin(project, maintainer)) !== false) return;
  throw new HeadwaterError('maintainer_right_revoked', { login: maintainer.login });
}
