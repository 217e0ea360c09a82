import { z } from 'zod';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a fetch child may say (fetch-child/messages.ts). It may be in a stranger's hands: anything else counts as a crash. */
const fetchMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    phase: z.enum(['receiving', 'resolving']),
    done: count,
    total: count,
    bytes: count,
  }),
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({ type: z.literal('failed'), message: z.string(), missing: z.boolean() }),
]);

export type FetchMessage = z.infer<typeof fetchMessage>;

const maxLineBytes = 64 * 1024;
const maxTotalBytes = 64 * 1024 * 1024;

/** Cuts a child's output into messages. Answers null for output that no honest child writes. */
export class FetchMessageReader {
  #rest = '';
  #bytes = 0;

  push(chunk: Buffer): FetchMessage[] | null {
    this.#bytes += chunk.length;
    if (this.#bytes > maxTotalBytes) return null;
    const lines = (this.#rest + chunk.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > maxLineBytes) return null;
    const messages: FetchMessage[] = [];
    for (const line of lines) {
      const message = line.length > maxLineBytes ? null : parse(line);
      if (message === null) return null;
      messages.push(message);
    }
    return messages;
  }
}

function parse(line: string): FetchMessage | null {
  try {
    const parsed = fetchMessage.safeParse(JSON.parse(Buffer.from(line, 'latin1').toString()));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
