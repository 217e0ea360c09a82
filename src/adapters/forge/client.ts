import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { basicAuthorization, type Credentials, type Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { restFault } from './errors';

/** One REST answer; errors that the caller did not list as expected were raised. */
export interface RestAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

export interface RestRequest {
  /** A token, a user with a password (or a token as that), or nobody. */
  readonly token: Secret | Credentials | null;
  /** Reads as "… while <doing>". */
  readonly doing: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Error statuses that are answers to the caller. */
  readonly expected?: readonly number[];
}

export interface ForgeClient {
  /** Sends one request, once. `route` is such as "GET /repos/{owner}/{repo}", or has a whole URL. Raises what restFault makes of a failure. */
  request(route: string, request: RestRequest): Promise<RestAnswer>;
  /** Who a token belongs to. */
  login(token: Secret): Promise<string>;
}

const userSchema = z.object({ login: z.string() });
const silent = () => {};

/** The forge's REST API over octokit. Nothing is retried, and octokit's own log is off: it knows nothing of secrets. */
export function createForgeClient(options: { readonly url: string; readonly requestTimeoutMs: number }): ForgeClient {
  const octokit = new Octokit({
    baseUrl: `${options.url}/api/v1`,
    userAgent: 'headwater',
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });

  const request = async (route: string, { token, doing, parameters = {}, expected = [] }: RestRequest) => {
    try {
      const answer: RestAnswer = await octokit.request(route, {
        ...parameters,
        headers: { ...authorizationOf(token), accept: 'application/json' },
        request: { signal: AbortSignal.timeout(options.requestTimeoutMs) },
      });
      return { status: answer.status, data: answer.data, headers: answer.headers };
    } catch (thrown) {
      if (thrown instanceof HeadwaterError) throw thrown;
      const failure = readFailure(thrown);
      if (failure.status !== null && expected.includes(failure.status))
        return { status: failure.status, data: failure.data, headers: failure.headers };
      throw restFault({ ...failure, doing, timeoutMs: options.requestTimeoutMs });
    }
  };

  return {
    request,
    async login(token) {
      const doing = 'asking for the account';
      const { data } = await request('GET /user', { token, doing });
      return parseAnswer(userSchema, data, doing).login;
    },
  };
}

/** Checks the shape of an answer: a proxy before the forge may answer 200 with anything. Raises forge_failed. */
export function parseAnswer<T>(schema: z.ZodType<T>, data: unknown, doing: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new HeadwaterError(
    'forge_failed',
    { status: '200 but not what a forge sends', doing },
    { cause: parsed.error },
  );
}

function authorizationOf(who: RestRequest['token']): { authorization?: string } {
  if (who === null) return {};
  return { authorization: 'user' in who ? basicAuthorization(who) : `token ${headerValue(who)}` };
}

/** A token with other characters cannot be one; the error of fetch would show it. Raises token_invalid. */
function headerValue(token: Secret): string {
  const value = token.reveal();
  if (!/^[\x21-\x7e]{1,8192}$/.test(value)) throw new HeadwaterError('token_invalid');
  return value;
}

/** What octokit throws: with a response where the forge answered, else with the cause of a failed connection. */
function readFailure(thrown: unknown): {
  status: number | null;
  data: unknown;
  headers: RestAnswer['headers'];
  retryAfter: string | undefined;
  cause: unknown;
} {
  const { response, cause } = thrown as {
    response?: RestAnswer;
    cause?: unknown;
  };
  if (response === undefined)
    return { status: null, data: null, headers: {}, retryAfter: undefined, cause: cause ?? thrown };
  const retryAfter = response.headers['retry-after'];
  return {
    status: response.status,
    data: response.data,
    headers: response.headers,
    retryAfter: retryAfter === undefined ? undefined : String(retryAfter),
    cause: undefined,
  };
}
