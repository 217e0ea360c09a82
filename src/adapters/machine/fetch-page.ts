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
