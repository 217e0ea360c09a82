import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LfsObjectJson {
  readonly oid: string;
  readonly size: number;
}

/** What the batch API says of one object; a test may put in anything. */
export type LfsBatchEntry = Record<string, unknown> & {
  actions?: { download: { href: string; header?: Record<string, string> } & Record<string, unknown> };
};

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => boolean;

/**
 * An upstream's LFS server: batch API at `<url>/objects/batch`, contents at `/lfs-store/<oid>`. It behaves until a test
 * replaces one of its parts.
 */
export class LfsUpstream {
  readonly #server = http.createServer((request, response) => {
    if (!this.handle(request, response)) response.writeHead(404).end();
  });
  readonly objects = new Map<string, Buffer>();
  /** "GET /lfs-store/…" and so on. */
  readonly requests: string[] = [];
  /** The objects of each batch request. */
  readonly batches: LfsObjectJson[][] = [];
  /** Headers of the requests for contents. */
  readonly downloads: http.IncomingHttpHeaders[] = [];
  readonly batchHeaders: http.IncomingHttpHeaders[] = [];
  /** Downloads that are on their way now, and the most there were. */
  running = 0;
  mostRunning = 0;
  /** Changes what is said of an object. */
  entry: (entry: LfsBatchEntry, object: LfsObjectJson) => LfsBatchEntry = (entry) => entry;
  /** Answer in place of the batch API or of the store; true when they did. */
  beforeBatch: (response: http.ServerResponse, objects: readonly LfsObjectJson[]) => boolean = () => false;
  beforeStore: (oid: string, request: http.IncomingMessage, response: http.ServerResponse) => boolean = () => false;
  /** Where contents are, for links; by default beside the batch API. */
  storeUrl: string | null = null;

  static async start(): Promise<LfsUpstream> {
    const upstream = new LfsUpstream();
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Address of the LFS server. */
  get url(): string {
    return `${this.origin}/project.git/info/lfs`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Adds an object and answers what its pointer says. */
  add(content: string | Buffer): LfsObjectJson {
    const bytes = Buffer.from(content);
    const oid = createHash('sha256').update(bytes).digest('hex');
    this.objects.set(oid, bytes);
    return { oid, size: bytes.length };
  }

  readonly handle: Handler = (request, response) => {
    const path = request.url ?? '/';
    if (path.endsWith('/info/lfs/objects/batch')) {
      this.requests.push(`${request.method} ${path}`);
      this.#batch(request, response);
      return true;
    }
    if (!path.startsWith('/lfs-store/')) return false;
    this.requests.push(`${request.method} ${path}`);
    this.#store(path.slice('/lfs-store/'.length).split('?')[0] ?? '', request, response);
    return true;
  };

  #batch(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.batchHeaders.push(request.headers);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { objects } = JSON.parse(Buffer.concat(chunks).toString()) as { objects: LfsObjectJson[] };
      this.batches.push(objects);
      if (this.beforeBatch(response, objects)) return;
      const store = this.storeUrl ?? `http://${request.headers.host}/lfs-store`;
      const entries = objects.map((object) => {
        const known = this.objects.has(object.oid);
        const found = { actions: { download: { href: `${store}/${object.oid}` } } };
        const error = { error: { code: 404, message: 'Object does not exist' } };
        return this.entry({ ...object, ...(known ? found : error) }, object);
      });
      response.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json; charset=utf-8' });
      response.end(JSON.stringify({ transfer: 'basic', objects: entries }));
    });
  }

  #store(oid: string, request: http.IncomingMessage, response: http.ServerResponse): void {
    this.downloads.push(request.headers);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    response.on('close', () => (this.running -= 1));
    if (this.beforeStore(oid, request, response)) return;
    const content = this.objects.get(oid);
    if (content === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': content.length });
    response.end(content);
  }
}

/** The file in git that stands for an object. */
export function pointerText({ oid, size }: LfsObjectJson): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
}
