import { z } from 'zod';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { ForgeProject } from '../../ports/forge';
import { parseAnswer, type ForgeClient } from './client';

/** The part of the forge's repository object that matters here. */
export const repositorySchema = z.object({
  id: z.number().int(),
  owner: z.object({ id: z.number().int(), login: z.string() }),
  name: z.string(),
  empty: z.boolean(),
  archived: z.boolean(),
  private: z.boolean(),
  mirror: z.boolean(),
  default_branch: z.string(),
  has_pull_requests: z.boolean().default(true),
  original_url: z.string().optional(),
  permissions: z.object({ admin: z.boolean(), push: z.boolean() }).optional(),
});

export type Repository = z.infer<typeof repositorySchema>;

export interface ProjectDeps {
  readonly client: ForgeClient;
  readonly token: Secret;
  readonly accountForAdvice: () => Promise<string>;
}

const doing = 'looking up the project';

/** Raises forge_project_missing. */
export async function projectById(deps: ProjectDeps, id: number): Promise<ForgeProject> {
  return find(deps, 'GET /repositories/{id}', { id });
}

/** Raises forge_project_missing. An old name leads to the project by a redirect of the forge, which GET follows. */
export async function projectByPath(deps: ProjectDeps, owner: string, name: string): Promise<ForgeProject> {
  if (!isPathPart(owner) || !isPathPart(name)) throw await missing(deps);
  return find(deps, 'GET /repos/{owner}/{repo}', { owner, repo: name });
}

/** Forges take only such names; above all, nothing that could climb out of the path. */
export function isPathPart(name: string): boolean {
  return /^[\w.-]{1,255}$/.test(name) && name !== '.' && name !== '..';
}

async function find(
  deps: ProjectDeps,
  route: string,
  parameters: Record<string, string | number>,
): Promise<ForgeProject> {
  const { token } = deps;
  const { status, data } = await deps.client.request(route, { token, doing, parameters, expected: [404] });
  if (status === 404) throw await missing(deps);
  return toProject(parseAnswer(repositorySchema, data, doing));
}

async function missing({ accountForAdvice }: ProjectDeps): Promise<HeadwaterError> {
  return new HeadwaterError('forge_project_missing', { account: await accountForAdvice() });
}

function toProject(repository: Repository): ForgeProject {
  return {
    id: repository.id,
    owner: repository.owner.login,
    ownerId: repository.owner.id,
    name: repository.name,
    empty: repository.empty,
    archived: repository.archived,
    private: repository.private,
    nativeMirror: repository.mirror,
    defaultBranch: repository.default_branch,
    originalUrl:
      repository.original_url === undefined || repository.original_url === '' ? null : repository.original_url,
    canPush: repository.permissions?.push ?? false,
    canAdminister: repository.permissions?.admin ?? false,
    hasPullRequests: repository.has_pull_requests,
  };
}
