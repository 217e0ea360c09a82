import { randomBytes } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import type { ForgeUser } from './forge-state';
import { challengeOf, type OauthApp, type OauthState } from './oauth-state';
import { newRouter, type RestContext } from './rest-api';

export interface OauthContext extends RestContext {
  readonly oauth: OauthState;
  /** A whole page, with the admin's templates. */
  readonly page: (title: string, body: string) => string;
}

const sessionCookie = 'i_like_gitea';

/** The forge's pages for signing in and consenting, and its OAuth2 and OpenID Connect endpoints, as of Forgejo 11. */
export function oauthRoutes(context: OauthContext): Router {
  const { oauth, state } = context;
  const router = newRouter();
  router.use(['/user/login', '/user/logout', '/login/oauth'], express.urlencoded({ extended: false }), express.json());

  router.get('/user/login', (request, response) => {
    const to = typeof request.query['redirect_to'] === 'string' ? request.query['redirect_to'] : '/';
    if (browserUser(oauth, request) !== null) return response.redirect(303, to);
    response.cookie('redirect_to', to, { httpOnly: true, sameSite: 'lax' });
    const fields =
      '<label>Username <input name="user_name"></label><label>Password <input name="password" type="password"></label>';
    sendPage(
      context,
      response,
      'Sign in',
      `<form action="/user/login" method="post">${csrfInput}${fields}<button>Sign in</button></form>`,
    );
  });
  router.post('/user/login', (request, response) => {
    const { user_name: name, password } = request.body as Record<string, string>;
    const user = state.user(name ?? '');
    if (user === undefined || user.password !== password) {
      response.status(200);
      return sendPage(context, response, 'Sign in', '<p>Username or password is incorrect.</p>');
    }
    const id = randomBytes(8).toString('hex');
    oauth.browsers.set(id, user);
    response.cookie(sessionCookie, id, { httpOnly: true, sameSite: 'lax' });
    response.redirect(303, cookieOf(request, 'redirect_to') ?? '/');
  });
  router.post('/user/logout', (request, response) => {
    oauth.browsers.delete(cookieOf(request, sessionCookie) ?? '');
    response.redirect(303, '/');
  });

  router.get('/login/oauth/authorize', (request, response) => authorize(context, request, response));
  router.post('/login/oauth/grant', (request, response) => grant(context, request, response));
  router.post('/login/oauth/access_token', (request, response) => accessToken(context, request, response));
  router.get('/login/oauth/keys', (_request, response) => {
    response.json({ keys: [oauth.publicKey()] });
  });
  router.get('/.well-known/openid-configuration', (_request, response) => {
    const url = context.url();
    response.json({
      issuer: oauth.issuer(url),
      authorization_endpoint: `${url}/login/oauth/authorize`,
      token_endpoint: `${url}/login/oauth/access_token`,
      jwks_uri: `${url}/login/oauth/keys`,
      userinfo_endpoint: `${url}/login/oauth/userinfo`,
      introspection_endpoint: `${url}/login/oauth/introspect`,
      response_types_supported: ['code', 'id_token'],
      id_token_signing_alg_values_supported: ['RS256'],
      subject_types_supported: ['public'],
      code_challenge_methods_supported: ['plain', 'S256'],
    });
  });
  return router;
}

function authorize(context: OauthContext, request: Request, response: Response): void {
  const { oauth } = context;
  const query = request.query as Record<string, string | undefined>;
  const app = oauth.apps.get(query['client_id'] ?? '');
  const redirectUri = query['redirect_uri'] ?? '';
  const user = browserUser(oauth, request);
  if (user === null)
    return response.redirect(303, `/user/login?redirect_to=${encodeURIComponent(request.originalUrl)}`);
  if (app === undefined) {
    response.status(400);
    return sendPage(context, response, 'Error', '<p>Client ID not registered</p>');
  }
  if (!app.redirectUris.some((uri) => sameUri(uri, redirectUri))) {
    response.status(400);
    return sendPage(context, response, 'Error', '<p>Unregistered Redirect URI</p>');
  }
  if (oauth.grants.has(grantKey(user, app))) return sendCode(context, response, user, app, query);
  const kept = ['client_id', 'redirect_uri', 'state', 'scope', 'code_challenge', 'code_challenge_method']
    .map((name) => `<input type="hidden" name="${name}" value="${escape(query[name] ?? '')}">`)
    .join('');
  const buttons =
    '<button type="submit" id="authorize-app" name="granted" value="true">Authorize Application</button>' +
    '<button type="submit" name="granted" value="false">Cancel</button>';
  const form = `<form method="post" action="/login/oauth/grant">${csrfInput}${kept}${buttons}</form>`;
  sendPage(context, response, `Authorize "${app.name}" to access your account?`, form);
}

