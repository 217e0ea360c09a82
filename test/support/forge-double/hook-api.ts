import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import express, { type Request, type Router } from 'express';
import { matchesGlob, mayAtLeast } from './access';
import type { ForgeRepo, ForgeUser } from './forge-state';
import type { GitContext } from './git-routes';
import type { RefChange } from './push-updates';
import { repoPath } from './repo-files';

const run = promisify(execFile);
const noOid = '0'.repeat(40);

interface HookCall {
  readonly updates: readonly RefChange[];
  /** Where git keeps the objects of a push that is not accepted yet. */
  readonly git: Readonly<Record<string, string | undefined>>;
}

export interface HookContext extends GitContext {
  /** Takes the refs of an accepted push. */
  readonly pushed: (repo: ForgeRepo, pusher: ForgeUser, changes: readonly RefChange[]) => void;
}

/** What the forge's own git hooks ask: may this push be, and what follows from it. */
export function hookRoutes(context: HookContext): Router {
  const router = express.Router();
  type Params = { secret: string; repo: string; user: string };
  const place = '/api/internal/:secret/:repo/:user';
  const find = (request: Request<Params>) => {
    const repo = context.state.repoById(Number(request.params.repo));
    const user = [...context.state.users.values()].find(({ id }) => id === Number(request.params.user));
    if (request.params.secret !== context.hookSecret || repo === undefined || user === undefined) return null;
    return { repo, user };
  };

  router.post(`${place}/pre-receive`, async (request: Request<Params>, response) => {
    const found = find(request);
    if (found === null) return response.status(404).json({ lines: [] });
    const refusal = await refusalOf(context, found.repo, found.user, request.body as HookCall);
    if (refusal === null) return response.json({ lines: [] });
    // One refusal refuses the whole push.
    return response.status(403).json({ lines: [`Forgejo: ${refusal}`] });
  });

  router.post(`${place}/post-receive`, (request: Request<Params>, response) => {
    const found = find(request);
    if (found === null) return response.status(404).json({ lines: [] });
    const { repo, user } = found;
    const { updates } = request.body as HookCall;
    const base = `${context.url()}/${repo.owner.name}/${repo.name}/compare/${repo.defaultBranch}...`;
    // No hints for a first push, and a blank line around each, as the forge prints them.
    const lines = (repo.empty ? [] : updates)
      .filter(({ ref, newOid }) => ref.startsWith('refs/heads/') && newOid !== noOid)
      .map(({ ref }) => ref.slice('refs/heads/'.length))
      .filter((branch) => branch !== repo.defaultBranch)
      .flatMap((branch) => [`Create a new pull request for '${branch}':`, `  ${base}${branch}`, '']);
    response.json({ lines });
    context.pushed(repo, user, updates);
  });
  return router;
}

async function refusalOf(
  context: HookContext,
  repo: ForgeRepo,
  user: ForgeUser,
  call: HookCall,
): Promise<string | null> {
  for (const change of call.updates) {
    const refusal = await refusalOfRef(context, repo, user, change, call.git);
    if (refusal !== null) return refusal;
  }
  return null;
}

async function refusalOfRef(
  context: HookContext,
  repo: ForgeRepo,
  user: ForgeUser,
  { ref, oldOid, newOid }: RefChange,
  gitEnv: HookCall['git'],
): Promise<string | null> {
  if (!mayAtLeast(user, repo, 'write')) return 'User permission denied for writing.';
  if (ref.startsWith('refs/heads/')) {
    const branch = ref.slice('refs/heads/'.length);
    if (branch === repo.defaultBranch && newOid === noOid)
      return `branch ${branch} is the default branch and cannot be deleted`;
    const rule = repo.branchRules.find((candidate) => matchesGlob(branch, candidate.rule));
    if (rule !== undefined) {
      if (newOid === noOid) return `branch ${branch} is protected from deletion`;
      if (oldOid !== noOid && (await isForced(context, repo, oldOid, newOid, gitEnv)))
        return `branch ${branch} is protected from force push`;
      if (rule.signedOnly) return `branch ${branch} is protected from unverified commit ${newOid}`;
      const changed = await changedFiles(context, repo, newOid, gitEnv);
      const file = changed.find((path) => rule.protectedFiles.some((pattern) => matchesGlob(path, pattern)));
      if (file !== undefined) return `branch ${branch} is protected from changing file ${file}`;
      const listed = rule.pushers === null || rule.pushers.includes(user.name);
      if (!rule.canPush || !listed) return `Not allowed to push to protected branch ${branch}`;
    }
  }
  if (ref.startsWith('refs/tags/')) {
    const tag = ref.slice('refs/tags/'.length);
    const rules = repo.tagRules.filter(({ pattern }) => matchesGlob(tag, pattern));
    if (rules.length > 0 && !rules.some(({ pushers }) => pushers.includes(user.name))) return `Tag ${tag} is protected`;
  }
  if (newOid !== noOid && context.state.overQuota.has(repo.owner.name)) return 'Quota exceeded';
  return null;
}

/** Files that the new commits change. */
async function changedFiles(
  context: HookContext,
  repo: ForgeRepo,
  newOid: string,
  gitEnv: HookCall['git'],
): Promise<string[]> {
  const { stdout } = await run('git', ['log', '--format=', '--name-only', newOid, '--not', '--all'], {
    cwd: repoPath(context.root, repo.owner.name, repo.name),
    env: { ...process.env, ...gitEnv },
  });
  return stdout.split('\n').filter((path) => path !== '');
}

/** Does the old value have commits that the new one lacks? Looks into the quarantine that the push is in. */
async function isForced(
  context: HookContext,
  repo: ForgeRepo,
  oldOid: string,
  newOid: string,
  gitEnv: HookCall['git'],
): Promise<boolean> {
  const { stdout } = await run('git', ['rev-list', '--max-count=1', oldOid, `^${newOid}`], {
    cwd: repoPath(context.root, repo.owner.name, repo.name),
    env: { ...process.env, ...gitEnv },
  });
  return stdout !== '';
}
