import { HeadwaterError } from '../../domain/errors';
import type { ForgeProject } from '../../ports/forge';
import type { SyncContext } from '../sync-context';

/**
 * The project as it is at this moment, by its number. Refs and LFS objects are sent to a path, and between reading the forge
 * and sending lies a fetch that may take hours: a project that was deleted meanwhile, and made anew under its name by
 * somebody else, must get nothing (AUTH-04). Raises forge_project_missing, forge_project_transferred.
 */
export async function sameProject({ forge, claim }: SyncContext, before: ForgeProject): Promise<ForgeProject> {
  const now = await forge.project(claim.mirror.repoId);
  if (now.ownerId !== before.ownerId)
    throw new HeadwaterError('forge_project_transferred', { project: `${now.owner}/${now.name}` });
  return now;
}