function grant(context: OauthContext, request: Request, response: Response): void {
  const { oauth } = context;
  const body = request.body as Record<string, string | undefined>;
  const user = browserUser(oauth, request);
  const app = oauth.apps.get(body['client_id'] ?? '');
  if (user === null || app === undefined) {
    response.status(400).send('no such application, or nobody is signed in');
    return;
  }
  if (body['granted'] !== 'true') {
    const back = new URL(body['redirect_uri'] ?? '');
    back.search = new URLSearchParams({
      error: 'access_denied',
      error_description: 'the request is denied',
      state: body['state'] ?? '',
    }).toString();
    return response.redirect(303, back.href);
  }
  oauth.grants.set(grantKey(user, app), body['scope'] ?? '');
  // On this path Forgejo 11 stores no challenge, so the verifier goes unchecked.
  sendCode(context, response, user, app, { ...body, code_challenge: '' });
}

function sendCode(
  { oauth }: OauthContext,
  response: Response,
  user: ForgeUser,
  app: OauthApp,
  query: Readonly<Record<string, string | undefined>>,
): void {
  const code = `gta_${randomBytes(20).toString('hex')}`;
  const redirectUri = query['redirect_uri'] ?? '';
  oauth.codes.set(code, { user, app, redirectUri, challenge: query['code_challenge'] ?? '' });
  const back = new URL(redirectUri);
  back.search = new URLSearchParams({ code, state: query['state'] ?? '' }).toString();
  response.redirect(303, back.href);
}

function accessToken({ oauth, state, url }: OauthContext, request: Request, response: Response): void {
  const fail = (error: string, description: string) =>
    void response.status(400).json({ error, error_description: description });
  const body = request.body as Record<string, string | undefined>;
  oauth.grantTypes.push(body['grant_type'] ?? '');
  const app = oauth.apps.get(body['client_id'] ?? '');
  if (app === undefined)
    return fail('invalid_client', `cannot load client with client id: '${body['client_id'] ?? ''}'`);
  if (app.confidential && body['client_secret'] !== app.secret)
    return fail('unauthorized_client', 'invalid client secret');
  if (body['grant_type'] !== 'authorization_code') return fail('unsupported_grant_type', 'not supported');
  const redirectUri = body['redirect_uri'] ?? '';
  if (!app.redirectUris.some((uri) => sameUri(uri, redirectUri)))
    return fail('unauthorized_client', 'unexpected redirect URI');
  const code = oauth.codes.get(body['code'] ?? '');
  if (code === undefined || code.app !== app) return fail('unauthorized_client', 'client is not authorized');
  if (!sameUri(code.redirectUri, redirectUri)) return fail('unauthorized_client', 'unexpected redirect URI');
  if (code.challenge !== '' && challengeOf(body['code_verifier'] ?? '') !== code.challenge)
    return fail('unauthorized_client', 'failed PKCE code challenge');
  oauth.codes.delete(body['code'] ?? '');
  const scope = oauth.grants.get(grantKey(code.user, app)) ?? '';
  const own = scope.split(' ').filter((word) => word.includes(':'));
  const now = Math.floor(Date.now() / 1000);
  const token = oauth.accessToken();
  state.tokens.set(token, {
    id: state.nextId(),
    name: `oauth2 ${app.name}`,
    user: code.user,
    secret: token,
    scopes: own.length === 0 ? ['all'] : own,
    expiresAt: Date.now() + oauth.tokenSeconds * 1000,
  });
  response.json({
    access_token: token,
    token_type: 'bearer',
    expires_in: oauth.tokenSeconds,
    refresh_token: oauth.accessToken(),
    id_token: oauth.idToken({
      iss: oauth.issuerInTokens ?? oauth.issuer(url()),
      sub: String(code.user.id),
      aud: [app.clientId],
      exp: now + oauth.tokenSeconds,
      iat: now,
      preferred_username: code.user.name,
    }),
  });
}

const csrfInput = '<input type="hidden" name="_csrf" value="double">';

function sendPage(context: OauthContext, response: Response, title: string, body: string): void {
  response.set('X-Frame-Options', 'SAMEORIGIN');
  const main = `<div class="page-content"><h1>${escape(title)}</h1>${body}</div>`;
  response.type('html').send(context.page(escape(title), main));
}

export function browserUser(oauth: OauthState, request: Request): ForgeUser | null {
  return oauth.browsers.get(cookieOf(request, sessionCookie) ?? '') ?? null;
}

function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=', 2));
  const value = pairs.find(([key]) => key === name)?.[1];
  return value === undefined ? undefined : decodeURIComponent(value);
}

function grantKey(user: ForgeUser, app: OauthApp): string {
  return `${user.id}/${app.clientId}`;
}

/** Without regard to case and a slash at the end, as Forgejo 11 does it. */
function sameUri(one: string, other: string): boolean {
  const plain = (uri: string) => uri.toLowerCase().replace(/\/$/, '');
  return plain(one) === plain(other);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
