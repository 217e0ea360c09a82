import { randomBytes } from 'node:crypto';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { z } from 'zod';
import type { Caller, CallerRights } from '../../ports/forge';
import { parseAnswer, type ForgeClient } from './client';
import { isPublicOnlyRefusal, isScopeRefusal } from './errors';
import { isPathPart, repositorySchema } from './projects';

const doing = "asking for the caller's rights";

/** Asks with the caller's own token what its owner may do. Raises token_invalid and token_scope_missing. */
export async function callerRights(
  client: ForgeClient,
  token: Secret,
  owner: string,
  name: string,
  needWriteScope: boolean,
): Promise<CallerRights | null> {
  if (!isPathPart(owner) || !isPathPart(name)) return null;
  const parameters = { owner, repo: name };
  const [answer, person] = await Promise.all([
    client.request('GET /repos/{owner}/{repo}', { token, doing, parameters, expected: [401, 403, 404] }),
    personOf(client, token),
  ]);
  if (answer.status === 401) throw new HeadwaterError('token_invalid');
  if (answer.status === 403) {
    if (isScopeRefusal(answer.data)) throw new HeadwaterError('token_scope_missing', { scope: 'read:repository' });
    if (isPublicOnlyRefusal(answer.data)) return null;
    // Accounts that are switched off, or must change their password first.
    throw new HeadwaterError('token_invalid');
  }
  if (answer.status === 404) return null;

  const repository = parseAnswer(repositorySchema, answer.data, doing);
  const project = { id: repository.id, owner: repository.owner.login, name: repository.name };
  const admin = repository.permissions?.admin ?? false;
  const writeScope = needWriteScope && admin && (await hasWriteScope(client, token, project));
  return { login: person?.login ?? '', person, project, admin, writeScope };
}

const userSchema = z.object({ id: z.number().int(), login: z.string(), is_admin: z.boolean().default(false) });

/** Asks who a token belongs to. Raises token_invalid, and token_scope_missing without read:user. */
export async function caller(client: ForgeClient, token: Secret): Promise<Caller> {
  const asking = 'asking who the caller is';
  const { status, data } = await client.request('GET /user', { token, doing: asking, expected: [401, 403] });
  if (status === 403 && isScopeRefusal(data)) throw new HeadwaterError('token_scope_missing', { scope: 'read:user' });
  // Accounts that are switched off, or must change their password first, are refused with 403.
  if (status !== 200) throw new HeadwaterError('token_invalid');
  const user = parseAnswer(userSchema, data, asking);
  return { id: user.id, login: user.login, siteAdmin: user.is_admin };
}

/** The forge's list of timed tasks is short, tells nobody's data, and takes the scope read:admin. */
export async function hasAdminScope(client: ForgeClient, token: Secret): Promise<boolean> {
  const parameters = { limit: 1 };
  const { status } = await client.request('GET /admin/cron', { token, doing, parameters, expected: [401, 403] });
  if (status === 401) throw new HeadwaterError('token_invalid');
  return status === 200;
}

/** null when the token lacks read:user. */
async function personOf(client: ForgeClient, token: Secret): Promise<Caller | null> {
  const { status, data } = await client.request('GET /user', { token, doing, expected: [401, 403] });
  const user = userSchema.safeParse(data);
  return status !== 200 || !user.success
    ? null
    : { id: user.data.id, login: user.data.login, siteAdmin: user.data.is_admin };
}

/**
 * The forge's `permissions` are the user's and say nothing of the token. So a topic is deleted that does not exist: for an
 * admin of the project the answer is 404 with the scope write:repository, and 403 without. Nothing changes either way.
 */
async function hasWriteScope(
  client: ForgeClient,
  token: Secret,
  project: { readonly owner: string; readonly name: string },
): Promise<boolean> {
  const { status } = await client.request('DELETE /repos/{owner}/{repo}/topics/{topic}', {
    token,
    doing,
    parameters: { owner: project.owner, repo: project.name, topic: `hw-${randomBytes(12).toString('hex')}` },
    expected: [401, 403, 404],
  });
  if (status === 401) throw new HeadwaterError('token_invalid');
  return status !== 403;
}
