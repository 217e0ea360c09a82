import { createHash } from 'node:crypto';
import type http from 'node:http';
import type { Oid, RefName } from '../domain/git-ref';
import type { HttpFault, TranslateFault } from './http-fault';
import { abortReason, userAgent } from './list-refs';
import { flushPkt, pktLine } from './pkt-line';
import { readReport, type ReceivePackReport } from './receive-pack-report';
import type { HttpRequester } from './requester';
import { checkResponseHead } from './response-head';
import { StallWatch } from './stall-watch';

/** A ref and its exact old value; null stands for "not there". */
export interface RefCommand {
  readonly ref: RefName;
  readonly oldOid: Oid | null;
  readonly newOid: Oid | null;
}

export interface ReceivePackOptions {
  /** The repository, without a slash at its end. */
  readonly repository: URL;
  readonly authorization: string | null;
  readonly requester: HttpRequester;
  readonly idleTimeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly translate: TranslateFault;
}

const noOid = '0'.repeat(40);
const answerType = 'application/x-git-receive-pack-result';
/** What may wait here for the server to take it. */
const maxWaitingBytes = 256 * 1024;
/** How long a server may take to answer a push that was given up; ms. */
const farewellMs = 5_000;

/**
 * A push without objects of ours: commands, and a pack with nothing in it, for refs whose new values the server has already.
 * Raises what `translate` makes of a fault, and the reason of an aborted signal.
 */
export async function sendRefCommands(
  options: ReceivePackOptions,
  commands: readonly RefCommand[],
): Promise<ReceivePackReport> {
  options.signal.throwIfAborted();
  const needsPack = commands.some(({ newOid }) => newOid !== null);
  return new ReceivePackRequest(options, commands).finish(needsPack ? emptyPack() : Buffer.alloc(0));
}

/**
 * A push written by hand (gitprotocol-pack(5)): one request, with the commands ahead and a pack that comes piece by piece.
 * Until its last bytes the server keeps all of it in quarantine.
 */
export class ReceivePackRequest {
  readonly #post: http.ClientRequest;
  readonly #url: URL;
  readonly #watch: StallWatch;
  readonly #answer: Promise<Buffer>;
  #settle: { readonly resolve: (answer: Buffer) => void; readonly reject: (fault: Error) => void } | null = null;
  #ready: () => void = () => {};
  #isWhole = false;
  #sentBytes = 0;

  constructor(
    private readonly options: ReceivePackOptions,
    commands: readonly RefCommand[],
  ) {
    const { authorization, requester, idleTimeoutMs, signal } = options;
    this.#answer = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Whoever asks for the answer hears of a fault; until then it only makes `isOpen` false.
    this.#answer.catch(() => {});
    this.#url = new URL(`${options.repository.href}/git-receive-pack`);
    this.#post = requester.request({
      url: this.#url,
      method: 'POST',
      headers: {
        accept: answerType,
        'accept-encoding': 'identity',
        'content-type': 'application/x-git-receive-pack-request',
        'user-agent': userAgent,
        ...(authorization === null ? {} : { authorization }),
      },
    });
    this.#watch = new StallWatch(
      idleTimeoutMs,
      () => this.#fail({ kind: 'stalled', phase: this.#isWhole ? 'waiting for the answer' : 'sending', idleTimeoutMs }),
      // Before it has everything, only a server that does not take what is there has stalled.
      () => this.#isWhole || this.#post.writableNeedDrain,
    );
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#post.on('error', (error) => this.#fail({ kind: 'transport', error }));
    this.#post.on('response', (response) => this.#read(response));
    this.#post.on('drain', () => {
      this.#watch.touch();
      this.#ready();
    });
    this.#send(commandLines(commands));
    if (signal.aborted) this.#onAbort();
  }

  /** Nothing went wrong yet, and it is neither finished nor given up. */
  get isOpen(): boolean {
    return this.#settle !== null && !this.#isWhole;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Sends a piece of the pack. Resolves when there is room for more, or no use. */
  write(bytes: Buffer): Promise<void> | void {
    if (!this.isOpen) return;
    this.#send(bytes);
    if (this.#post.writableLength > maxWaitingBytes) return new Promise((resolve) => (this.#ready = resolve));
  }

  /** Sends the end of the pack, and answers the report. Raises what `translate` makes of a fault, now or before. */
  async finish(bytes: Buffer): Promise<ReceivePackReport> {
    if (this.isOpen) {
      this.#send(bytes);
      this.#isWhole = true;
      this.#watch.touch();
      this.#post.end();
    }
    return { ...readReport(await this.#answer), sentBytes: this.#sentBytes };
  }

  /**
   * Gives it up; nothing happens once it is finished. Ends the pack too early instead of cutting the connection, so that
   * the server's git tidies up behind itself instead of being killed.
   */
  abort(): void {
    if (!this.isOpen) return;
    this.#close()?.reject(new Error('the push was given up'));
    this.#post.end();
    const timer = setTimeout(() => this.#post.destroy(), farewellMs);
    this.#post.once('close', () => clearTimeout(timer));
  }

  readonly #onAbort = () => {
    if (!this.isOpen) return this.#failWith(abortReason(this.options.signal));
    this.abort();
  };

  #send(bytes: Buffer): void {
    this.#sentBytes += bytes.length;
    this.#post.write(bytes);
  }

  #read(response: http.IncomingMessage): void {
    const { maxBytes, translate } = this.options;
    const chunks: Buffer[] = [];
    let bytes = 0;
    this.#watch.touch();
    response.on('error', () => this.#fail({ kind: 'broken_off', phase: 'receiving data' }));
    if (this.#settle === null) return void response.resume();
    checkResponseHead(response, this.#url, answerType).then(
      (fault) => {
        if (fault !== null) return this.#fail(fault);
        response.on('data', (chunk: Buffer) => {
          this.#watch.touch();
          bytes += chunk.length;
          if (bytes > maxBytes) return this.#fail({ kind: 'too_large', limit: maxBytes });
          chunks.push(chunk);
        });
        response.on('end', () => {
          // A server that has said all before it has everything gave up.
          if (this.#isWhole) this.#close()?.resolve(Buffer.concat(chunks));
          else this.#failWith(translate({ kind: 'broken_off', phase: 'sending' }));
        });
      },
      (error: Error) => this.#fail({ kind: 'transport', error }),
    );
  }

  #fail(fault: HttpFault): void {
    if (this.#settle !== null) this.#failWith(this.options.translate(fault));
  }

  #failWith(error: Error): void {
    this.#close()?.reject(error);
    this.#post.destroy();
  }

  /** Whoever waits for room gets to know; answers null if it is over already. */
  #close() {
    const settle = this.#settle;
    this.#settle = null;
    this.#watch.stop();
    this.options.signal.removeEventListener('abort', this.#onAbort);
    this.#ready();
    return settle;
  }
}

/** Quiet: what a server prints before it has everything, its web server may take for the end of the request. */
function commandLines(commands: readonly RefCommand[]): Buffer {
  const capabilities = `report-status side-band-64k quiet agent=${userAgent.replace(/ /g, '-')}`;
  const lines = commands.map(({ ref, oldOid, newOid }, at) =>
    pktLine(`${oldOid ?? noOid} ${newOid ?? noOid} ${ref}${at === 0 ? `\0 ${capabilities}` : ''}`),
  );
  return Buffer.concat([...lines, flushPkt]);
}

/** Version 2, no objects, and the checksum of that. */
function emptyPack(): Buffer {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  return Buffer.concat([head, createHash('sha1').update(head).digest()]);
}
