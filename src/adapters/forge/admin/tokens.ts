import { z } from 'zod';
import { Secret, type Credentials } from '../../../domain/credentials';
import { HeadwaterError } from '../../../domain/errors';
import type { ForgeAdmin, ForgeTokenInfo } from '../../../ports/forge-admin';
import { parseAnswer } from '../client';
import type { AdminClient } from './admin-client';
import type { KnownPasswords } from './accounts';

const tokenSchema = z.object({
  id: z.number(),
  name: z.string(),
  token_last_eight: z.string().default(''),
  scopes: z.array(z.string()).nullish(),
});
const newTokenSchema = tokenSchema.extend({ sha1: z.string().min(1) });

export interface TokenDeps {
  readonly client: AdminClient;
  readonly admin: { readonly login: () => Promise<string>; readonly token: Secret };
  readonly passwords: KnownPasswords;
  readonly renewPassword: (login: string) => Promise<Secret>;
}

/**
 * Tokens are made and deleted with Basic alone. Forgejo 11 takes an admin's token there; newer ones insist on a password,
 * so then the account gets a new random one and signs in itself.
 */
export function createTokens(deps: TokenDeps): Pick<ForgeAdmin, 'tokens' | 'createToken' | 'removeToken'> {
  const { client } = deps;

  const withBasic = async (
    login: string,
    send: (as: Credentials) => Promise<{ readonly status: number; readonly data: unknown }>,
    scopes: readonly string[],
  ) => {
    const refused = ({ status }: { readonly status: number }) => status === 401 || status === 403;
    const known = deps.passwords.get(login.toLowerCase());
    const first = await send(
      known === undefined
        ? { user: await deps.admin.login(), password: deps.admin.token }
        : { user: login, password: known },
    );
    if (!refused(first)) return first;
    const second = await send({ user: login, password: await deps.renewPassword(login) });
    if (!refused(second)) return second;
    throw new HeadwaterError('account_unusable', { account: login, scopes: scopes.join(',') });
  };
  const remove = async (login: string, name: string, scopes: readonly string[]) => {
    await withBasic(
      login,
      (as) =>
        client.request('DELETE /users/{login}/tokens/{name}', {
          ...{ as, doing: 'removing the token' },
          parameters: { login, name },
          expected: [401, 403, 404],
        }),
      scopes,
    );
  };

  return {
    async tokens(login) {
      const doing = 'listing the tokens of the account';
      const found: ForgeTokenInfo[] = [];
      for (let page = 1; ; page += 1) {
        const { status, data } = await client.request('GET /users/{login}/tokens', {
          doing,
          parameters: { login, page, limit: 50 },
          expected: [401, 403, 404],
        });
        if (status !== 200) return null;
        const tokens = parseAnswer(z.array(tokenSchema), data, doing);
        found.push(...tokens.map(toInfo));
        if (tokens.length < 50) return found;
      }
    },
    async createToken(login, name, scopes) {
      const doing = 'making the token';
      const send = (as: Credentials) =>
        client.request('POST /users/{login}/tokens', {
          ...{ as, doing },
          parameters: { login, name, scopes },
          expected: [400, 401, 403],
        });
      let answer = await withBasic(login, send, scopes);
      if (answer.status === 400) {
        // The name is taken, by a token whose secret nobody has any more.
        await remove(login, name, scopes);
        answer = await withBasic(login, send, scopes);
      }
      if (answer.status === 400) throw new HeadwaterError('forge_failed', { status: 400, doing });
      const made = parseAnswer(newTokenSchema, answer.data, doing);
      return { info: toInfo(made), secret: new Secret(made.sha1) };
    },
    removeToken: (login, name) => remove(login, name, []),
  };
}

function toInfo(token: z.infer<typeof tokenSchema>): ForgeTokenInfo {
  return { id: token.id, name: token.name, lastEight: token.token_last_eight, scopes: token.scopes ?? [] };
}
