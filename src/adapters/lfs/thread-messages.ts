import { Secret } from '../../domain/credentials';
import { reviveFault, toHeadwaterError, type Fault, type HeadwaterError } from '../../domain/errors';
import type { LfsSource } from '../../domain/lfs-source';
import type { LfsCopyRequest, LfsCopyResult } from '../../ports/lfs';
import type { CopierOptions } from './copier';

/** What the thread is given to begin with. */
export interface ThreadOptions extends Omit<CopierOptions, 'forgeToken'> {
  readonly forgeToken: string;
}

export type ToThread =
  | {
      readonly type: 'copy';
      readonly id: number;
      readonly request: Pick<LfsCopyRequest, 'objects' | 'project'>;
      readonly source: PlainSource;
      readonly mayRenew: boolean;
    }
  | { readonly type: 'renewed'; readonly id: number; readonly source: PlainSource }
  | { readonly type: 'not_renewed'; readonly id: number; readonly error: PlainError }
  | { readonly type: 'stop'; readonly id: number };

export type FromThread =
  | { readonly type: 'progress'; readonly id: number; readonly progress: Parameters<LfsCopyRequest['onProgress']>[0] }
  | { readonly type: 'renew'; readonly id: number }
  | { readonly type: 'done'; readonly id: number; readonly result: LfsCopyResult }
  | { readonly type: 'failed'; readonly id: number; readonly error: PlainError };

/** Messages are copied without their classes; secrets go in plain text from memory to memory. */
export interface PlainSource {
  readonly endpoint: string;
  readonly credentials: { readonly user: string; readonly password: string } | null;
  readonly credentialsOrigin: string;
  readonly login: {
    readonly endpoint: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly expiresAt: number;
  } | null;
}

export interface PlainError {
  readonly fault: Fault;
  readonly retryAfterMs: number | undefined;
  /** For the log. */
  readonly cause: string | undefined;
}

export function plainSource({ endpoint, credentials, credentialsOrigin, login }: LfsSource): PlainSource {
  return {
    endpoint,
    credentialsOrigin,
    credentials: credentials === null ? null : { ...credentials, password: credentials.password.reveal() },
    login:
      login == null ? null : { ...login, headers: [...login.headers].map(([name, value]) => [name, value.reveal()]) },
  };
}

export function sourceOf({ endpoint, credentials, credentialsOrigin, login }: PlainSource): LfsSource {
  const headers = new Map(login?.headers.map(([name, value]) => [name, new Secret(value)]));
  return {
    endpoint,
    credentialsOrigin,
    credentials: credentials === null ? null : { ...credentials, password: new Secret(credentials.password) },
    login: login === null ? null : { ...login, headers },
  };
}

export function plainError(thrown: unknown): PlainError {
  const error = toHeadwaterError(thrown);
  const { cause, retryAfterMs } = error;
  return {
    fault: error.toFault(),
    retryAfterMs,
    cause: cause instanceof Error ? (cause.stack ?? cause.message) : undefined,
  };
}

export function errorOf({ fault, retryAfterMs, cause }: PlainError): HeadwaterError {
  return reviveFault(fault, { retryAfterMs, cause: cause === undefined ? undefined : new Error(cause) });
}
