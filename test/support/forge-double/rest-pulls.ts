import type { Router } from 'express';
import type { ForgePull, ForgeRepo } from './forge-state';
import { userJson } from './json';
import { branchExists, git, repoPath } from './repo-files';
import {
  answerError,
  answerNotFound,
  callerOf,
  findRepo,
  newRouter,
  param,
  refuseArchived,
  repoOf,
  requireAccess,
  requireScope,
  requireSignIn,
  type RestContext,
} from './rest-api';

const author = ['-c', 'user.name=Forge', '-c', 'user.email=forge@example.org'];

/** Pull requests inside one repository, and the list of commits that tells what a branch lacks. */
export function pullRoutes(context: RestContext): Router {
  const router = newRouter();
  const path = '/repos/:owner/:repo';
  const read = [requireScope(context, 'repository'), findRepo(context)];
  const change = [...read, requireSignIn(context), refuseArchived(context)];
  const placeOf = (repo: ForgeRepo) => repoPath(context.root, repo.owner.name, repo.name);

  /** Closes those whose head is gone, as a forge does when a branch is deleted. */
  const pullsOf = async (repo: ForgeRepo) => {
    for (const pull of repo.pulls)
      if (pull.state === 'open' && !(await branchExists(placeOf(repo), pull.head))) pull.state = 'closed';
    return repo.pulls;
  };
  const json = async (repo: ForgeRepo, pull: ForgePull) => {
    const page = `${context.url()}/${repo.owner.name}/${repo.name}/pulls/${pull.number}`;
    return {
      id: pull.number,
      number: pull.number,
      url: page,
      html_url: page,
      user: userJson(context.url(), pull.author),
      title: pull.title,
      body: pull.body,
      state: pull.state === 'open' ? 'open' : 'closed',
      merged: pull.state === 'merged',
      head: { ref: pull.head, label: pull.head },
      base: { ref: pull.base, label: pull.base },
    };
  };

  router.post(`${path}/pulls`, ...change, async (request, response) => {
    const repo = repoOf(response);
    const { head, base, title, body } = request.body as Record<'head' | 'base' | 'title' | 'body', string>;
    const caller = callerOf(response);
    if (!repo.hasPulls || repo.empty || caller === null) return answerNotFound(context, response);
    if (!(await branchExists(placeOf(repo), base))) return answerError(context, response, 404, 'BaseNotExist');
    if (!(await branchExists(placeOf(repo), head))) return answerError(context, response, 500, '');
    const known = (await pullsOf(repo)).find((one) => one.head === head && one.base === base && one.state === 'open');
    if (known !== undefined)
      return answerError(context, response, 409, 'pull request already exists for these targets');
    const pull: ForgePull = {
      number: repo.pulls.length + 1,
      author: caller.user,
      head,
      base,
      title,
      body,
      state: 'open',
    };
    repo.pulls.push(pull);
    response.status(201).json(await json(repo, pull));
  });
  router.get(`${path}/pulls`, ...read, async (_request, response) => {
    const repo = repoOf(response);
    if (!repo.hasPulls) return answerNotFound(context, response);
    response.json(await Promise.all((await pullsOf(repo)).map((pull) => json(repo, pull))));
  });
  router.get(`${path}/pulls/:number`, ...read, async (request, response) => {
    const repo = repoOf(response);
    const pull = (await pullsOf(repo))[Number(param(request, 'number')) - 1];
    if (!repo.hasPulls || pull === undefined) return answerNotFound(context, response);
    response.json(await json(repo, pull));
  });
  router.get(`${path}/pulls/:base/:head`, ...read, async (request, response) => {
    const repo = repoOf(response);
    const pull = [...(await pullsOf(repo))]
      .reverse()
      .find((one) => one.base === param(request, 'base') && one.head === param(request, 'head'));
    if (!repo.hasPulls || pull === undefined) return answerNotFound(context, response);
    response.json(await json(repo, pull));
  });
  router.patch(`${path}/pulls/:number`, ...change, async (request, response) => {
    const repo = repoOf(response);
    const pull = repo.pulls[Number(param(request, 'number')) - 1];
    if (!repo.hasPulls || pull === undefined) return answerNotFound(context, response);
    if (pull.state === 'merged') {
      const why = 'cannot change state of this pull request, it was already merged';
      return answerError(context, response, 412, why);
    }
    pull.state = (request.body as { state: 'open' | 'closed' }).state;
    response.status(201).json(await json(repo, pull));
  });
  router.post(`${path}/pulls/:number/merge`, ...change, requireAccess(context, 'write'), async (request, response) => {
    const repo = repoOf(response);
    const pull = repo.pulls[Number(param(request, 'number')) - 1];
    if (pull === undefined || pull.state !== 'open') return answerNotFound(context, response);
    const place = placeOf(repo);
    const tree = (await git(place, 'merge-tree', '--write-tree', pull.base, pull.head)).split('\n')[0] ?? '';
    const parents = (request.body as { Do: string }).Do === 'squash' ? [pull.base] : [pull.base, pull.head];
    const message = ['-m', `Merge pull request #${pull.number}`];
    const merged = await git(
      place,
      ...[...author, 'commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), ...message],
    );
    await git(place, 'update-ref', `refs/heads/${pull.base}`, merged.trim());
    pull.state = 'merged';
    response.status(200).end();
  });

  router.get(`${path}/commits`, ...read, async (request, response) => {
    const repo = repoOf(response);
    if (repo.empty) return answerError(context, response, 409, 'Git Repository is empty.');
    const { sha = '', not = '' } = request.query as { sha?: string; not?: string };
    const listed = await git(placeOf(repo), 'rev-list', '--max-count=1', sha, `^${not}`).catch(() => null);
    if (listed === null) return response.status(404).json(null);
    response.json(listed.trim() === '' ? [] : [{ sha: listed.trim() }]);
  });
  return router;
}
