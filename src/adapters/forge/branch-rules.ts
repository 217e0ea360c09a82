import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import type { ForgeProject } from '../../ports/forge';
import { parseAnswer } from './client';
import type { ProjectDeps } from './projects';

const doing = 'reading the branch protection rules';
const rulesSchema = z.array(z.object({ rule_name: z.string() }));

/** Names of the rules; the forge shows them to admins of the project only. Raises forge_rules_denied, forge_project_missing. */
export async function branchRules(deps: ProjectDeps, project: ForgeProject): Promise<readonly string[]> {
  const { status, data } = await deps.client.request('GET /repos/{owner}/{repo}/branch_protections', {
    token: deps.token,
    doing,
    parameters: { owner: project.owner, repo: project.name },
    expected: [403, 404],
  });
  const account = await deps.accountForAdvice();
  if (status === 404) throw new HeadwaterError('forge_project_missing', { account });
  if (status === 403) throw new HeadwaterError('forge_rules_denied', { account });
  return parseAnswer(rulesSchema, data, doing).map((rule) => rule.rule_name);
}
