import { Octokit } from '@octokit/rest';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { watchOctokit } from './watch-octokit';

// Tests run from the sources, the demo from dist.
const places = ['../..', '../../..'].map((path) => resolve(__dirname, path));
const entry = join(places.find((place) => existsSync(join(place, 'package.json'))) ?? '', 'dist/src/main.js');

export interface MirrorAnswer {
  readonly id: string;
  readonly url: string;
  readonly auth_user: string | null;
  readonly has_password: boolean;
  readonly enabled: boolean;
  readonly ssh_public_key: string | null;
  readonly ssh_previous_public_key: string | null;
  readonly ssh_host_keys: readonly { readonly fingerprint_sha256: string; readonly confirmed_by: string | null }[];
  readonly update_status: 'none' | 'scheduled' | 'started' | 'finished' | 'failed';
  readonly last_error: { readonly code: string; readonly message: string; readonly advice: string } | null;
  readonly failures: number;
  readonly paused: boolean;
  readonly upstream_default_branch: string | null;
  readonly last_counts: Readonly<Record<string, number>> | null;
  readonly notify_last_issue: { readonly event: string } | null;
  readonly notify_last_delivery: { readonly event: string } | null;
  readonly warnings?: readonly { readonly code: string }[];
}

export interface RunAnswer {
  readonly id: string;
  readonly cause: string;
  readonly status: 'queued' | 'running' | 'finished' | 'failed';
  readonly error: { readonly code: string } | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly received_bytes: number;
  readonly sent_bytes: number;
  readonly refs?: readonly {
    readonly ref: string;
    readonly old: string | null;
    readonly new: string | null;
    readonly action: string;
    readonly reason: { readonly code: string; readonly message: string; readonly advice: string } | null;
  }[];
}

export interface HeadwaterOptions {
  /** Where these two are left out, the file has them that the settings name. */
  readonly forgeUrl?: string;
  readonly forgeToken?: string;
  /** More HEADWATER_* settings, without the prefix. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Only this role; by default both in one process. */
  readonly role?: 'web' | 'worker';
  /** In a process group of its own, so that Ctrl-C does not reach it. */
  readonly detached?: boolean;
}

/** The product as its users run it: the compiled `headwater serve`, in a process and a data folder of its own. */
export class Headwater {
  #process: ChildProcess | null = null;
  #url = '';
  /** All that it printed, over all of its lives. */
  output = '';

  private constructor(
    private readonly options: HeadwaterOptions,
    readonly dataDir: string,
  ) {}

  static async start(options: HeadwaterOptions): Promise<Headwater> {
    if (!existsSync(entry)) throw new Error('Build first: npm run build');
    const headwater = new Headwater(options, await mkdtemp(join(tmpdir(), 'headwater-data-')));
    await headwater.start();
    return headwater;
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** The environment of every process of this installation. */
  get environment(): NodeJS.ProcessEnv {
    const { forgeUrl, forgeToken, settings = {} } = this.options;
    const own = {
      ...(forgeUrl === undefined ? {} : { FORGE_URL: forgeUrl }),
      ...(forgeToken === undefined ? {} : { FORGE_TOKEN: forgeToken }),
      DATA_DIR: this.dataDir,
      LISTEN: '127.0.0.1:0',
      ALLOWED_UPSTREAMS: '127.0.0.1',
      // Tests ask faster than people do.
      RATE_LIMIT: '0',
      RATE_LIMIT_RUNS: '0',
      ...settings,
    };
    const named = Object.entries(own).map(([name, value]) => [`HEADWATER_${name}`, value]);
    return { ...plainEnvironment(), ...(Object.fromEntries(named) as NodeJS.ProcessEnv) };
  }

  async start(): Promise<void> {
    const { role } = this.options;
    const child = spawn(process.execPath, [entry, 'serve', ...(role === undefined ? [] : ['--role', role])], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: this.options.detached ?? false,
    });
    this.#process = child;
    this.#url = await new Promise<string>((listening, failed) => {
      const read = (chunk: Buffer) => {
        this.output += chunk.toString();
        const url = /listening (?:on|at) (http:\/\/[^\s"]+)[\s"]/i.exec(this.output.slice(from))?.[1];
        if (url === undefined) return;
        clearTimeout(tooLate);
        listening(url.replace(/\/$/, ''));
      };
      const from = this.output.length;
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      const tooLate = setTimeout(() => {
        child.kill('SIGKILL');
        failed(new Error(`headwater does not listen after two minutes:\n${this.output.slice(from)}`));
      }, 120_000);
      child.once('exit', () => clearTimeout(tooLate));
      child.once('exit', (code, signal) =>
        failed(new Error(`headwater ended (${code ?? signal}):\n${this.output.slice(from)}`)),
      );
    });
    child.removeAllListeners('exit');
  }

  /** Ends it; SIGKILL gives it no chance to tidy up. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await ended;
  }

  /** Stops it and removes its data folder. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The `headwater` command of this installation. */
  cli(args: readonly string[], input = ''): Promise<Told> {
    return runHeadwater(args, this.environment, input);
  }

  /** The API as one caller uses it for one project. */
  as(token: string, owner: string, repo: string): MirrorApi {
    return new MirrorApi(this, token, owner, repo);
  }

  /** Every file below the data folder, by path relative to it. */
  async files(): Promise<string[]> {
    for (;;) {
      try {
        return (await readdir(this.dataDir, { recursive: true })).sort();
      } catch (thrown) {
        // A folder went away while it was being read.
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(this.dataDir)) throw thrown;
      }
    }
  }
}

