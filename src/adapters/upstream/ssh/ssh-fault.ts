import { HeadwaterError } from '../../../domain/errors';
import { showRemoteText } from '../../../domain/redact';
import type { HttpFault } from '../../../git-http/http-fault';

/** Carries a fault, which is a plain value, through promises. */
export class SshFault extends Error {
  constructor(readonly fault: HttpFault) {
    super(fault.kind);
  }
}

/** The fault in whatever was thrown; errors with a code of ours pass through as they are. */
export function faultIn(thrown: unknown): HttpFault {
  return thrown instanceof SshFault ? thrown.fault : { kind: 'transport', error: thrown as Error };
}

export function ourFault(error: HeadwaterError): HttpFault {
  return { kind: 'transport', error };
}

/** ssh2 tells where it failed in `level`, and a server's reason for leaving in a numeric `code`. */
export interface Ssh2Error extends Error {
  readonly level?: string;
  readonly code?: unknown;
}

interface Place {
  readonly host: string;
  readonly user: string;
  readonly signingIn: boolean;
}

export function isNoCommonHostKey(error: Ssh2Error): boolean {
  return error.message.includes('no matching host key format');
}

/** What an error of ssh2 means, host keys apart. Texts as seen from version 1.17. */
export function connectionFault(error: Ssh2Error, place: Place): HttpFault {
  const { host, user } = place;
  if (error instanceof HeadwaterError) return { kind: 'transport', error };
  if (error.level === 'client-authentication' || (place.signingIn && typeof error.code === 'number'))
    return ourFault(new HeadwaterError('upstream_ssh_key_refused', { host, user }, { cause: error }));
  const failed = (why: string) => ourFault(new HeadwaterError('upstream_ssh_failed', { host, why }, { cause: error }));
  if (/no matching/.test(error.message)) return failed('the two sides know no common algorithms');
  if (/signature/i.test(error.message)) return failed('the server could not prove its host key');
  if (error.level === 'handshake') return failed('the handshake failed');
  if (error.level === 'protocol' || /identification|version|greeting|packet/i.test(error.message))
    return failed('what answers there does not speak SSH');
  if (typeof error.code === 'number') return failed('the server ended the connection');
  return { kind: 'transport', error: error as NodeJS.ErrnoException };
}

/** How a command at the other end ended. */
export interface ExecEnd {
  /** null when a signal ended it or the connection broke. */
  readonly exitCode: number | null;
  readonly stderr: string;
}

const missing =
  /not found|could ?n[o']t be found|not exist|not appear to be a git repository|cannot find|no such (file|repo)|unable to find/i;

/** A git-upload-pack that ended before it had said anything of use. Sentences as forges and git itself have them. */
export function commandFault(end: ExecEnd, host: string): HttpFault {
  const said = end.stderr
    .split('\n')
    .map((line) =>
      line
        .replace(/^(remote|fatal|error): */i, '')
        .replace(/=+/g, '')
        .trim(),
    )
    .filter((line) => line !== '');
  if (end.exitCode === 127 || /command not found/.test(end.stderr))
    return { kind: 'not_git', why: 'git is not installed there' };
  if (missing.test(end.stderr)) return ourFault(new HeadwaterError('upstream_not_found', { host }));
  if (end.exitCode === null) return { kind: 'broken_off', phase: 'listing refs' };
  return { kind: 'refused', text: showRemoteText(said.join(' ')) };
}
