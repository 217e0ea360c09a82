import type http from 'node:http';
import type { HttpFault } from './http-fault';

const maxTextBytes = 4096;
const maxRetryAfterMs = 24 * 60 * 60 * 1000;

/**
 * Looks at status and headers of a git server's answer. Answers what is wrong with it, having read the start of a
 * refusal's body, or null when the body is what was asked for.
 */
export async function checkResponseHead(
  response: http.IncomingMessage,
  requested: URL,
  expectedType: string,
): Promise<HttpFault | null> {
  const status = response.statusCode ?? 0;
  const location = response.headers.location;
  if (status >= 300 && status < 400 && location !== undefined) {
    response.destroy();
    return { kind: 'redirect', target: repositoryOf(location, requested) };
  }
  if (status !== 200) {
    const text = await startOfBody(response);
    return { kind: 'status', status, text, retryAfterMs: retryAfterMs(response.headers['retry-after']) };
  }
  const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== expectedType) {
    response.destroy();
    return { kind: 'not_git', why: whyNotGit(type) };
  }
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    response.destroy();
    return { kind: 'not_git', why: 'the answer is compressed though that was not asked for' };
  }
  return null;
}

function whyNotGit(type: string): string {
  if (type === 'text/html') return 'a web page came back';
  if (type === 'text/plain' || type === 'application/octet-stream')
    return 'the server only speaks the old "dumb" protocol, or serves plain files';
  return 'the answer is not of the git protocol';
}

/** The repository that a redirect leads to: its address without user information and without git's own suffix. */
function repositoryOf(location: string, requested: URL): string {
  try {
    const target = new URL(location, requested);
    const path = target.pathname.replace(/\/(info\/refs|git-upload-pack|git-receive-pack)$/, '');
    return `${target.protocol}//${target.host}${path}`;
  } catch {
    return 'an address that cannot be read';
  }
}

async function startOfBody(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A refusal must not be able to hang the caller, nor to fail it a second time.
  const timer = setTimeout(() => response.destroy(), 2_000);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxTextBytes) break;
    }
  } catch {
    // What was read so far is enough.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, maxTextBytes).toString();
}

/** RFC 9110: seconds, or a date. At most a day is believed. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), maxRetryAfterMs) : undefined;
}