interface Told {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The compiled `headwater` command, without any installation's settings unless `env` has them. */
export function runHeadwater(args: readonly string[], env = plainEnvironment(), input = ''): Promise<Told> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [entry, ...args], { env, stdio: 'pipe' });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => done({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: tmpdir() };
}

/** Calls with octokit, as a script would. In a test, every answer must be as it is documented. */
export class MirrorApi {
  constructor(
    private readonly headwater: Headwater,
    private readonly token: string,
    private readonly owner: string,
    private readonly repo: string,
  ) {}

  async call<T>(method: string, path = '', body: object = {}): Promise<{ status: number; data: T }> {
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const octokit = watchOctokit(
      new Octokit({ auth: this.token, baseUrl: `${this.headwater.url}/api/v1`, log: quiet }),
    );
    const { status, data } = await octokit.request(`${method} /repos/{owner}/{repo}/mirror/pull${path}`, {
      owner: this.owner,
      repo: this.repo,
      // `data`, since octokit takes a parameter named `url` for the address of the request itself.
      ...(Object.keys(body).length === 0 ? {} : { data: body }),
    });
    return { status, data: data as T };
  }

  async put(settings: object): Promise<{ status: number; data: MirrorAnswer }> {
    return this.call('PUT', '', settings);
  }

  async mirror(): Promise<MirrorAnswer> {
    return (await this.call<MirrorAnswer>('GET')).data;
  }

  async updateNow(): Promise<RunAnswer> {
    return (await this.call<RunAnswer>('POST')).data;
  }

  async runs(): Promise<RunAnswer[]> {
    return (await this.call<RunAnswer[]>('GET', '/runs')).data;
  }

  async run(id: string): Promise<RunAnswer> {
    return (await this.call<RunAnswer>('GET', `/runs/${id}`)).data;
  }

  /** Waits until no run is queued or running, and answers the mirror. */
  async settled(timeoutMs = 90_000): Promise<MirrorAnswer> {
    return this.until((mirror) => mirror.update_status === 'finished' || mirror.update_status === 'failed', timeoutMs);
  }

  async until(done: (mirror: MirrorAnswer) => boolean, timeoutMs = 90_000): Promise<MirrorAnswer> {
    for (const end = Date.now() + timeoutMs; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const mirror = await this.mirror();
      if (done(mirror)) return mirror;
      if (Date.now() > end) throw new Error(`the mirror did not get there: ${JSON.stringify(mirror)}`);
    }
  }

  /** Updates now, waits, and answers the run with its refs. */
  async updated(): Promise<RunAnswer> {
    const { id } = await this.updateNow();
    await this.settled();
    return this.run(id);
  }
}
