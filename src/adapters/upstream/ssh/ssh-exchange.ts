import type net from 'node:net';
import type { HttpPhase } from '../../../git-http/http-fault';
import { packTap, type TakePack } from '../../../git-http/pack-tap';
import { PktLineReader } from '../../../git-http/pkt-line';
import { StallWatch } from '../../../git-http/stall-watch';
import { commandFault, SshFault } from './ssh-fault';
import { openUploadPack, type SshPlace, type SshCommand } from './ssh-command';

export interface ExchangeOptions extends SshPlace {
  readonly advertisement: Buffer;
  readonly takePack?: TakePack | undefined;
}

export interface ExchangeEvents {
  readonly onReceived: (bytes: number) => void;
  readonly onSent: (bytes: number) => void;
}

/** One client of the gate and its git-upload-pack at the upstream, from the first byte to the last. */
export class SshExchange {
  readonly #closing = new AbortController();
  #pack: SshCommand | null = null;
  #phase: HttpPhase = 'listing refs';

  constructor(
    private readonly options: ExchangeOptions,
    private readonly client: net.Socket,
    private readonly events: ExchangeEvents,
  ) {}

  /** Settles when the exchange is over. Rejects with SshFault; a client that leaves is no fault. */
  async run(): Promise<void> {
    // The two ways are independent of each other: the client has its advertisement while we sign in.
    this.client.write(this.options.advertisement);
    try {
      const pack = await openUploadPack(this.options, this.#closing.signal);
      this.#pack = pack;
      await this.#pass(pack);
    } catch (thrown) {
      if (!this.#closing.signal.aborted) throw thrown;
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#closing.abort(new Error('the exchange is over'));
    this.#pack?.close();
    this.client.destroy();
  }

  #pass(pack: SshCommand): Promise<void> {
    const { client, events } = this;
    const { idleTimeoutMs, url, takePack } = this.options;
    const { channel } = pack;
    const tap = takePack === undefined ? null : packTap(takePack);
    const sink = tap ?? client;
    tap?.pipe(client, { end: false });
    const swallowing = new Swallower();
    let said = false;
    let watch: StallWatch | undefined;
    return new Promise<void>((resolve, reject) => {
      const fail = (fault: SshFault['fault']) => reject(new SshFault(fault));
      tap?.on('error', (error) => fail({ kind: 'transport', error }));
      const endClient = () => client.end(() => resolve());
      const endSink = () => (tap === null ? endClient() : tap.once('end', endClient).end());
      watch = new StallWatch(
        idleTimeoutMs,
        () => fail({ kind: 'stalled', phase: this.#phase, idleTimeoutMs }),
        // While the client does not take what it was sent, nobody else is to blame.
        () => !sink.writableNeedDrain,
      );

      channel.on('data', (chunk: Buffer) => {
        watch?.touch();
        events.onReceived(chunk.length);
        let data: Buffer | null = chunk;
        try {
          if (!swallowing.isDone) data = swallowing.rest(chunk);
        } catch {
          return fail({ kind: 'not_git', why: 'its list of refs is malformed' });
        }
        if (swallowing.refusal !== null) return fail({ kind: 'refused', text: swallowing.refusal });
        if (data === null || data.length === 0) return;
        this.#phase = 'receiving data';
        const refusal = said ? null : errorLine(data);
        said = true;
        if (refusal !== null) return fail({ kind: 'refused', text: refusal });
        if (!sink.write(data)) {
          channel.pause();
          sink.once('drain', () => {
            watch?.touch();
            channel.resume();
          });
        }
      });

      client.on('data', (chunk: Buffer) => {
        watch?.touch();
        events.onSent(chunk.length);
        if (channel.writable && !channel.write(chunk)) {
          client.pause();
          channel.once('drain', () => client.resume());
        }
      });
      client.on('end', () => channel.end());
      client.on('close', () => resolve());
      client.resume();

      void pack.ended.then((end) => {
        watch?.stop();
        // A whole answer ends with success; anything else leaves the client with a part.
        if (end.exitCode === 0) endSink();
        else fail(swallowing.isDone ? { kind: 'broken_off', phase: this.#phase } : commandFault(end, url.host));
      });
    }).finally(() => {
      watch?.stop();
      tap?.destroy();
    });
  }
}

/** Takes the server's own list of refs away: the client has a better one. */
class Swallower {
  isDone = false;
  /** The text of an `ERR` line in place of the list. */
  refusal: string | null = null;
  #bytes = 0;
  #end = 0;
  readonly #lines = new PktLineReader((text, start, end) => {
    if (this.isDone) return;
    if (start < 0) {
      this.isDone = true;
      this.#end += 4;
      return;
    }
    this.#end += end - start + 4;
    if (text.startsWith('ERR ', start)) this.refusal = Buffer.from(text.slice(start + 4, end), 'latin1').toString();
  });

  /** What of the chunk comes after the list; null while it lasts. Raises PktLineError. */
  rest(chunk: Buffer): Buffer | null {
    const before = this.#bytes;
    this.#bytes += chunk.length;
    this.#lines.push(chunk);
    return this.isDone ? chunk.subarray(this.#end - before) : null;
  }
}

/** The text of an `ERR` line that stands first; the client would lose it. */
function errorLine(chunk: Buffer): string | null {
  if (chunk.toString('latin1', 4, 8) !== 'ERR ') return null;
  const length = Number.parseInt(chunk.toString('latin1', 0, 4), 16);
  return chunk.toString('utf8', 8, length);
}
