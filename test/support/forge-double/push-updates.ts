import { readCommits } from './commit-json';
import type { ForgeRepo, ForgeState, ForgeUser } from './forge-state';
import { repoJson, userJson } from './json';
import { git, repoPath } from './repo-files';

export interface RefChange {
  readonly ref: string;
  readonly oldOid: string;
  readonly newOid: string;
}

export interface WebhookEvent {
  readonly event: 'push' | 'create' | 'delete' | 'repository';
  readonly payload: object;
}

export interface PushContext {
  readonly url: () => string;
  readonly state: ForgeState;
  readonly root: string;
  readonly notify: (repo: ForgeRepo, event: WebhookEvent) => void;
}

const noOid = '0'.repeat(40);
/** A forge hands the refs of a push on in portions of so many. */
const batchSize = 30;

/** What a forge does after a push was accepted: the empty flag, the default branch, and the events in their order. */
export async function applyPush(
  context: PushContext,
  repo: ForgeRepo,
  pusher: ForgeUser,
  changes: readonly RefChange[],
): Promise<void> {
  const known = changes.filter(({ ref }) => /^refs\/(heads|tags)\//.test(ref));
  for (let at = 0; at < known.length; at += batchSize) {
    const batch = known.slice(at, at + batchSize);
    // main and master come first, but only within their portion.
    if (repo.empty) batch.sort((a, b) => Number(isUsual(b.ref)) - Number(isUsual(a.ref)));
    for (const change of batch) await applyChange(context, repo, pusher, change);
  }
}

function isUsual(ref: string): boolean {
  return ref === 'refs/heads/main' || ref === 'refs/heads/master';
}

async function applyChange(context: PushContext, repo: ForgeRepo, pusher: ForgeUser, change: RefChange): Promise<void> {
  const { ref, oldOid, newOid } = change;
  const place = repoPath(context.root, repo.owner.name, repo.name);
  const short = ref.replace(/^refs\/(heads|tags)\//, '');
  const isBranch = ref.startsWith('refs/heads/');
  if (isBranch && repo.empty && newOid !== noOid) {
    repo.empty = false;
    repo.defaultBranch = short;
    await git(place, 'symbolic-ref', 'HEAD', ref);
  }
  if (context.state.systemWebhooks.length + repo.webhooks.length === 0) return;

  const about = {
    repository: repoJson(context.url(), repo, repo.owner),
    sender: userJson(context.url(), pusher),
  };
  const refType = isBranch ? 'branch' : 'tag';
  const base = `${context.url()}/${repo.owner.name}/${repo.name}`;
  const push = async () => {
    // A tag's push never tells the old value, not even of a tag that was moved.
    const before = isBranch ? oldOid : newOid === noOid ? oldOid : noOid;
    const commits = isBranch ? await readCommits(place, base, newCommits(ref, oldOid, newOid)) : [];
    const [head] = newOid === noOid ? [] : await readCommits(place, base, ['--max-count=1', newOid]);
    const counts = { commits: commits.slice(0, 15), total_commits: commits.length, head_commit: head ?? null };
    const payload = { ref, before, after: newOid, compare_url: `${context.url()}/`, ...counts };
    context.notify(repo, { event: 'push', payload: { ...payload, pusher: about.sender, ...about } });
  };
  const create = () =>
    context.notify(repo, { event: 'create', payload: { sha: newOid, ref: short, ref_type: refType, ...about } });
  const remove = () =>
    context.notify(repo, {
      event: 'delete',
      payload: { ref: short, ref_type: refType, pusher_type: 'user', ...about },
    });

  if (isBranch && newOid === noOid) return remove();
  if (isBranch && oldOid === noOid) create();
  await push();
  if (!isBranch) (newOid === noOid ? remove : create)();
}

/** Arguments for git log: at most ten commits that no other branch has, or what an update added. */
function newCommits(ref: string, oldOid: string, newOid: string): string[] {
  if (oldOid !== noOid) return ['--max-count=1000', `${oldOid}..${newOid}`];
  return ['--max-count=10', newOid, '--not', `--exclude=${ref}`, '--branches'];
}
