import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { flushPkt, pktLine } from '../../src/git-http/pkt-line';

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export interface HostileBehaviour {
  /** Answers the question for refs. */
  readonly listing?: Handler;
  /** Answers the fetch itself. */
  readonly rpc?: Handler;
}

export const uploadPackAdvertisement = 'application/x-git-upload-pack-advertisement';
export const uploadPackResult = 'application/x-git-upload-pack-result';
export const capabilities = 'multi_ack thin-pack side-band side-band-64k ofs-delta multi_ack_detailed no-done';

/** A server that does what no git server should. It notes what it was sent. */
export class HostileUpstream {
  readonly #server: http.Server;
  readonly requests: string[] = [];
  readonly authorizations: (string | undefined)[] = [];

  private constructor(public behaviour: HostileBehaviour) {
    this.#server = http.createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      this.authorizations.push(request.headers.authorization);
      const handler = request.method === 'GET' ? this.behaviour.listing : this.behaviour.rpc;
      if (handler === undefined) response.writeHead(404).end();
      else handler(request, response);
    });
  }

  static async start(behaviour: HostileBehaviour = {}): Promise<HostileUpstream> {
    const upstream = new HostileUpstream(behaviour);
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/project.git`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

export function answer(status: number, headers: http.OutgoingHttpHeaders = {}, body: string | Buffer = ''): Handler {
  return (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  };
}

/** Says nothing at all. */
export const silent: Handler = (request) => {
  request.resume();
};

/** A listing made of the given pkt-line payloads, with its head and its end. */
export function listingOf(...lines: readonly string[]): Buffer {
  return Buffer.concat([pktLine('# service=git-upload-pack\n'), flushPkt, ...lines.map(pktLine), flushPkt]);
}

/** A well-formed listing of refs, by name. */
export function refsListing(refs: Readonly<Record<string, string>>, more = ''): Buffer {
  return listingOf(
    ...Object.entries(refs).map(([name, oid], at) => `${oid} ${name}${at === 0 ? `\0${capabilities}${more}` : ''}\n`),
  );
}

export function lists(body: Buffer): Handler {
  return answer(200, { 'content-type': uploadPackAdvertisement }, body);
}

/** Sends the given bytes, then neither more nor the end. */
export function startsAndStalls(type: string, body: Buffer): Handler {
  return (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': type });
    response.write(body);
  };
}

/** Sends the given bytes, then drops the connection. */
export function startsAndBreaksOff(type: string, body: Buffer): Handler {
  return (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': type });
    response.write(body, () => response.destroy());
  };
}

/** Sends the start, then `more` for ever. */
export function neverEnds(type: string, start: Buffer, more: Buffer): Handler {
  return (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': type });
    response.write(start);
    const pump = (): void => {
      while (!response.destroyed && response.write(more));
      if (!response.destroyed) response.once('drain', pump);
    };
    pump();
  };
}

/** The answer to a fetch that sends the given bytes as the pack, in a side band. */
export function packResult(pack: Buffer): Buffer {
  const lines: Buffer[] = [pktLine('NAK\n')];
  for (let at = 0; at < pack.length; at += 60_000) lines.push(sideband(1, pack.subarray(at, at + 60_000)));
  return Buffer.concat([...lines, flushPkt]);
}

export function sideband(band: number, data: Buffer): Buffer {
  const length = (data.length + 5).toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(length), Buffer.from([band]), data]);
}
