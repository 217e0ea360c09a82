import { z } from 'zod';
import type { Secret } from '../../domain/credentials';
import type { ClientVerdict, ForgeProbe } from '../../ports/forge-admin';
import { toAccount } from './admin/accounts';
import { createForgeClient, parseAnswer, type ForgeClient } from './client';

const versionSchema = z.object({ version: z.string() });
const settingsSchema = z.object({
  http_git_disabled: z.boolean().default(false),
  lfs_disabled: z.boolean().default(false),
  mirrors_disabled: z.boolean().default(false),
});
const discoverySchema = z.object({ issuer: z.string() });
const tokenSchema = z.object({ token_last_eight: z.string().default(''), scopes: z.array(z.string()).nullish() });

/** Asks a forge what it is, and what it makes of credentials that Headwater has. */
export function createForgeProbe(options: { readonly url: string; readonly requestTimeoutMs?: number }): ForgeProbe {
  const { url, requestTimeoutMs = 15_000 } = options;
  const client = createForgeClient({ url, requestTimeoutMs });
  return {
    async about(token) {
      const version = await client.request('GET /version', { token, doing: 'asking for the version' });
      const settings = await client.request('GET /settings/repository', { token, doing: 'asking for its settings' });
      const discovery = await client.request(`GET ${url}/.well-known/openid-configuration`, {
        token: null,
        doing: 'asking for its sign-in',
        expected: [403, 404],
      });
      const name = parseAnswer(versionSchema, version.data, 'asking for the version').version;
      const found = parseAnswer(settingsSchema, settings.data, 'asking for its settings');
      const issuer = discovery.status === 200 ? discoverySchema.safeParse(discovery.data) : null;
      return {
        // Forgejo tells which Gitea its API is like: 11.0.1+gitea-1.22.0, formerly 6.0.14+0-gitea-1.21.11.
        kind: /[+-]gitea-/.test(name) ? 'forgejo' : 'gitea',
        version: name,
        publicUrl: issuer?.success === true ? issuer.data.issuer.replace(/\/+$/, '') : null,
        httpGit: !found.http_git_disabled,
        lfs: !found.lfs_disabled,
        mirrors: !found.mirrors_disabled,
        clockDifferenceMs: clockDifference(version.headers['date'], Date.now()),
      };
    },
    async tokenOwner(token) {
      const doing = 'asking whose token it is';
      const answer = await client.request('GET /user', { token, doing, expected: [401, 403] });
      return answer.status === 200 ? toAccount(answer.data, doing) : null;
    },
    async tokenScopes(token, login) {
      const doing = 'asking for the scopes of the token';
      const lastEight = token.reveal().slice(-8);
      const answer = await client.request('GET /users/{login}/tokens', {
        ...{ token, doing },
        parameters: { login, limit: 50 },
        expected: [401, 403, 404],
      });
      if (answer.status !== 200) return null;
      const tokens = parseAnswer(z.array(tokenSchema), answer.data, doing);
      return tokens.find((each) => each.token_last_eight === lastEight)?.scopes ?? null;
    },
    clientVerdict: (clientId, secret, redirectUri) => clientVerdict(client, url, clientId, secret, redirectUri),
  };
}

/**
 * A code that nobody gave out is refused, but not before the client, its secret and the address were looked at, in this
 * order (Forgejo 11.0.1, routers/web/auth/oauth.go; measured).
 */
async function clientVerdict(
  client: ForgeClient,
  url: string,
  clientId: string,
  secret: Secret,
  redirectUri: string,
): Promise<ClientVerdict> {
  const { data } = await client.request(`POST ${url}/login/oauth/access_token`, {
    token: null,
    doing: 'trying the OAuth2 application',
    parameters: {
      grant_type: 'authorization_code',
      code: 'not-a-code',
      client_id: clientId,
      client_secret: secret.reveal(),
      redirect_uri: redirectUri,
    },
    expected: [400, 401, 403],
  });
  const { error, error_description: text } = (data ?? {}) as { error?: unknown; error_description?: unknown };
  const said = `${String(error)}: ${String(text)}`;
  if (/client secret/i.test(said)) return 'secret_wrong';
  if (/redirect/i.test(said)) return 'redirect_unknown';
  if (/cannot load client|invalid_client/i.test(said)) return 'client_unknown';
  return /not authorized|invalid_grant/i.test(said) ? 'fits' : 'unclear';
}

/** Half a second for what the header leaves out. */
function clockDifference(date: string | number | undefined, now: number): number | null {
  const at = Date.parse(String(date));
  return Number.isNaN(at) ? null : at + 500 - now;
}
