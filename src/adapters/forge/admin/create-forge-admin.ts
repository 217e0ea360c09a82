import type { Secret } from '../../../domain/credentials';
import type { ForgeAdmin } from '../../../ports/forge-admin';
import { createForgeClient } from '../client';
import { createAccounts, type KnownPasswords } from './accounts';
import { createAdminClient } from './admin-client';
import { createApplications } from './applications';
import { createTokens } from './tokens';
import { createWebhooks } from './webhooks';

export interface ForgeAdminOptions {
  readonly url: string;
  readonly token: Secret;
  /** What the token needs, for the advice of a refusal. */
  readonly scopes: readonly string[];
  /** Limit of one request; ms. */
  readonly requestTimeoutMs?: number;
}

/** Administers a Gitea or Forgejo with a site admin's token. */
export function createForgeAdmin(options: ForgeAdminOptions): ForgeAdmin {
  const { url, token, scopes, requestTimeoutMs = 30_000 } = options;
  const client = createAdminClient({ client: createForgeClient({ url, requestTimeoutMs }), token, scopes });
  const passwords: KnownPasswords = new Map();
  const { renewPassword, ...accounts } = createAccounts(client, passwords, scopes);
  const login = async () => (await accounts.admin()).login;
  return {
    ...accounts,
    ...createTokens({ client, admin: { login, token }, passwords, renewPassword }),
    ...createApplications(client),
    ...createWebhooks(client),
  };
}
