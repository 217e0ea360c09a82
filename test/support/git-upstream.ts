import { spawn } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface GitUpstreamOptions {
  /** Folder of the bare repositories. */
  readonly root: string;
  /** Ask for this sign-in. */
  readonly user?: string;
  readonly password?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A git server as people run them: git's own http-backend behind a small HTTP server, with Basic authentication. */
export class GitUpstream {
  readonly #server: http.Server;
  /** "GET /project.git/info/refs?service=git-upload-pack" and so on. */
  readonly requests: string[] = [];
  /** Requests that carried credentials, right or wrong. */
  authenticatedTries = 0;
  /** Takes a request before git does; answers whether it did, such as for LFS. */
  before: (request: http.IncomingMessage, response: http.ServerResponse) => boolean = () => false;
  /** Bodies of all answers. */
  sentBytes = 0;

  private constructor(private readonly options: GitUpstreamOptions) {
    const handler: http.RequestListener = (request, response) => this.#handle(request, response);
    this.#server = options.tls === undefined ? http.createServer(handler) : https.createServer(options.tls, handler);
    // A request that crosses with the closing of an idle connection would be lost.
    this.#server.keepAliveTimeout = 300_000;
  }

  static async start(options: GitUpstreamOptions): Promise<GitUpstream> {
    const upstream = new GitUpstream(options);
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(repository = 'project.git'): string {
    return `${this.options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}/${repository}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #handle(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.requests.push(`${request.method} ${request.url}`);
    const { authorization } = request.headers;
    if (authorization !== undefined) this.authenticatedTries += 1;
    if (this.options.user !== undefined && authorization !== this.#expected()) {
      request.resume();
      response.writeHead(401, { 'www-authenticate': 'Basic realm="upstream"' }).end('sign in first');
      return;
    }
    if (!this.before(request, response)) this.#runBackend(request, response);
  }

  #expected(): string {
    return `Basic ${Buffer.from(`${this.options.user}:${this.options.password}`).toString('base64')}`;
  }

  #runBackend(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://upstream');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        GIT_PROJECT_ROOT: path.resolve(this.options.root),
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        CONTENT_LENGTH: request.headers['content-length'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    backend.stdin.on('error', () => {});
    request.pipe(backend.stdin);
    response.on('close', () => backend.kill());

    let head = Buffer.alloc(0);
    const readHead = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      backend.stdout.off('data', readHead);
      this.#writeHead(response, head.toString('latin1', 0, end));
      const body = head.subarray(end + 4);
      this.sentBytes += body.length;
      response.write(body);
      backend.stdout.on('data', (bytes: Buffer) => (this.sentBytes += bytes.length));
      backend.stdout.pipe(response);
    };
    backend.stdout.on('data', readHead);
  }

  #writeHead(response: http.ServerResponse, head: string): void {
    let status = 200;
    const headers: Record<string, string> = {};
    for (const line of head.split('\r\n')) {
      const colon = line.indexOf(':');
      const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      if (name === 'status') status = Number.parseInt(value, 10);
      else headers[name] = value;
    }
    response.writeHead(status, headers);
  }
}
