import { setTimeout as pause } from 'node:timers/promises';
import { HeadwaterError } from '../../domain/errors';
import { shortName, type RefName } from '../../domain/git-ref';
import type { ForgeProject } from '../../ports/forge';
import { projectById, type ProjectDeps } from './projects';

const patience = { tries: 50, everyMs: 200 };

/**
 * Sets the default branch. The forge lets only admins of a project do that, and Headwater's account needs no more than
 * write access; but it makes the first branch that is pushed into an empty project the default by itself, only a moment
 * later (measured on Forgejo 11). So where the request is refused, the result is waited for.
 * Raises forge_default_branch_denied.
 */
export async function setDefaultBranch(deps: ProjectDeps, project: ForgeProject, branch: RefName): Promise<void> {
  const { client, token } = deps;
  const wanted = shortName(branch);
  const { status } = await client.request('PATCH /repos/{owner}/{repo}', {
    token,
    doing: 'setting the default branch',
    parameters: { owner: project.owner, repo: project.name, default_branch: wanted },
    expected: [403, 404],
  });
  if (status === 404) throw new HeadwaterError('forge_project_missing', { account: await deps.accountForAdvice() });
  if (status !== 403) return;
  for (let left = patience.tries; left > 0; left -= 1) {
    const now = await projectById(deps, project.id);
    if (now.defaultBranch === wanted) return;
    if (!now.empty) break;
    await pause(patience.everyMs);
  }
  throw new HeadwaterError('forge_default_branch_denied', { branch: wanted, account: await deps.accountForAdvice() });
}
