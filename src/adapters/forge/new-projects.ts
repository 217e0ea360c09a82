import { z } from 'zod';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { invalidFields } from '../../domain/mirror-options';
import { showRemoteText } from '../../domain/redact';
import type { MadeProject, NewProject, NewProjects } from '../../ports/new-projects';
import { createForgeClient, parseAnswer, type ForgeClient, type RestAnswer } from './client';
import { isScopeRefusal, messageOf } from './errors';
import { isPathPart, repositorySchema } from './projects';
import { caller } from './rights';

export interface NewProjectsOptions {
  /** Address of the forge. */
  readonly url: string;
  /** Limit of one request; ms. */
  readonly requestTimeoutMs?: number;
}

const doing = 'making the project';
const madeSchema = repositorySchema.extend({ private: z.boolean() });
/** What a forge may say to somebody who may not, or to a name that it does not take. */
const expected = [401, 403, 404, 409, 413, 422];

/** Gitea and Forgejo answer these calls alike; the statuses were measured on Forgejo 11. */
export function createNewProjects(options: NewProjectsOptions): NewProjects {
  const client = createForgeClient({ url: options.url, requestTimeoutMs: options.requestTimeoutMs ?? 30_000 });
  return {
    create: (token, project) => create(client, token, project),
    untouched: (token, project) => untouched(client, token, project),
    letPush: (token, project, account) => letPush(client, token, project, account),
  };
}

async function create(client: ForgeClient, token: Secret, project: NewProject): Promise<MadeProject> {
  const { owner } = project;
  if (!isPathPart(owner)) throw invalidFields([{ field: 'owner', message: 'is not the name of an account' }]);
  const { login } = await caller(client, token);
  if (login.toLowerCase() === owner.toLowerCase()) {
    const answer = await post(client, token, 'POST /user/repos', project);
    if (answer.status !== 404) return readMade(answer, project, 'write:user and write:repository');
  }
  const asOrganization = await post(client, token, 'POST /orgs/{owner}/repos', project);
  const refused = isScopeRefusal(asOrganization.data);
  if (asOrganization.status !== 404 && !refused) return readMade(asOrganization, project, 'write:organization');
  // No organization, or the token may not say: a site admin may make projects for anybody.
  const asAdmin = await post(client, token, 'POST /admin/users/{owner}/repos', project);
  if (asAdmin.status === 403 && refused)
    throw new HeadwaterError('token_scope_missing', { scope: 'write:organization' });
  if (asAdmin.status === 403 || asAdmin.status === 404) throw new HeadwaterError('project_owner_denied', { owner });
  return readMade(asAdmin, project, 'write:admin');
}

function post(client: ForgeClient, token: Secret, route: string, project: NewProject): Promise<RestAnswer> {
  const { owner, name, description } = project;
  const parameters = { name, description, private: project.private, ...(route.includes('{owner}') ? { owner } : {}) };
  return client.request(route, { token, doing, parameters, expected });
}

function readMade({ status, data }: RestAnswer, project: NewProject, scope: string): MadeProject {
  switch (status) {
    case 401:
      throw new HeadwaterError('token_invalid');
    case 403:
      if (isScopeRefusal(data)) throw new HeadwaterError('token_scope_missing', { scope });
      throw new HeadwaterError('project_owner_denied', { owner: project.owner });
    case 409:
      throw new HeadwaterError('project_exists', { project: `${project.owner}/${project.name}` });
    case 413:
      throw new HeadwaterError('forge_quota');
    case 422:
      throw invalidFields([
        { field: 'name', message: `is not taken by the forge: ${showRemoteText(messageOf(data))}` },
      ]);
    default:
      return toMade(parseAnswer(madeSchema, data, doing));
  }
}

async function untouched(client: ForgeClient, token: Secret, project: NewProject): Promise<MadeProject | null> {
  if (!isPathPart(project.owner) || !isPathPart(project.name)) return null;
  const { status, data } = await client.request('GET /repos/{owner}/{repo}', {
    token,
    doing,
    parameters: { owner: project.owner, repo: project.name },
    expected: [403, 404],
  });
  if (status !== 200) return null;
  const found = parseAnswer(madeSchema, data, doing);
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  // An old name leads to a project that has another one now.
  if (!same(found.owner.login, project.owner) || !same(found.name, project.name)) return null;
  const fresh = found.empty && !found.archived && !found.mirror && found.private === project.private;
  return fresh && found.permissions?.admin === true ? toMade(found) : null;
}

async function letPush(client: ForgeClient, token: Secret, project: MadeProject, account: string): Promise<void> {
  const { status } = await client.request('PUT /repos/{owner}/{repo}/collaborators/{account}', {
    token,
    doing: 'adding a collaborator',
    parameters: { owner: project.owner, repo: project.name, account, permission: 'write' },
    expected: [401, 403, 404, 422],
  });
  if (status >= 400) throw new HeadwaterError('forge_push_denied', { account });
}

function toMade(repository: z.infer<typeof madeSchema>): MadeProject {
  return { id: repository.id, owner: repository.owner.login, name: repository.name };
}
