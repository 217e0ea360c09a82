import { z } from 'zod';
import { Secret } from '../../../domain/credentials';
import type { LfsLogin } from '../../../domain/lfs-source';
import type { TranslateFault } from '../../../git-http/http-fault';
import { abortReason } from '../../../git-http/list-refs';
import { StallWatch } from '../../../git-http/stall-watch';
import { openSshCommand, quote, type SshCommand, type SshPlace } from './ssh-command';
import { faultIn, SshFault } from './ssh-fault';

const maxAnswerBytes = 64 * 1024;
/** An answer of a few lines takes no longer; ms. */
const totalTimeoutMs = 60_000;
/** A little early, so that a login does not run out on its way; ms. */
const marginMs = 5_000;

// git-lfs, docs/api/server-discovery.md.
const answerSchema = z.object({
  href: z.string().max(4_000),
  header: z.record(z.string(), z.string().max(8_192)).nullish(),
  expires_in: z.number().nullish(),
  expires_at: z.string().nullish(),
});

/**
 * Asks `git-lfs-authenticate <path> download` for the address of the LFS server and for what signs us in there, with the
 * mirror's key and the pinned host key. null: the server knows no such command, or answers nothing of use.
 * Raises what `translate` makes of a failed connection, and the reason of an aborted signal.
 */
export async function askLfsLogin(
  place: SshPlace & { readonly translate: TranslateFault },
  signal: AbortSignal,
): Promise<LfsLogin | null> {
  const overtime = new AbortController();
  const fault = new SshFault({ kind: 'timeout', totalTimeoutMs });
  const timer = setTimeout(() => overtime.abort(fault), totalTimeoutMs);
  const either = AbortSignal.any([signal, overtime.signal]);
  let command: SshCommand | null = null;
  try {
    command = await openSshCommand(place, `git-lfs-authenticate ${quote(place.ssh.path)} download`, either);
    const answer = await readAll(command, place.idleTimeoutMs, either);
    return answer === null ? null : readLogin(answer, Date.now());
  } catch (thrown) {
    throw signal.aborted ? abortReason(signal) : place.translate(faultIn(thrown));
  } finally {
    clearTimeout(timer);
    command?.close();
  }
}

/** null: the command failed, or has no end. */
function readAll(command: SshCommand, idleTimeoutMs: number, signal: AbortSignal): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let watch: StallWatch | undefined;
  let onAbort: () => void = () => undefined;
  return new Promise<string | null>((resolve, reject) => {
    onAbort = () => reject(abortReason(signal));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    watch = new StallWatch(idleTimeoutMs, () =>
      reject(new SshFault({ kind: 'stalled', phase: 'waiting for the answer', idleTimeoutMs })),
    );
    command.channel.on('data', (chunk: Buffer) => {
      watch?.touch();
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) return resolve(null);
      chunks.push(chunk);
    });
    // It is told nothing.
    command.channel.end();
    void command.ended.then(({ exitCode }) => resolve(exitCode === 0 ? Buffer.concat(chunks).toString() : null));
  }).finally(() => {
    watch?.stop();
    signal.removeEventListener('abort', onAbort);
  });
}

function readLogin(text: string, now: number): LfsLogin | null {
  const parsed = answerSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { href, header, expires_in: expiresIn, expires_at: expiresAt } = parsed.data;
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  const at = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
  const end = typeof expiresIn === 'number' && expiresIn > 0 ? now + expiresIn * 1000 : at;
  return {
    endpoint: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    headers: new Map(Object.entries(header ?? {}).map(([name, value]) => [name.toLowerCase(), new Secret(value)])),
    // Some servers send the year 1 for "never".
    expiresAt: Number.isFinite(end) && end > Date.UTC(2000) ? end - marginMs : Number.POSITIVE_INFINITY,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
