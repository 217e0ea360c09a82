import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { loadManifest } from '../../src/adapters/manifest/load-manifest';
import { runCli } from '../../src/cli/run-cli';
import { composeInstaller } from '../../src/compose-installer';
import type { TestForge } from './forges';

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `headwater install` and its like against a forge of a test. */
export class ForgeInstall {
  private constructor(
    readonly forge: TestForge,
    readonly dir: string,
    readonly customPath: string,
    readonly config: string,
  ) {}

  static async prepare(forge: TestForge): Promise<ForgeInstall> {
    const dir = await mkdtemp(join(tmpdir(), 'headwater-install-'));
    // Of just the scopes that the installation asks for, so that what takes more is found out.
    const admin = await forge.createUser(`installer-${randomBytes(4).toString('hex')}`, { siteAdmin: true });
    const { token } = await forge.createToken(admin, loadManifest().installer.scopes);
    await writeFile(join(dir, 'admin-token'), `${token}\n`);
    return new ForgeInstall(forge, dir, forge.installation.customPath, join(dir, 'headwater.env'));
  }

  /** Runs one command as its user would, with the forge's own program where there is one. */
  async run(command: string, ...args: string[]): Promise<Told> {
    const streams = { in: new PassThrough(), out: new PassThrough(), err: new PassThrough() };
    streams.in.end();
    const told = { out: '', err: '' };
    streams.out.on('data', (chunk: Buffer) => (told.out += chunk.toString()));
    streams.err.on('data', (chunk: Buffer) => (told.err += chunk.toString()));
    const never = (): never => {
      throw new Error('not part of this test');
    };
    const deps = { io: streams, version: '0', settingsHelp: '', open: never, serve: never };
    const present = { mirror: never, run: never, backup: never, pushMirror: never, policy: never };
    const { binary, config } = this.forge.installation;
    const programs = ['--forge-binary', binary, '--forge-config', config];
    const token = ['--admin-token-file', join(this.dir, 'admin-token')];
    const code = await runCli({ ...deps, present, installer: composeInstaller() }, [
      command,
      ...token,
      ...programs,
      ...args,
    ]);
    return { code, ...told };
  }

  install(...args: string[]): Promise<Told> {
    const place = args.includes('--out') ? [] : ['--custom-path', this.customPath];
    const all = ['--forge', this.forge.url, '--public-url', 'http://127.0.0.1:8095', '--write-config', this.config];
    return this.run('install', ...all, ...place, ...args);
  }

  uninstall(...args: string[]): Promise<Told> {
    return this.run('uninstall', '--config', this.config, ...args);
  }

  custom(path: string): Promise<string | null> {
    return readFile(join(this.customPath, path), 'utf8').catch(() => null);
  }

  async api(method: string, path: string, body?: unknown): Promise<{ status: number; data: unknown }> {
    const response = await fetch(`${this.forge.url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${this.forge.adminToken}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, data: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  /** The forge reads its templates as they are on disk. */
  async reload(): Promise<void> {
    const { binary, config } = this.forge.installation;
    await promisify(execFile)(binary, ['--config', config, 'manager', 'reload-templates']);
  }

  close(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }
}
