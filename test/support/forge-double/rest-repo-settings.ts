import type { Router } from 'express';
import { accessOf } from './access';
import type { ForgeWebhook } from './forge-state';
import { userJson, webhookJson } from './json';
import { git, repoPath } from './repo-files';
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
  requireSiteAdmin,
  type RestContext,
} from './rest-api';

/** Collaborators, protections, webhooks, topics, branches and refs of a repository, and the forge's system webhooks. */
export function repoSettingsRoutes(context: RestContext): Router {
  const { state } = context;
  const router = newRouter();
  const path = '/repos/:owner/:repo';
  const read = [requireScope(context, 'repository'), findRepo(context)];
  const admin = [...read, requireAccess(context, 'admin')];
  const change = [...admin, refuseArchived(context)];

  router.put(`${path}/collaborators/:user`, ...admin, (request, response) => {
    const user = state.user(param(request, 'user'));
    if (user === undefined) return answerError(context, response, 422, 'user does not exist');
    const { permission } = (request.body ?? {}) as { permission?: string };
    if (permission !== 'read' && permission !== 'write' && permission !== 'admin')
      return answerError(context, response, 422, 'permission must be read, write or admin');
    repoOf(response).collaborators.set(user.id, permission);
    response.status(204).end();
  });
  router.delete(`${path}/collaborators/:user`, ...admin, (request, response) => {
    const user = state.user(param(request, 'user'));
    if (user !== undefined) repoOf(response).collaborators.delete(user.id);
    response.status(204).end();
  });
  router.get(`${path}/collaborators/:user/permission`, ...read, requireSignIn(context), (request, response) => {
    const user = state.user(param(request, 'user'));
    const caller = callerOf(response);
    if (user === undefined || caller === null) return answerNotFound(context, response);
    const mode = accessOf(caller.user, repoOf(response));
    if (caller.user !== user && mode !== 'admin' && mode !== 'owner')
      return answerError(context, response, 403, 'Only admins can query all permissions');
    const permission = accessOf(user, repoOf(response));
    response.json({ permission, role_name: permission, user: userJson(context.url(), user) });
  });

  // Those who may write, whoever asks.
  router.get(`${path}/assignees`, ...read, requireSignIn(context), (_request, response) => {
    const { owner, collaborators } = repoOf(response);
    const mayWrite = [...state.users.values()].filter(
      (user) =>
        user === owner || owner.owners?.has(user.id) === true || /write|admin/.test(collaborators.get(user.id) ?? ''),
    );
    response.json(mayWrite.map((user) => userJson(context.url(), user)));
  });

  router.post(`${path}/branch_protections`, ...change, (request, response) => {
    const body = request.body as {
      rule_name: string;
      enable_push?: boolean;
      enable_push_whitelist?: boolean;
      push_whitelist_usernames?: string[];
      require_signed_commits?: boolean;
      protected_file_patterns?: string;
    };
    repoOf(response).branchRules.push({
      rule: body.rule_name,
      canPush: body.enable_push ?? false,
      pushers: body.enable_push_whitelist === true ? (body.push_whitelist_usernames ?? []) : null,
      signedOnly: body.require_signed_commits ?? false,
      protectedFiles: (body.protected_file_patterns ?? '').split(';').filter((pattern) => pattern !== ''),
    });
    response.status(201).json(body);
  });
  router.get(`${path}/branch_protections`, ...admin, (_request, response) => {
    response.json(repoOf(response).branchRules.map(({ rule, canPush }) => ({ rule_name: rule, enable_push: canPush })));
  });
  router.delete(`${path}/branch_protections/:rule`, ...change, (request, response) => {
    const repo = repoOf(response);
    const left = repo.branchRules.filter(({ rule }) => rule !== param(request, 'rule'));
    if (left.length === repo.branchRules.length) return answerNotFound(context, response);
    repo.branchRules = left;
    response.status(204).end();
  });
  router.post(`${path}/tag_protections`, ...change, (request, response) => {
    const body = request.body as { name_pattern: string; whitelist_usernames?: string[] };
    if ((body.whitelist_usernames ?? []).length === 0)
      return answerError(context, response, 400, 'both whitelist_usernames and whitelist_teams are empty');
    const id = state.nextId();
    repoOf(response).tagRules.push({ id, pattern: body.name_pattern, pushers: body.whitelist_usernames ?? [] });
    response.status(201).json({ id, ...body });
  });
  router.get(`${path}/tag_protections`, ...admin, (_request, response) => {
    response.json(repoOf(response).tagRules.map(({ id, pattern }) => ({ id, name_pattern: pattern })));
  });
  router.delete(`${path}/tag_protections/:id`, ...change, (request, response) => {
    const repo = repoOf(response);
    repo.tagRules = repo.tagRules.filter(({ id }) => id !== Number(param(request, 'id')));
    response.status(204).end();
  });

  router.get(`${path}/hooks`, ...admin, (_request, response) => {
    response.json(repoOf(response).webhooks.map(webhookJson));
  });
  router.post(`${path}/hooks`, ...admin, (request, response) => {
    const hook = readHook(state.nextId(), request.body);
    if (hook === null) return answerError(context, response, 422, 'Missing config option: url');
    repoOf(response).webhooks.push(hook);
    response.status(201).json(webhookJson(hook));
  });
  router.delete(`${path}/hooks/:id`, ...admin, (request, response) => {
    const repo = repoOf(response);
    repo.webhooks = repo.webhooks.filter(({ id }) => id !== Number(param(request, 'id')));
    response.status(204).end();
  });
  const site = [requireSignIn(context), requireScope(context, 'admin'), requireSiteAdmin(context)];
  router.get('/admin/hooks', ...site, (_request, response) => {
    response.json(state.systemWebhooks.map(webhookJson));
  });
  router.post('/admin/hooks', ...site, (request, response) => {
    const hook = readHook(state.nextId(), request.body);
    if (hook === null) return answerError(context, response, 422, 'Missing config option: url');
    // Without this an admin's hook is only a template for repositories to come.
    const { config } = request.body as { config: Record<string, string> };
    if (config['is_system_webhook'] === 'true') state.systemWebhooks.push(hook);
    response.status(201).json(webhookJson(hook));
  });

  // The double keeps no topics, so a valid name is never there: what a probe for write rights relies on.
  router.delete(`${path}/topics/:topic`, ...admin, (request, response) => {
    if (/^[a-z0-9][a-z0-9.-]{0,34}$/.test(param(request, 'topic'))) return answerNotFound(context, response);
    response.status(422).json({ invalidTopics: param(request, 'topic'), message: 'Topic name is invalid' });
  });

  router.get(`${path}/branches/*branch`, ...read, async (request, response) => {
    const name = param(request, 'branch');
    const oid = await readOid(placeOf(response), `refs/heads/${name}`);
    if (oid === null) return answerNotFound(context, response);
    response.json({ name, commit: { id: oid }, protected: false });
  });
  router.get(`${path}/git/refs`, ...read, async (_request, response) => {
    const lines = (await git(placeOf(response), 'for-each-ref', '--format=%(refname) %(objecttype) %(objectname)'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' '));
    if (lines.length === 0) return answerNotFound(context, response);
    response.json(lines.map(([ref, type, sha]) => ({ ref, object: { type, sha } })));
  });
  return router;

  function placeOf(response: Parameters<typeof repoOf>[0]): string {
    const repo = repoOf(response);
    return repoPath(context.root, repo.owner.name, repo.name);
  }
}

async function readOid(place: string, ref: string): Promise<string | null> {
  return git(place, 'rev-parse', '--verify', '--quiet', ref).then(
    (text) => text.trim(),
    () => null,
  );
}

function readHook(id: number, body: unknown): ForgeWebhook | null {
  const { config, events, active } = (body ?? {}) as {
    config?: Record<string, string>;
    events?: string[];
    active?: boolean;
  };
  if (config?.['url'] === undefined) return null;
  // Inactive unless it says otherwise, as in the forge.
  const chosen = events === undefined || events.length === 0 ? ['push'] : events;
  return { id, url: config['url'], secret: config['secret'] ?? '', events: active === true ? chosen : [] };
}
