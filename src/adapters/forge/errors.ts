import { HeadwaterError } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';
import { exhaustionOf } from '../../git-http/exhaustion';
import type { HttpFault, TranslateFault } from '../../git-http/http-fault';
import { connectTimeoutCode } from '../../git-http/requester';
import { retryAfterMs } from '../../git-http/response-head';

/** A failed REST request: `status` is null when there was no answer. */
export interface RestFailure {
  readonly status: number | null;
  readonly data: unknown;
  readonly retryAfter?: string | undefined;
  readonly cause?: unknown;
  readonly doing: string;
  readonly timeoutMs: number;
}

/** What a failed REST request with Headwater's own token means; those who ask with another token list what they expect. */
export function restFault(failure: RestFailure): HeadwaterError {
  const { status, doing, cause } = failure;
  if (status === null) return new HeadwaterError('forge_unreachable', { why: connectionReason(failure) }, { cause });
  if (status === 401 || (status === 403 && isScopeRefusal(failure.data)))
    return new HeadwaterError('forge_token_refused');
  if (status === 423) return new HeadwaterError('forge_project_archived');
  return new HeadwaterError('forge_failed', { status, doing }, { retryAfterMs: retryAfterMs(failure.retryAfter) });
}

/** The token lacks a scope: "token does not have at least one of required scope(s): [write:repository]". */
export function isScopeRefusal(data: unknown): boolean {
  return /required scope/.test(messageOf(data));
}

/** The token may see public projects only: "token scope is limited to public repos". */
export function isPublicOnlyRefusal(data: unknown): boolean {
  return /limited to public/.test(messageOf(data));
}

/** What the forge says of an error, in its own words. */
export function messageOf(data: unknown): string {
  const { message } = (data ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}

export interface GitFaultContext {
  /** Reads as "… while <doing>". */
  readonly doing: 'listing the refs' | 'pushing';
  readonly account: string;
}

/** What a fault of git's HTTP means at the forge. */
export function gitFault(context: GitFaultContext): TranslateFault {
  const { doing } = context;
  const failed = (status: string | number, retry?: number) =>
    new HeadwaterError('forge_failed', { status, doing }, { retryAfterMs: retry });
  const interrupted = (why: string, cause?: unknown) =>
    doing === 'pushing'
      ? new HeadwaterError('forge_push_failed', { why }, { cause })
      : new HeadwaterError('forge_unreachable', { why }, { cause });

  return (fault: HttpFault) => {
    switch (fault.kind) {
      case 'status':
        return statusFault(fault, context) ?? failed(fault.status, fault.retryAfterMs);
      case 'redirect':
        return failed(`redirect to ${showRemoteText(fault.target)}`);
      case 'not_git':
        return failed(`200 but ${fault.why}`);
      case 'refused':
        return failed(showRemoteText(fault.text));
      case 'unsupported':
        return failed(fault.feature === 'sha256' ? 'SHA-256 repository' : 'shallow repository');
      case 'broken_off':
        return interrupted('the connection broke off');
      case 'stalled':
        return interrupted(`nothing moved for ${Math.round(fault.idleTimeoutMs / 1000)} seconds while ${fault.phase}`);
      case 'timeout':
        return interrupted(`it took longer than ${Math.round(fault.totalTimeoutMs / 1000)} seconds`);
      case 'too_large':
        return failed(`more than ${fault.limit} bytes`);
      case 'transport': {
        const ours = fault.error instanceof HeadwaterError ? fault.error : exhaustionOf(fault.error);
        if (ours !== null) return ours;
        return new HeadwaterError(
          'forge_unreachable',
          { why: reasonOfCode(fault.error.code ?? '') },
          { cause: fault.error },
        );
      }
    }
  };
}

/** The texts are those of Forgejo 11 (routers/web/repo/githttp.go) and of Gitea, which has the same. */
function statusFault(
  { status, text }: Extract<HttpFault, { kind: 'status' }>,
  { account }: GitFaultContext,
): HeadwaterError | null {
  if (status === 401) return new HeadwaterError('forge_token_refused');
  if (status === 404) return new HeadwaterError('forge_project_missing', { account });
  if (status !== 403) return null;
  if (/is archived/i.test(text)) return new HeadwaterError('forge_project_archived');
  if (/mirror repository is read-only/i.test(text)) return new HeadwaterError('forge_project_is_native_mirror');
  // The owner exists and the project does not: the forge takes it for the wish to make one by pushing.
  if (/push to create/i.test(text)) return new HeadwaterError('forge_project_missing', { account });
  // The bare word is all that a token without the scope write:repository gets to see.
  if (/^\s*forbidden\s*$/i.test(text) || /account is disabled/i.test(text))
    return new HeadwaterError('forge_token_refused');
  return new HeadwaterError('forge_push_denied', { account });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed by the other side',
  UND_ERR_SOCKET: 'connection closed by the other side',
  EPIPE: 'connection closed by the other side',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  [connectTimeoutCode]: 'connection timed out',
  ENOTFOUND: 'its host name could not be resolved',
  EAI_AGAIN: 'its host name could not be resolved',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
};

function reasonOfCode(code: string): string {
  if (/CERT|^ERR_(SSL|TLS)_|^EPROTO$|SIGNATURE|SELF_SIGNED/.test(code))
    return `its TLS certificate was not accepted: ${code}`;
  if (code.startsWith('HPE_')) return 'what answers there does not speak HTTP';
  return reasons[code] ?? 'network error';
}

/** fetch hides the system's error one or two causes deep. */
function connectionReason({ cause, timeoutMs }: RestFailure): string {
  for (let error = cause; error instanceof Error || isErrorLike(error); error = error.cause) {
    if (error.name === 'TimeoutError') return `no answer within ${Math.round(timeoutMs / 1000)} seconds`;
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string') return reasonOfCode(code);
  }
  return 'network error';
}

/** Errors of another realm, as test runners make them, are no instances of this one's Error. */
function isErrorLike(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'name' in value;
}
