import { spawn } from 'node:child_process';
import type { Request, Response } from 'express';

export interface BackendCall {
  /** Folder that holds the bare repositories. */
  readonly root: string;
  /** Such as /ann/project.git/info/refs. */
  readonly path: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  /** Applies the request, then cuts the connection instead of answering. */
  readonly loseAnswer: boolean;
  readonly log: (text: string) => void;
}

/** Hands a request to `git http-backend`, the CGI program of git itself. */
export function callHttpBackend(request: Request, response: Response, call: BackendCall): void {
  // A client that has gone already closes nothing any more: its git would wait for ever, and the test process with it.
  if (response.destroyed) return;
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: {
      ...{ PATH: process.env['PATH'], HOME: call.root, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1' },
      GIT_PROJECT_ROOT: call.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: call.path,
      QUERY_STRING: request.originalUrl.split('?')[1] ?? '',
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      ...optional('CONTENT_LENGTH', request.headers['content-length']),
      ...optional('HTTP_CONTENT_ENCODING', request.headers['content-encoding']),
      ...optional('GIT_PROTOCOL', [request.headers['git-protocol']].flat()[0]),
      REMOTE_USER: call.user,
      REMOTE_ADDR: '127.0.0.1',
      ...call.env,
    },
  });
  child.stderr.on('data', (chunk: Buffer) => call.log(chunk.toString()));
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  // A client that goes away takes its git along, as in Forgejo: what was not applied by then never is.
  response.on('close', () => {
    if (child.exitCode === null && child.pid !== undefined && !call.loseAnswer) killGroup(child.pid);
    child.stdout.resume();
  });

  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (call.loseAnswer) return;
    if (head === null) {
      if (!response.write(chunk)) {
        child.stdout.pause();
        response.once('drain', () => child.stdout.resume());
      }
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    writeHead(response, head.toString('latin1', 0, end));
    const rest = head.subarray(end + 4);
    head = null;
    if (rest.length > 0) response.write(rest);
  });
  child.on('error', () => response.destroy());
  child.on('close', () => {
    if (call.loseAnswer || head !== null) response.destroy();
    else response.end();
  });
}

function writeHead(response: Response, head: string): void {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') response.status(Number(value.split(' ')[0]));
    else response.setHeader(name, value);
  }
  response.flushHeaders();
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
