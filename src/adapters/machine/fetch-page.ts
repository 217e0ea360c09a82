import type { PageAnswer } from '../../ports/machine';

const limitMs = 10_000;
const maxBytes = 1_048_576;

/** One GET without credentials, without following anybody. null: no answer. Never raises. */
export async function fetchPage(url: string): Promise<PageAnswer | null> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'user-agent': 'headwater-doctor', accept: 'text/html, application/json' },
      signal: AbortSignal.timeout(limitMs),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text: await readText(response),
    };
  } catch {
    return null;
  }
}

/** Codes of Node's TLS that say: this certificate is not believed, or is not for this name. */
const certificateCode = /CERT|SIGNED|ISSUER|ALTNAME|SSL|TLS/;

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the name leads nowhere',
  EAI_AGAIN: 'the name cannot be looked up',
  EHOSTUNREACH: 'there is no way there',
  ENETUNREACH: 'there is no way there',
  UND_ERR_CONNECT_TIMEOUT: 'it took too long',
};

/** Tries again what fetchPage found no answer to. Never raises. */
export async function whyNoPage(
  url: string,
): Promise<{ readonly kind: 'certificate' | 'other'; readonly what: string } | null> {
  try {
    await (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(limitMs) })).body?.cancel();
    return null;
  } catch (thrown) {
    const { name, cause } = thrown as { name?: string; cause?: { code?: unknown } };
    if (name === 'TimeoutError') return { kind: 'other', what: 'it took too long' };
    const code = typeof cause?.code === 'string' ? cause.code : 'no reason was given';
    if (certificateCode.test(code)) return { kind: 'certificate', what: `its certificate is not believed: ${code}` };
    return { kind: 'other', what: words[code] ?? code };
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
