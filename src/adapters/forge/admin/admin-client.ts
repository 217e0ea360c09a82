import type { Credentials, Secret } from '../../../domain/credentials';
import { HeadwaterError } from '../../../domain/errors';
import type { ForgeClient, RestAnswer } from '../client';
import { isScopeRefusal } from '../errors';

export interface AdminRequest {
  /** Reads as "… while <doing>". */
  readonly doing: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly expected?: readonly number[];
  /** Who asks; by default the admin's token. */
  readonly as?: Credentials | Secret;
}

/** Requests with a site admin's token. */
export interface AdminClient {
  /** Raises admin_token_refused, forge_unreachable and forge_failed. */
  request(route: string, request: AdminRequest): Promise<RestAnswer>;
}

export interface AdminClientOptions {
  readonly client: ForgeClient;
  readonly token: Secret;
  /** For the advice of a refusal. */
  readonly scopes: readonly string[];
}

export function createAdminClient({ client, token, scopes }: AdminClientOptions): AdminClient {
  return {
    async request(route, { doing, parameters, expected = [], as }) {
      const answer = await client.request(route, {
        token: as ?? token,
        doing,
        ...(parameters === undefined ? {} : { parameters }),
        expected: [401, 403, ...expected],
      });
      if (expected.includes(answer.status) || answer.status < 400) return answer;
      throw adminRefused(reasonOf(answer), scopes);
    },
  };
}

export function adminRefused(why: string, scopes: readonly string[]): HeadwaterError {
  return new HeadwaterError('admin_token_refused', { why, scopes: scopes.join(', ') });
}

function reasonOf({ status, data }: RestAnswer): string {
  if (status === 401) return 'it is no valid token';
  return isScopeRefusal(data) ? 'it lacks a scope' : "it is no site admin's";
}
