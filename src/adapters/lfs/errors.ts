import { HeadwaterError } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';
import { exhaustionOf } from '../../git-http/exhaustion';
import type { HttpFault, TranslateFault } from '../../git-http/http-fault';
import { connectTimeoutCode } from '../../git-http/requester';
import { parseJson } from './batch';
import type { Answer } from './server';

/** It has a code already, or is about this machine; null: neither. */
function ownFault(fault: HttpFault): HeadwaterError | null {
  if (fault.kind !== 'transport') return null;
  return fault.error instanceof HeadwaterError ? fault.error : exhaustionOf(fault.error);
}

/** What a fault of the connection to the upstream's LFS server, or to its object store, means. */
export function upstreamFault(host: string): TranslateFault {
  return (fault) => {
    const ours = ownFault(fault);
    if (ours !== null) return ours;
    if (fault.kind === 'stalled')
      return new HeadwaterError('upstream_stalled', {
        host,
        seconds: Math.round(fault.idleTimeoutMs / 1000),
        phase: fault.phase,
      });
    const cause = fault.kind === 'transport' ? { cause: fault.error } : {};
    if (isTls(fault)) return new HeadwaterError('upstream_tls', { host, why: reasonOf(fault) }, cause);
    if (isUnknownHost(fault)) return new HeadwaterError('upstream_host_unknown', { host }, cause);
    return new HeadwaterError('upstream_unreachable', { host, why: reasonOf(fault) }, cause);
  };
}

/** Statuses that may pass soon; null for all others. */
export function busyUpstream(host: string, { status, retryAfterMs }: Omit<Answer, 'text'>): HeadwaterError | null {
  if (status === 429) return new HeadwaterError('upstream_rate_limited', { host }, { retryAfterMs });
  // 501 and 507 will be no different in a minute.
  if (status >= 500 && status !== 501 && status !== 507)
    return new HeadwaterError('upstream_unavailable', { host, status }, { retryAfterMs });
  return null;
}

/** Why the upstream's batch API gave no answer. */
export function refusedByUpstream(host: string, signsInBy: 'password' | 'ssh' | null) {
  const unusable = (why: string) => new HeadwaterError('lfs_upstream_unusable', { host, why });
  return (answer: Answer): HeadwaterError => {
    const { status, location } = answer;
    const busy = busyUpstream(host, answer);
    if (busy !== null) return busy;
    if (status === 200) return unusable('its answer is not one of the LFS batch API');
    if (status === 401)
      return unusable(
        signsInBy === null
          ? 'it asks for a user name and password, and has none'
          : signsInBy === 'ssh'
            ? 'it refuses what the upstream gave over SSH for signing in'
            : 'it refuses the user name and password',
      );
    if (status === 403) return unusable('it denies access (403)');
    if (status === 404 || status === 410) return unusable(`there is none at this address (${status})`);
    if (status >= 300 && status < 400 && location !== undefined)
      return unusable('it redirects, and redirects are not followed');
    return unusable(`it answered with status ${status}`);
  };
}

const doing = 'copying LFS objects';

/** What a fault of the connection to the forge means. */
export function forgeFault(fault: HttpFault): HeadwaterError {
  const ours = ownFault(fault);
  if (ours !== null) return ours;
  if (fault.kind === 'too_large') return new HeadwaterError('forge_failed', { status: 'an endless answer', doing });
  const cause = fault.kind === 'transport' ? { cause: fault.error } : {};
  return new HeadwaterError('forge_unreachable', { why: reasonOf(fault) }, cause);
}

/** Texts are those of Forgejo 11: plain "Forbidden" for a token without the scope, JSON from the LFS server itself. */
export function refusedByForge(secrets: readonly string[]) {
  return (answer: Answer): HeadwaterError => {
    const { status, retryAfterMs } = answer;
    if (status === 401 || status === 403) return new HeadwaterError('forge_token_refused');
    if (status === 413) return new HeadwaterError('forge_quota');
    const what = status === 200 ? '200 but not what a forge sends' : status;
    const said = new Error(showRemoteText(answer.text, secrets));
    return new HeadwaterError('forge_failed', { status: what, doing }, { retryAfterMs, cause: said });
  };
}

/** A server's sentence inside ours: its JSON message, or the start of its text; without a full stop of its own. */
export function saidBy(text: string, secrets: readonly string[]): string {
  const { message, Message } = (parseJson(text) ?? {}) as { message?: unknown; Message?: unknown };
  const sentence = [message, Message, text].find((one) => typeof one === 'string') as string;
  return showRemoteText(sentence, secrets).replace(/[.\s]+$/, '') || 'no reason given';
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed by the other side',
  EPIPE: 'connection closed by the other side',
  ETIMEDOUT: 'connection timed out',
  [connectTimeoutCode]: 'connection timed out',
  ENOTFOUND: 'its host name could not be resolved',
  EAI_AGAIN: 'its host name could not be resolved',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
};

function reasonOf(fault: HttpFault): string {
  switch (fault.kind) {
    case 'transport': {
      const code = fault.error.code ?? '';
      if (isTls(fault)) return `its certificate was not accepted: ${code}`;
      return code.startsWith('HPE_') ? 'what answers there does not speak HTTP' : (reasons[code] ?? 'network error');
    }
    case 'stalled':
      return `nothing moved for ${Math.round(fault.idleTimeoutMs / 1000)} seconds`;
    case 'too_large':
      return 'its answer has no end';
    default:
      return 'the connection broke off';
  }
}

function isTls(fault: HttpFault): boolean {
  return (
    fault.kind === 'transport' && /CERT|^ERR_(SSL|TLS)_|^EPROTO$|SIGNATURE|SELF_SIGNED/.test(fault.error.code ?? '')
  );
}

function isUnknownHost(fault: HttpFault): boolean {
  return fault.kind === 'transport' && (fault.error.code === 'ENOTFOUND' || fault.error.code === 'EAI_AGAIN');
}
