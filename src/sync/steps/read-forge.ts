import { HeadwaterError } from '../../domain/errors';
import type { ForgeListing, ForgeProject } from '../../ports/forge';
import type { SyncContext } from '../sync-context';

export interface ForgeState {
  readonly project: ForgeProject;
  readonly listing: ForgeListing;
}

/** The project as it is now, found by its id, and its refs. Raises forge_*. */
export async function readForge(context: SyncContext, signal: AbortSignal): Promise<ForgeState> {
  const { forge, claim } = context;
  const project = await forge.project(claim.mirror.repoId);
  if (project.nativeMirror) throw new HeadwaterError('forge_project_is_native_mirror');
  if (project.archived) throw new HeadwaterError('forge_project_archived');
  if (!project.canPush) throw new HeadwaterError('forge_push_denied', { account: await forge.account() });
  return { project, listing: await forge.listRefs(project, signal) };
}
