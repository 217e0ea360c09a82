import { HeadwaterError } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';
import { exhaustionOf } from '../../git-http/exhaustion';
import type { HttpFault, TranslateFault } from '../../git-http/http-fault';
import { connectTimeoutCode } from '../../git-http/requester';

export interface UpstreamContext {
  readonly host: string;
  readonly hasCredentials: boolean;
  /** Blotted out of whatever the upstream says. */
  readonly secrets: readonly string[];
  /** Too many bytes mean another thing while listing than while fetching. */
  readonly doing: 'listing' | 'fetching';
}

/** What a fault of the connection to an upstream means. Never raises; the texts hold no secret. */
export function upstreamFault(context: UpstreamContext): TranslateFault {
  const { host, secrets, doing } = context;
  return (fault: HttpFault) => {
    switch (fault.kind) {
      case 'status':
        return statusFault(fault, context);
      case 'redirect':
        return new HeadwaterError('upstream_redirected', { target: showRemoteText(fault.target, secrets) });
      case 'not_git':
        return new HeadwaterError('upstream_not_git', { host, why: fault.why });
      case 'refused':
        // A tip that was listed a moment ago and cannot be had any more.
        if (doing === 'fetching' && /not our ref/.test(fault.text)) return new HeadwaterError('upstream_changed');
        return new HeadwaterError('upstream_refused', { host, why: refusal(fault.text, secrets) });
      case 'unsupported':
        return fault.feature === 'sha256'
          ? new HeadwaterError('upstream_sha256')
          : new HeadwaterError('upstream_refused', { host, why: 'it is a shallow clone and lacks history' });
      case 'broken_off':
        return doing === 'listing'
          ? new HeadwaterError('upstream_truncated')
          : new HeadwaterError('upstream_corrupt', { why: 'the connection broke off in the middle' });
      case 'stalled': {
        const seconds = Math.round(fault.idleTimeoutMs / 1000);
        return new HeadwaterError('upstream_stalled', { host, seconds, phase: fault.phase });
      }
      case 'timeout':
        return new HeadwaterError('upstream_timeout', { seconds: Math.round(fault.totalTimeoutMs / 1000) });
      case 'too_large':
        return new HeadwaterError(doing === 'listing' ? 'upstream_too_many_refs' : 'upstream_too_large', {
          limit: fault.limit,
        });
      case 'transport':
        return transportFault(fault.error, host);
    }
  };
}

/** A remote sentence inside ours: without a full stop of its own. */
function refusal(text: string, secrets: readonly string[]): string {
  return showRemoteText(text, secrets).replace(/[.\s]+$/, '') || 'no reason given';
}

function statusFault(fault: Extract<HttpFault, { kind: 'status' }>, context: UpstreamContext): HeadwaterError {
  const { host, hasCredentials } = context;
  const { status, retryAfterMs } = fault;
  switch (status) {
    case 401:
      return new HeadwaterError(hasCredentials ? 'upstream_credentials_refused' : 'upstream_auth_required', { host });
    case 403:
      // GitHub's way of saying it.
      if (retryAfterMs !== undefined) return new HeadwaterError('upstream_rate_limited', { host }, { retryAfterMs });
      return new HeadwaterError('upstream_forbidden', { host });
    case 404:
    case 410:
      return new HeadwaterError('upstream_not_found', { host });
    case 429:
      return new HeadwaterError('upstream_rate_limited', { host }, { retryAfterMs });
    default:
      if (status >= 500) return new HeadwaterError('upstream_unavailable', { host, status }, { retryAfterMs });
      return new HeadwaterError('upstream_not_git', { host, why: `the server answered with status ${status}` });
  }
}

/** Reasons in words; by the system's error codes, which Node hands through. */
const connectionReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed by the other side',
  EPIPE: 'connection closed by the other side',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  EADDRNOTAVAIL: 'the network is unreachable',
  [connectTimeoutCode]: 'connection timed out',
};

const tlsReasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority that issued it is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority that issued it is unknown',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it was issued for another host name',
};

function transportFault(error: NodeJS.ErrnoException, host: string): HeadwaterError {
  const ours = error instanceof HeadwaterError ? error : exhaustionOf(error);
  if (ours !== null) return ours;
  const code = error.code ?? '';
  const cause = { cause: error };
  const tls = tlsReasons[code];
  if (tls !== undefined) return new HeadwaterError('upstream_tls', { host, why: tls }, cause);
  if (/^ERR_(SSL|TLS)_|^CERT_|^EPROTO$/.test(code))
    return new HeadwaterError('upstream_tls', { host, why: 'no secure connection could be agreed on' }, cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new HeadwaterError('upstream_host_unknown', { host }, cause);
  if (code.startsWith('HPE_') || code === 'ERR_INVALID_CHAR')
    return new HeadwaterError('upstream_not_git', { host, why: 'what answers there does not speak HTTP' }, cause);
  return new HeadwaterError('upstream_unreachable', { host, why: connectionReasons[code] ?? 'network error' }, cause);
}
