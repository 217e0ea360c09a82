import { z } from 'zod';
import type { Secret } from '../../domain/credentials';
import type { Maintainer } from '../../domain/maintainer';
import type { ForgeProject } from '../../ports/forge';
import { parseAnswer, type ForgeClient } from './client';
import { isPathPart } from './projects';

const doing = "asking for a maintainer's right";

const account = z.object({
  id: z.number().int(),
  login: z.string(),
  // Told to site admins only.
  prohibit_login: z.boolean().default(false),
});
const permissionSchema = z.object({ permission: z.string(), user: account });
const foundSchema = z.object({ data: z.array(account) });

/** Asked by name, as the forge has it; a name that is another account's by now, or nobody's, is looked up by its number. */
export async function isProjectAdmin(
  client: ForgeClient,
  token: Secret,
  project: ForgeProject,
  maintainer: Maintainer,
): Promise<boolean | null> {
  if (project.ownerId === maintainer.id) return true;
  const first = await permissionOf(client, token, project, maintainer.login);
  if (first === 'denied') return mayBeAdmin(client, token, project, maintainer);
  if (first !== 'nobody' && first.user.id === maintainer.id) return isAdmin(first);
  const login = await loginNow(client, token, maintainer.id);
  if (login === null) return false;
  const second = await permissionOf(client, token, project, login);
  if (second === 'denied') return mayBeAdmin(client, token, project, maintainer);
  return second !== 'nobody' && second.user.id === maintainer.id && isAdmin(second);
}

type Permission = z.infer<typeof permissionSchema>;

function isAdmin({ permission, user }: Permission): boolean {
  return !user.prohibit_login && (permission === 'admin' || permission === 'owner');
}

async function permissionOf(
  client: ForgeClient,
  token: Secret,
  { owner, name }: ForgeProject,
  login: string,
): Promise<Permission | 'denied' | 'nobody'> {
  if (!isPathPart(login)) return 'nobody';
  const parameters = { owner, repo: name, collaborator: login };
  const route = 'GET /repos/{owner}/{repo}/collaborators/{collaborator}/permission';
  const { status, data } = await client.request(route, { token, doing, parameters, expected: [403, 404] });
  if (status === 403) return 'denied';
  return status === 404 ? 'nobody' : parseAnswer(permissionSchema, data, doing);
}

/**
 * The list of those to whom issues may be given, which every collaborator may read, is of those who may write, through a team
 * too. Whoever is not on it is no admin; whoever is may be one.
 */
async function mayBeAdmin(
  client: ForgeClient,
  token: Secret,
  { owner, name }: ForgeProject,
  { id, siteAdmin }: Maintainer,
): Promise<false | null> {
  if (siteAdmin) return null;
  const parameters = { owner, repo: name };
  const { status, data } = await client.request('GET /repos/{owner}/{repo}/assignees', {
    token,
    doing,
    parameters,
    expected: [403, 404],
  });
  if (status !== 200) return null;
  return parseAnswer(z.array(account), data, doing).some((user) => user.id === id) ? null : false;
}

/** null: the account is gone. */
async function loginNow(client: ForgeClient, token: Secret, id: number): Promise<string | null> {
  const { data } = await client.request('GET /users/search', { token, doing, parameters: { uid: id } });
  return parseAnswer(foundSchema, data, doing).data.find((user) => user.id === id)?.login ?? null;
}
