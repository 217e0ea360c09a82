import type { RequestHandler, Router } from 'express';
import { userJson } from './json';
import type { OauthContext } from './oauth-routes';
import {
  answerError,
  answerNotFound,
  callerOf,
  newRouter,
  param,
  requireScope,
  requireSignIn,
  requireSiteAdmin,
} from './rest-api';

/** /user, /users/{u}/tokens and /admin/users. */
export function userRoutes(context: OauthContext): Router {
  const { state } = context;
  const router = newRouter();

  router.get('/user', requireSignIn(context), requireScope(context, 'user'), (_request, response) => {
    const caller = callerOf(response);
    if (caller !== null) response.json(userJson(context.url(), caller.user));
  });

  router.post(
    '/user/applications/oauth2',
    requireSignIn(context),
    requireScope(context, 'user'),
    (request, response) => {
      const caller = callerOf(response);
      const body = request.body as { name: string; redirect_uris: string[]; confidential_client?: boolean };
      if (caller === null) return;
      const { name, redirect_uris: uris, confidential_client: confidential = false } = body;
      const app = context.oauth.addApp(caller.user, state.nextId(), name, uris, confidential);
      const { id, clientId, secret, redirectUris } = app;
      response.status(201).json({
        ...{ id, name, client_id: clientId, client_secret: secret },
        ...{ confidential_client: confidential, redirect_uris: redirectUris },
      });
    },
  );

  // Tokens are made and deleted with Basic only, by the user or a site admin.
  const tokenRoute: RequestHandler = (request, response, next) => {
    const caller = callerOf(response);
    const user = state.user(param(request, 'user'));
    if (user === undefined) return answerNotFound(context, response);
    if (caller?.user !== user && caller?.user.siteAdmin !== true)
      return answerError(context, response, 403, 'user should be the site admin or be same as request user');
    if (!caller.basic && request.method !== 'GET') return answerError(context, response, 401, 'auth required');
    response.locals['user'] = user;
    next();
  };
  const tokens = '/users/:user/tokens';
  const guards = [requireSignIn(context), requireScope(context, 'user')];

  router.get(tokens, ...guards, tokenRoute, (_request, response) => {
    const mine = [...state.tokens.values()].filter((token) => token.user === response.locals['user']);
    response.json(
      mine.map(({ id, name, scopes, secret }) => ({ id, name, scopes, token_last_eight: secret.slice(-8) })),
    );
  });
  router.post(tokens, ...guards, tokenRoute, (request, response) => {
    const user = state.user(param(request, 'user'));
    const { name, scopes } = request.body as { name: string; scopes?: string[] };
    if (user === undefined) return answerNotFound(context, response);
    if ([...state.tokens.values()].some((token) => token.user === user && token.name === name))
      return answerError(context, response, 400, 'access token name has been used already');
    if ((scopes ?? []).length === 0) return answerError(context, response, 400, 'access token must have a scope');
    const token = state.addToken(user, name, scopes ?? []);
    const { id, secret } = token;
    response.status(201).json({ id, name, scopes, sha1: secret, token_last_eight: secret.slice(-8) });
  });
  router.delete(`${tokens}/:id`, ...guards, tokenRoute, (request, response) => {
    const wanted = param(request, 'id');
    const token = [...state.tokens.values()].find(
      ({ id, name, user }) => user === response.locals['user'] && (String(id) === wanted || name === wanted),
    );
    if (token === undefined) return answerNotFound(context, response);
    state.tokens.delete(token.secret);
    response.status(204).end();
  });

  const admin = [requireSignIn(context), requireScope(context, 'admin'), requireSiteAdmin(context)];
  router.post('/admin/users', ...admin, (request, response) => {
    const { username, email, password } = request.body as { username: string; email: string; password: string };
    if (state.user(username) !== undefined)
      return answerError(context, response, 422, `user already exists [name: ${username}]`);
    if (password.length < 8) return answerError(context, response, 400, 'PasswordTooShort');
    response.status(201).json(userJson(context.url(), state.addUser(username, email, password)));
  });
  router.get('/admin/cron', ...admin, (_request, response) => {
    response.set('X-Total-Count', '0').json([]);
  });
  router.post('/admin/users/:user/orgs', ...admin, (request, response) => {
    const owner = state.user(param(request, 'user'));
    if (owner === undefined) return answerNotFound(context, response);
    const { username } = request.body as { username: string };
    response.status(201).json(userJson(context.url(), state.addOrganization(username, owner)));
  });
  router.post('/admin/users/:user/rename', ...admin, (request, response) => {
    const user = state.user(param(request, 'user'));
    if (user === undefined) return answerNotFound(context, response);
    state.users.delete(user.name.toLowerCase());
    user.name = (request.body as { new_username: string }).new_username;
    state.users.set(user.name.toLowerCase(), user);
    response.status(204).end();
  });
  router.delete('/admin/users/:user', ...admin, (request, response) => {
    const user = state.user(param(request, 'user'));
    if (user === undefined) return answerNotFound(context, response);
    state.users.delete(user.name.toLowerCase());
    for (const [secret, token] of state.tokens) if (token.user === user) state.tokens.delete(secret);
    for (const repo of state.repos.values()) repo.collaborators.delete(user.id);
    response.status(204).end();
  });
  router.patch('/admin/users/:user', ...admin, (request, response) => {
    const user = state.user(param(request, 'user'));
    if (user === undefined) return answerNotFound(context, response);
    const { admin: siteAdmin, prohibit_login: blocked } = request.body as { admin?: boolean; prohibit_login?: boolean };
    if (siteAdmin !== undefined) user.siteAdmin = siteAdmin;
    if (blocked !== undefined) user.blocked = blocked;
    response.json(userJson(context.url(), user));
  });
  return router;
}
