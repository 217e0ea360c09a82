import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Router } from 'express';
import type { ForgePushMirror, ForgeState } from './forge-state';
import { repoPath } from './repo-files';
import {
  answerError,
  findRepo,
  newRouter,
  param,
  refuseArchived,
  repoOf,
  requireAccess,
  requireScope,
  type RestContext,
} from './rest-api';

const run = promisify(execFile);
const minInterval = 60;

/** /repos/{o}/{r}/push_mirrors as Forgejo 11 has them, with its oddities; the filter of branches as its later versions have it. */
export function pushMirrorRoutes(context: RestContext): Router {
  const { state } = context;
  const router = newRouter();
  const path = '/repos/:owner/:repo/push_mirrors';
  const read = [requireScope(context, 'repository'), findRepo(context), requireAccess(context, 'admin')];
  const change = [...read, refuseArchived(context)];
  router.use([path, `${path}-sync`, `${path}/:name`], (_request, response, next) => {
    if (state.mirrorsEnabled) return next();
    answerError(context, response, 400, 'Mirror feature is disabled');
  });

  router.get(path, ...read, (request, response) => {
    const [page, limit] = ['page', 'limit'].map((name) => Number(request.query[name] ?? 0));
    const from = (Math.max(1, page ?? 1) - 1) * (limit || 30);
    const mirrors = repoOf(response).pushMirrors;
    response.json(
      mirrors.slice(from, from + Math.min(50, limit || 30)).map((mirror) => json(repoOf(response).name, mirror, state)),
    );
  });
  router.post(path, ...change, (request, response) => {
    const body = request.body as Record<string, string | boolean | undefined>;
    const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
    const address = readAddress(text('remote_address'));
    const refuse = (status: number, message: string) => answerError(context, response, status, message);
    if (body['use_ssh'] === true && text('remote_username') + text('remote_password') !== '')
      return refuse(400, "'use_ssh' is mutually exclusive with 'remote_username' and 'remote_passoword'");
    // What the forge cannot resolve or may not push to; no name but the loopback address resolves here.
    if (address === null || address.hostname !== '127.0.0.1') return refuse(401, 'Permission denied');
    const seconds = readInterval(text('interval'));
    if (seconds === null) return refuse(400, `time: invalid duration ${JSON.stringify(text('interval'))}`);
    if (seconds !== 0 && seconds < minInterval) return refuse(400, '%!s(<nil>)');
    address.username = text('remote_username') || address.username;
    address.password = text('remote_password') || address.password;
    const mirror: ForgePushMirror = {
      name: `remote_mirror_${randomBytes(5).toString('hex')}`,
      address: address.href,
      interval: `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`,
      syncOnCommit: body['sync_on_commit'] === true,
      publicKey: body['use_ssh'] === true ? newPublicKey() : '',
      // A field that a forge does not know is ignored by it.
      branchFilter: state.branchFilters ? text('branch_filter') : '',
      createdAt: Date.now(),
      lastUpdateAt: 0,
      lastError: '',
    };
    repoOf(response).pushMirrors.push(mirror);
    response.json(json(repoOf(response).name, mirror, state));
  });
  router.get(`${path}/:name`, ...read, (request, response) => {
    const found = repoOf(response).pushMirrors.find(({ name }) => name === param(request, 'name'));
    if (found === undefined) return answerError(context, response, 404, '%!s(<nil>)');
    response.json(json(repoOf(response).name, found, state));
  });
  router.delete(`${path}/:name`, ...change, (request, response) => {
    const repo = repoOf(response);
    repo.pushMirrors = repo.pushMirrors.filter(({ name }) => name !== param(request, 'name'));
    response.status(204).end();
  });
  router.post(`${path}-sync`, ...change, async (request, response) => {
    const repo = repoOf(response);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const place = repoPath(context.root, repo.owner.name, repo.name);
    for (const mirror of repo.pushMirrors) {
      const branches = mirror.branchFilter === '' ? ['*'] : mirror.branchFilter.split(',');
      const refs = [...branches.map((name) => `+refs/heads/${name}:refs/heads/${name}`), '+refs/tags/*:refs/tags/*'];
      const env = { PATH: process.env['PATH'], HOME: context.root, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' };
      const pushed = run('git', ['-c', 'safe.directory=*', 'push', '--prune', mirror.address, ...refs], {
        ...{ cwd: place, env },
        signal: gone.signal,
      });
      mirror.lastError = await pushed.then(
        () => '',
        (error: Error & { stderr?: string }) => `push failed: ${(error.stderr ?? '').replace(/\/\/[^/@]*@/g, '//')}\n`,
      );
      if (gone.signal.aborted) {
        mirror.lastError = '';
        return;
      }
      mirror.lastUpdateAt = Date.now();
      if (mirror.lastError !== '') return answerError(context, response, 500, '');
    }
    response.status(200).end();
  });
  return router;
}

/** The part of the forge's description of its API that tells what its push mirrors know. */
export function describedPushMirrors({ branchFilters }: Pick<ForgeState, 'branchFilters'>): object {
  const names = ['interval', 'remote_address', 'remote_password', 'remote_username', 'sync_on_commit', 'use_ssh'];
  const properties = Object.fromEntries(
    [...names, ...(branchFilters ? ['branch_filter'] : [])].map((name) => [name, {}]),
  );
  return { swagger: '2.0', definitions: { CreatePushMirrorOption: { type: 'object', properties } } };
}

function json(repoName: string, mirror: ForgePushMirror, { branchFilters }: Pick<ForgeState, 'branchFilters'>): object {
  const address = new URL(mirror.address);
  address.username = '';
  address.password = '';
  return {
    repo_name: repoName,
    remote_name: mirror.name,
    remote_address: address.href,
    created: time(mirror.createdAt),
    last_update: time(mirror.lastUpdateAt),
    last_error: mirror.lastError,
    interval: mirror.interval,
    sync_on_commit: mirror.syncOnCommit,
    public_key: mirror.publicKey,
    ...(branchFilters ? { branch_filter: mirror.branchFilter } : {}),
  };
}

function readAddress(text: string): URL | null {
  const scp = /^([\w.-]+)@([^:/]+):(.+)$/.exec(text);
  const address = scp === null ? text : `ssh://${scp[1]}@${scp[2]}/${scp[3]}`;
  return URL.canParse(address) && /^(https?|ssh):/.test(address) ? new URL(address) : null;
}

/** Seconds of a Go duration; null when it is none. */
function readInterval(text: string): number | null {
  if (text === '0') return 0;
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (match === null || text === '') return null;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return hours * 3600 + minutes * 60 + seconds;
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function newPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  return `ssh-ed25519 ${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
}
