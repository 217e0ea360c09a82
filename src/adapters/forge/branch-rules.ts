import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import type { ForgeProject } from '../../ports/forge';
import { parseAnswer } from './client';
import type { ProjectDeps } from './projects';

const branchSchema = z.object({ rule_name: z.string() });
const tagSchema = z.object({ name_pattern: z.string() });

/** Names of the branch protection rules. Raises forge_rules_denied, forge_project_missing. */
export async function branchRules(deps: ProjectDeps, project: ForgeProject): Promise<readonly string[]> {
  const rules = await rulesOf(deps, project, 'branch_protections', branchSchema);
  return rules.map((rule) => rule.rule_name);
}

/** Patterns of the tag protection rules. Raises forge_rules_denied, forge_project_missing. */
export async function tagRules(deps: ProjectDeps, project: ForgeProject): Promise<readonly string[]> {
  const rules = await rulesOf(deps, project, 'tag_protections', tagSchema);
  return rules.map((rule) => rule.name_pattern);
}

/** The forge shows rules to admins of the project only. */
async function rulesOf<T>(
  deps: ProjectDeps,
  project: ForgeProject,
  kind: 'branch_protections' | 'tag_protections',
  schema: z.ZodType<T>,
): Promise<T[]> {
  const doing = `reading the ${kind.replace('_', ' ')}`;
  const { status, data } = await deps.client.request(`GET /repos/{owner}/{repo}/${kind}`, {
    token: deps.token,
    doing,
    parameters: { owner: project.owner, repo: project.name },
    expected: [403, 404],
  });
  const account = await deps.accountForAdvice();
  if (status === 404) throw new HeadwaterError('forge_project_missing', { account });
  if (status === 403) throw new HeadwaterError('forge_rules_denied', { account });
  return parseAnswer(z.array(schema), data, doing);
}
