import type { Progress } from '../../src/domain/events';
import type { MirrorAnswer } from '../../test/support/headwater';

/** What the stream of a mirror tells: the mirror whenever it changed, and the progress of its run. */
export type MirrorEvent =
  | { readonly event: 'state'; readonly data: MirrorAnswer }
  | { readonly event: 'progress'; readonly data: Progress }
  | { readonly event: 'run'; readonly data: unknown };

/** Opens the server-sent events of one mirror; the first is its state. */
export async function* mirrorEvents(api: string, token: string, signal: AbortSignal): AsyncGenerator<MirrorEvent> {
  const headers = { authorization: `token ${token}`, accept: 'text/event-stream' };
  const response = await fetch(`${api}/events`, { headers, signal });
  if (!response.ok || response.body === null) throw new Error(`the events were answered with ${response.status}`);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.+)$/m.exec(block)?.[1];
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) as unknown } as MirrorEvent;
    }
  }
}
