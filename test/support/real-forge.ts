import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { createForgeAdmin } from './forge-admin';
import type { TestForge } from './forges';
import { freePort } from './free-port';

const run = promisify(execFile);

/** The path of a forgejo or gitea binary on PATH, or null. */
export function findForgeBinary(): string | null {
  for (const name of ['forgejo', 'gitea']) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        continue;
      }
    }
  }
  return null;
}

/** Starts a real forge in a temporary folder, on a free loopback port, with SQLite and a site admin. */
export async function startRealForge(binary: string): Promise<TestForge> {
  const root = await mkdtemp(join(tmpdir(), 'headwater-forge-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(root, 'app.ini');
  await mkdir(join(root, 'home'));
  await writeFile(config, appIni(root, port));
  const env = { PATH: process.env['PATH'], HOME: join(root, 'home'), TMPDIR: tmpdir() };
  const cli = (...args: string[]) => run(binary, ['-c', config, ...args], { env, cwd: root });

  await cli('migrate');
  await cli(
    ...['admin', 'user', 'create', '--username', 'root0', '--password', 'pass-root0-Word1', '--email'],
    ...['root0@example.org', '--admin', '--must-change-password=false'],
  );
  const made = await cli(
    ...['admin', 'user', 'generate-access-token', '--username', 'root0', '--token-name', 'all', '--scopes', 'all'],
    '--raw',
  );
  // Its log goes the same way, before or after: run as root, it complains of that.
  const adminToken = /^[0-9a-f]{40}$/m.exec(made.stdout)?.[0];
  if (adminToken === undefined) throw new Error(`the forge made no token: ${made.stdout}${made.stderr}`);

  let web: ChildProcess | null = null;
  const comeBack = async () => {
    web = spawn(binary, ['-c', config, 'web'], { env, cwd: root, stdio: ['ignore', 'ignore', 'ignore'] });
    await untilHealthy(url, web, join(root, 'log'));
  };
  const goDown = async () => {
    const running = web;
    web = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill('SIGTERM');
    const kill = setTimeout(() => running.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(kill);
  };
  const repositoryPath = (owner: string, name: string) =>
    join(root, 'repos', owner.toLowerCase(), `${name.toLowerCase()}.git`);

  // A test run that dies must not leave a forge behind.
  const killLast = () => void web?.kill('SIGKILL');
  process.once('exit', killLast);
  await comeBack();
  return {
    ...createForgeAdmin(url, adminToken),
    kind: 'real',
    url,
    adminToken,
    installation: { customPath: join(root, 'custom'), config, binary },
    repositoryPath,
    async addGitHook(owner, name, hook, script) {
      const file = join(repositoryPath(owner, name), 'hooks', `${hook}.d`, `test-${Date.now()}`);
      await writeFile(file, `#!/bin/sh\n${script}\n`);
      await chmod(file, 0o755);
    },
    goDown,
    comeBack,
    async close() {
      await goDown();
      process.off('exit', killLast);
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function untilHealthy(url: string, web: ChildProcess, logs: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(150)) {
    const answer = await fetch(`${url}/api/healthz`).catch(() => null);
    if (answer?.ok === true) return;
    if (web.exitCode !== null) break;
  }
  web.kill('SIGKILL');
  const log = await readFile(join(logs, 'forgejo.log'), 'utf8').catch(() => 'no log');
  throw new Error(`the forge did not start: ${log.slice(-2000)}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function appIni(root: string, port: number): string {
  const unsafe = process.getuid?.() === 0 ? 'I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true\n' : '';
  return `APP_NAME = Headwater's test forge
RUN_MODE = prod
WORK_PATH = ${root}
${unsafe}
[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
DISABLE_SSH = true
OFFLINE_MODE = true
LFS_START_SERVER = true
[database]
DB_TYPE = sqlite3
PATH = ${root}/data/forge.db
[repository]
ROOT = ${root}/repos
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-tests
PASSWORD_HASH_ALGO = pbkdf2_v2
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
[migrations]
ALLOW_LOCALNETWORKS = true
[mirror]
MIN_INTERVAL = 1m
[session]
PROVIDER = memory
[log]
MODE = file
LEVEL = Warn
ROOT_PATH = ${root}/log
[cron.update_checker]
ENABLED = false
`;
}
