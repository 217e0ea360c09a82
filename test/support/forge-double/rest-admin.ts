import type { RequestHandler, Router } from 'express';
import type { ForgeRepo, ForgeUser, ForgeWebhook } from './forge-state';
import { repoJson, userJson } from './json';
import type { OauthApp } from './oauth-state';
import type { OauthContext } from './oauth-routes';
import type { WebhookEvent } from './push-updates';
import {
  answerError,
  answerNotFound,
  callerOf,
  findRepo,
  newRouter,
  param,
  repoOf,
  requireAccess,
  requireScope,
  requireSignIn,
  requireSiteAdmin,
} from './rest-api';

export interface AdminContext extends OauthContext {
  /** Sends one event to one webhook, whatever events it is for. */
  readonly deliver: (hook: ForgeWebhook, event: WebhookEvent) => void;
}

/** What an add-on's installer asks for: other people's accounts, applications and webhooks, and acting in their name. */
export function adminRoutes(context: AdminContext): Router {
  const { state, oauth } = context;
  const router = newRouter();
  router.use(sudo(context));
  const user = [requireSignIn(context), requireScope(context, 'user')];
  const site = [requireSignIn(context), requireScope(context, 'admin'), requireSiteAdmin(context)];

  router.get('/users/search', ...user, (request, response) => {
    const uid = Number(request.query['uid']);
    const found = [...state.users.values()].filter((one) => one.id === uid);
    response.json({ ok: true, data: found.map((one) => userJson(context.url(), one)) });
  });
  router.get('/users/:user', ...user, (request, response) => {
    const found = state.user(param(request, 'user'));
    if (found === undefined) return answerNotFound(context, response);
    response.json(userJson(context.url(), found));
  });
  router.delete('/admin/users/:user', ...site, (request, response) => {
    const found = state.user(param(request, 'user'));
    if (found === undefined) return answerNotFound(context, response);
    if ([...state.repos.values()].some(({ owner }) => owner === found))
      return answerError(context, response, 422, `user still has ownership of repositories [uid: ${found.id}]`);
    state.users.delete(found.name.toLowerCase());
    for (const token of [...state.tokens.values()]) if (token.user === found) state.tokens.delete(token.secret);
    for (const app of [...oauth.apps.values()]) if (app.owner === found) oauth.apps.delete(app.clientId);
    response.status(204).end();
  });
  router.patch('/admin/users/:user', ...site, (request, _response, next) => {
    const found = state.user(param(request, 'user'));
    const { password } = request.body as { password?: string };
    if (found !== undefined && password !== undefined) found.password = password;
    next();
  });

  const apps = '/user/applications/oauth2';
  const mine = (caller: ForgeUser | undefined) => [...oauth.apps.values()].filter(({ owner }) => owner === caller);
  router.get(apps, ...user, (_request, response) => {
    response.json(mine(callerOf(response)?.user).map((app) => appJson(app, '')));
  });
  router.patch(`${apps}/:id`, ...user, (request, response) => {
    const app = mine(callerOf(response)?.user).find(({ id }) => id === Number(param(request, 'id')));
    if (app === undefined) return answerNotFound(context, response);
    const body = request.body as { name: string; redirect_uris: string[]; confidential_client?: boolean };
    // A new secret each time, under the same client id.
    const { secret } = oauth.addApp(app.owner, app.id, body.name, body.redirect_uris, true);
    for (const each of [...oauth.apps.values()]) if (each.id === app.id) oauth.apps.delete(each.clientId);
    const { name, redirect_uris: redirectUris, confidential_client: confidential = false } = body;
    const changed = { ...app, name, redirectUris, confidential, secret };
    oauth.apps.set(app.clientId, changed);
    response.json(appJson(changed, secret));
  });
  router.delete(`${apps}/:id`, ...user, (request, response) => {
    const app = mine(callerOf(response)?.user).find(({ id }) => id === Number(param(request, 'id')));
    if (app === undefined) return answerNotFound(context, response);
    oauth.apps.delete(app.clientId);
    response.status(204).end();
  });

  router.delete('/admin/hooks/:id', ...site, (request, response) => {
    const id = Number(param(request, 'id'));
    if (!state.systemWebhooks.some((hook) => hook.id === id)) return answerNotFound(context, response);
    state.systemWebhooks = state.systemWebhooks.filter((hook) => hook.id !== id);
    response.status(204).end();
  });
  router.post(
    '/repos/:owner/:repo/hooks/:id/tests',
    requireScope(context, 'repository'),
    findRepo(context),
    requireAccess(context, 'admin'),
    (request, response) => {
      const repo = repoOf(response);
      const hook = repo.webhooks.find(({ id }) => id === Number(param(request, 'id')));
      const caller = callerOf(response);
      if (hook === undefined || caller === null) return answerNotFound(context, response);
      // Without a commit there is nothing to tell.
      if (!repo.empty) context.deliver(hook, testPush(context, repo, caller.user));
      response.status(204).end();
    },
  );
  return router;
}

/** `?sudo=name`: a site admin acts as somebody else, with the scopes of the admin's own token. */
function sudo(context: AdminContext): RequestHandler {
  return (request, response, next) => {
    const name = request.query['sudo'];
    const caller = callerOf(response);
    if (typeof name !== 'string' || caller === null) return next();
    if (!caller.user.siteAdmin) return answerError(context, response, 403, 'Only administrators allowed to sudo.');
    const target = context.state.user(name);
    if (target === undefined) return answerNotFound(context, response);
    response.locals['caller'] = { ...caller, user: target };
    next();
  };
}

function testPush(context: AdminContext, repo: ForgeRepo, user: ForgeUser): WebhookEvent {
  const sender = userJson(context.url(), user);
  const repository = repoJson(context.url(), repo, repo.owner);
  const oid = '0'.repeat(40);
  const commits = { commits: [], total_commits: 0, head_commit: null };
  const payload = { ref: `refs/heads/${repo.defaultBranch}`, before: oid, after: oid, ...commits };
  return { event: 'push', payload: { ...payload, pusher: sender, sender, repository } };
}

function appJson(app: OauthApp, secret: string): object {
  return {
    id: app.id,
    name: app.name,
    client_id: app.clientId,
    client_secret: secret,
    confidential_client: app.confidential,
    redirect_uris: app.redirectUris,
    created: new Date(0).toISOString(),
  };
}
