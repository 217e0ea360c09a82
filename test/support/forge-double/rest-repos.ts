import type { RequestHandler, Router } from 'express';
import type { ForgeRepo, ForgeUser } from './forge-state';
import { repoJson, userJson } from './json';
import type { WebhookEvent } from './push-updates';
import {
  branchExists,
  cloneRepoFiles,
  commitFirst,
  createRepoFiles,
  git,
  moveRepoFiles,
  removeRepoFiles,
  repoPath,
} from './repo-files';
import {
  answerError,
  answerNotFound,
  callerOf,
  findRepo,
  newRouter,
  repoOf,
  requireAccess,
  requireScope,
  requireSignIn,
  requireSiteAdmin,
  showRepo,
  type RestContext,
} from './rest-api';

interface RepoEdit {
  readonly name?: string;
  readonly default_branch?: string;
  readonly archived?: boolean;
  readonly private?: boolean;
  readonly has_pull_requests?: boolean;
  readonly has_issues?: boolean;
}

export interface RepoContext extends RestContext {
  readonly notify: (repo: ForgeRepo, event: WebhookEvent) => void;
}

/** /repos/{o}/{r}, /repositories/{id}, and the ways to make one. */
export function repoRoutes(context: RepoContext): Router {
  const { state, root } = context;
  const router = newRouter();
  const scope = requireScope(context, 'repository');
  const path = '/repos/:owner/:repo';
  const show: RequestHandler = (_request, response) => {
    response.json(repoJson(context.url(), repoOf(response), callerOf(response)?.user ?? null));
  };

  const tell = (repo: ForgeRepo, action: 'created' | 'deleted', sender: ForgeUser) => {
    const repository = repoJson(context.url(), repo, repo.owner);
    const [organization, by] = [repo.owner, sender].map((user) => userJson(context.url(), user));
    context.notify(repo, { event: 'repository', payload: { action, repository, organization, sender: by } });
  };

  const create = async (owner: ForgeUser, name: string, isPrivate: boolean, description: string, from?: string) => {
    const place = repoPath(root, owner.name, name);
    if (from === undefined) await createRepoFiles(place);
    else await cloneRepoFiles(place, from);
    const repo = state.addRepo(owner, name, { private: isPrivate, mirror: from !== undefined, description });
    if (from !== undefined) {
      repo.empty = (await git(place, 'for-each-ref', '--count=1')) === '';
      repo.defaultBranch = (await git(place, 'symbolic-ref', '--short', 'HEAD')).trim();
    }
    return repo;
  };
  const createFor = (ownerOf: (params: Record<string, string>, caller: ForgeUser) => ForgeUser | undefined) => {
    const handler: RequestHandler<Record<string, string>> = async (request, response) => {
      const caller = callerOf(response);
      const body = request.body as {
        name?: string;
        repo_name?: string;
        private?: boolean;
        description?: string;
        clone_addr?: string;
        auto_init?: boolean;
      };
      const name = body.name ?? body.repo_name ?? '';
      const owner =
        caller === null ? undefined : ownerOf({ ...request.params, ...(request.body as object) }, caller.user);
      if (caller === null || owner === undefined) return answerNotFound(context, response);
      if (!/^[\w.-]+$/.test(name) || /\.(git|wiki)$/.test(name))
        return answerError(context, response, 422, `[Name]: AlphaDashDot`);
      if (name === '-') return answerError(context, response, 422, 'name is reserved [name: -]');
      if (state.repo(owner.name, name) !== undefined)
        return answerError(context, response, 409, 'The repository with the same name already exists.');
      const repo = await create(owner, name, body.private ?? false, body.description ?? '', body.clone_addr);
      tell(repo, 'created', caller.user);
      if (body.auto_init === true) {
        await commitFirst(repoPath(root, owner.name, name));
        repo.empty = false;
      }
      response.status(201).json(repoJson(context.url(), repo, caller.user));
    };
    return handler;
  };

  router.post(
    '/user/repos',
    requireSignIn(context),
    requireScope(context, 'user'),
    scope,
    createFor((_params, caller) => caller),
  );
  router.post(
    '/orgs/:org/repos',
    ...[requireSignIn(context), requireScope(context, 'organization')],
    (request, response, next) => {
      const owners = state.user(request.params['org'] ?? '')?.owners;
      const caller = callerOf(response)?.user;
      if (owners === undefined || caller === undefined) return answerNotFound(context, response);
      if (owners.has(caller.id) || caller.siteAdmin) return next();
      answerError(context, response, 403, 'Given user is not allowed to create repository in organization.');
    },
    createFor((params) => state.user(params['org'] ?? '')),
  );
  router.post(
    '/admin/users/:user/repos',
    ...[requireSignIn(context), requireScope(context, 'admin'), requireSiteAdmin(context)],
    createFor((params) => state.user(params['user'] ?? '')),
  );
  router.post(
    '/repos/migrate',
    ...[requireSignIn(context), scope],
    createFor((params, caller) => {
      const owner = state.user(params['repo_owner'] ?? caller.name);
      return owner === caller || caller.siteAdmin ? owner : undefined;
    }),
  );

  router.get(
    '/repositories/:id',
    ...[requireSignIn(context), scope],
    (request, response, next) => showRepo(context, response, state.repoById(Number(request.params['id'])), next),
    show,
  );
  router.get(path, scope, findRepo(context), show);
  router.delete(path, scope, findRepo(context), requireAccess(context, 'owner'), async (_request, response) => {
    const repo = repoOf(response);
    // Told before it is done, as the forge does.
    tell(repo, 'deleted', callerOf(response)?.user ?? repo.owner);
    state.removeRepo(repo);
    await removeRepoFiles(repoPath(root, repo.owner.name, repo.name));
    response.status(204).end();
  });
  // A site admin's transfer needs nobody's consent; no webhook tells of it.
  router.post(
    `${path}/transfer`,
    scope,
    findRepo(context),
    requireAccess(context, 'owner'),
    async (request, response, next) => {
      const repo = repoOf(response);
      const owner = state.user(String((request.body as { new_owner?: unknown }).new_owner));
      if (owner === undefined) return answerNotFound(context, response);
      await moveRepoFiles(repoPath(root, repo.owner.name, repo.name), repoPath(root, owner.name, repo.name));
      state.moveRepo(repo, owner, repo.name);
      response.status(202);
      next();
    },
    show,
  );
  router.patch(path, scope, findRepo(context), requireAccess(context, 'admin'), async (request, response, next) => {
    const repo = repoOf(response);
    const edit = (request.body ?? {}) as RepoEdit;
    if (edit.name !== undefined && edit.name !== repo.name) {
      const before = repoPath(root, repo.owner.name, repo.name);
      await moveRepoFiles(before, repoPath(root, repo.owner.name, edit.name));
      state.moveRepo(repo, repo.owner, edit.name);
    }
    const place = repoPath(root, repo.owner.name, repo.name);
    // A branch that does not exist is silently ignored, unless the repository is empty.
    const branch = edit.default_branch;
    if (branch !== undefined && (repo.empty || (await branchExists(place, branch)))) {
      repo.defaultBranch = branch;
      if (!repo.empty) await git(place, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`);
    }
    if (edit.archived !== undefined) {
      if (repo.mirror) return answerError(context, response, 422, 'repo is a mirror, cannot archive/un-archive');
      repo.archived = edit.archived;
    }
    repo.private = edit.private ?? repo.private;
    repo.hasPulls = edit.has_pull_requests ?? repo.hasPulls;
    repo.hasIssues = edit.has_issues ?? repo.hasIssues;
    next();
  });
  router.patch(path, show);
  return router;
}
