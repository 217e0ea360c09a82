import { createHash } from 'node:crypto';
import type http from 'node:http';
import type { Oid, RefName } from '../domain/git-ref';
import type { TranslateFault } from './http-fault';
import { abortReason, userAgent } from './list-refs';
import { flushPkt, pktLine, PktLineReader, utf8 } from './pkt-line';
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

/** The server's own report. */
export interface ReceivePackReport {
  /** "ok", or why the pack was not taken. */
  readonly unpack: string;
  /** null: done; else the server's words. */
  readonly refs: ReadonlyMap<RefName, string | null>;
  /** What hooks and git printed there. */
  readonly remoteLines: readonly string[];
  readonly sentBytes: number;
}

const noOid = '0'.repeat(40);

/**
 * A push without objects of ours: commands, and a pack with nothing in it, for refs whose new values the server has already
 * (gitprotocol-pack(5)). One request. Raises what `translate` makes of a fault, and the reason of an aborted signal.
 */
export async function sendRefCommands(
  options: ReceivePackOptions,
  commands: readonly RefCommand[],
): Promise<ReceivePackReport> {
  const url = new URL(`${options.repository.href}/git-receive-pack`);
  const type = 'application/x-git-receive-pack-result';
  const body = requestBody(commands);
  options.signal.throwIfAborted();

  const answer = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const request = options.requester.request({
      url,
      method: 'POST',
      headers: {
        accept: type,
        'accept-encoding': 'identity',
        'content-type': 'application/x-git-receive-pack-request',
        'content-length': String(body.length),
        'user-agent': userAgent,
        ...(options.authorization === null ? {} : { authorization: options.authorization }),
      },
    });
    const settle = (finish: () => void) => {
      watch.stop();
      options.signal.removeEventListener('abort', onAbort);
      finish();
    };
    const fail = (error: Error) =>
      settle(() => {
        reject(error);
        request.destroy();
      });
    const onAbort = () => fail(abortReason(options.signal));
    const watch = new StallWatch(options.idleTimeoutMs, () =>
      fail(
        options.translate({
          kind: 'stalled',
          phase: 'waiting for the answer',
          idleTimeoutMs: options.idleTimeoutMs,
        }),
      ),
    );
    options.signal.addEventListener('abort', onAbort, { once: true });
    const read = (response: http.IncomingMessage) => {
      response.on('data', (chunk: Buffer) => {
        watch.touch();
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > options.maxBytes) fail(options.translate({ kind: 'too_large', limit: options.maxBytes }));
      });
      response.on('error', () => fail(options.translate({ kind: 'broken_off', phase: 'receiving data' })));
      response.on('end', () => settle(() => resolve(Buffer.concat(chunks))));
    };
    request.on('error', (error) => fail(options.translate({ kind: 'transport', error })));
    request.on('response', (response) => {
      watch.touch();
      checkResponseHead(response, url, type).then(
        (fault) => (fault === null ? read(response) : fail(options.translate(fault))),
        (error: Error) => fail(options.translate({ kind: 'transport', error })),
      );
    });
    request.end(body);
  });
  return { ...readReport(answer), sentBytes: body.length };
}

function requestBody(commands: readonly RefCommand[]): Buffer {
  const lines = commands.map(({ ref, oldOid, newOid }) => `${oldOid ?? noOid} ${newOid ?? noOid} ${ref}`);
  const [first = '', ...others] = lines;
  const withCapabilities = `${first}\0 report-status side-band-64k agent=${userAgent.replace(/ /g, '-')}`;
  const needsPack = commands.some(({ newOid }) => newOid !== null);
  return Buffer.concat([
    ...[withCapabilities, ...others].map((line) => pktLine(line)),
    flushPkt,
    ...(needsPack ? [emptyPack()] : []),
  ]);
}

/** Version 2, no objects, and the checksum of that. */
function emptyPack(): Buffer {
  const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  return Buffer.concat([head, createHash('sha1').update(head).digest()]);
}

/** Undoes the side band: band 1 is the report, 2 is what is printed, 3 is the end of it all. */
function readReport(answer: Buffer): Omit<ReceivePackReport, 'sentBytes'> {
  let report = '';
  let printed = '';
  new PktLineReader((text, start, end) => {
    if (start < 0) return;
    const band = text.charCodeAt(start);
    if (band === 1) report += text.slice(start + 1, end);
    else if (band === 2 || band === 3) printed += text.slice(start + 1, end);
  }).push(answer);

  let unpack = 'the server did not say';
  const refs = new Map<RefName, string | null>();
  new PktLineReader((text, start, end) => {
    if (start < 0) return;
    const line = utf8(text.slice(start, end)).trimEnd();
    const [word = '', name = ''] = line.split(' ');
    if (word === 'unpack') unpack = line.slice('unpack '.length);
    else if (word === 'ok') refs.set(name, null);
    else if (word === 'ng') refs.set(name, line.slice('ng '.length + name.length).trim());
  }).push(Buffer.from(report, 'latin1'));
  const remoteLines = utf8(printed)
    .split(/[\n\r]/)
    .map((line) => line.trimEnd());
  return { unpack, refs, remoteLines };
}
