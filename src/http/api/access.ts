import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { Actor, AuditVia } from '../../domain/audit';
import type { Caller, CallerRights, Forge } from '../../ports/forge';

/** `read` and `write` are about the project in the path. */
export type Need = 'read' | 'write';
/** account: anybody whom the forge knows; what is asked for is done with the caller's own token. */
export type RouteNeed = Need | 'account' | 'site_admin';

export interface Access {
  /** Answers the rights of the caller, who is an admin of the project; asks the forge at most once per cache time. */
  check(request: Request, need: Need): Promise<CallerRights>;
  /** The same as middleware; a handler finds the answer with `callerOf`, or the site admin with `siteAdminOf`. */
  require(need: RouteNeed): RequestHandler;
  /** What the caller signed in with, to act in the forge as the caller. Raises what `check` raises for want of it. */
  token(request: Request): Secret;
  /** How callers say who they are. */
  readonly via: Extract<AuditVia, 'token' | 'session'>;
}

export interface AccessDeps {
  readonly forge: Pick<Forge, 'caller' | 'hasAdminScope' | 'callerRights'>;
  /** ms; 0 asks every time. */
  readonly rightsCacheMs: number;
}

/** Where a request carries the caller's token, and which project it is about. */
export interface AccessPlaces {
  readonly token: (request: Request) => Secret;
  readonly project: (request: Request) => Promise<{ owner: string; repo: string }>;
}

const usualPlaces: AccessPlaces = {
  token: authorizationToken,
  project: async (request) => projectPathOf(request),
};

const mostRemembered = 10_000;

/**
 * Only admins of a project see its mirror; to all others it looks like a missing project (AUTH-01). The forge decides, so a
 * right that was taken away ends within the cache time; a refusal is never remembered, so a new right counts at once.
 * Raises token_missing, token_invalid, token_scope_missing, project_not_found and the forge's errors.
 */
export function createAccess(deps: AccessDeps, places: AccessPlaces = usualPlaces): Access {
  const remembered =
    deps.rightsCacheMs > 0
      ? new LRUCache<string, CallerRights>({ max: mostRemembered, ttl: deps.rightsCacheMs })
      : null;

  async function check(request: Request, need: Need): Promise<CallerRights> {
    const token = places.token(request);
    const { owner, repo } = await places.project(request);
    const key = [createHash('sha256').update(token.reveal()).digest('base64'), owner, repo, need].join('/');
    const known = remembered?.get(key);
    if (known !== undefined) return known;
    const rights = await deps.forge.callerRights(token, owner, repo, need === 'write');
    if (rights === null || !rights.admin) throw new HeadwaterError('project_not_found');
    if (need === 'write' && !rights.writeScope)
      throw new HeadwaterError('token_scope_missing', { scope: 'write:repository' });
    remembered?.set(key, rights);
    return rights;
  }

  /** Raises site_admin_needed and token_scope_missing. Asked each time: it is rare, and it counts for every project. */
  async function checkSiteAdmin(request: Request): Promise<Caller> {
    const token = places.token(request);
    const found = await deps.forge.caller(token);
    if (!found.siteAdmin) throw new HeadwaterError('site_admin_needed');
    if (!(await deps.forge.hasAdminScope(token)))
      throw new HeadwaterError('token_scope_missing', { scope: 'read:admin' });
    return found;
  }

  const checkAccount = (request: Request) => deps.forge.caller(places.token(request));
  return { check, via: 'token', token: places.token, require: requirer(check, checkSiteAdmin, checkAccount) };
}

/** The middleware of both kinds of access. */
export function requirer(
  check: Access['check'],
  checkSiteAdmin: (request: Request) => Promise<Caller>,
  checkAccount: (request: Request) => Promise<Caller>,
): Access['require'] {
  return (need) => async (request, response, next) => {
    if (need === 'site_admin') response.locals.siteAdmin = await checkSiteAdmin(request);
    else if (need === 'account') response.locals.account = await checkAccount(request);
    else response.locals.caller = await check(request, need);
    next();
  };
}

/** The site admin that `require` found. */
export function siteAdminOf(response: Response): Caller {
  return response.locals.siteAdmin as Caller;
}

/** Who does what this request asks for. */
export function actorOf(access: Pick<Access, 'via'>, request: Request, response: Response): Actor {
  const { caller, account, siteAdmin } = response.locals as {
    caller?: CallerRights;
    account?: Caller;
    siteAdmin?: Caller;
  };
  const login = caller?.login ?? account?.login ?? siteAdmin?.login ?? '';
  return { who: login === '' ? null : login, via: access.via, from: request.ip ?? null };
}

/** The account that `require('account')` found; undefined for other needs. */
export function accountOf(response: Response): Caller | undefined {
  return response.locals.account as Caller | undefined;
}

/** The rights that `require` found. */
export function callerOf(response: Response): CallerRights {
  return response.locals.caller as CallerRights;
}

/** From the Authorization header only: a token in the query would end up in the logs of proxies. */
export function authorizationToken(request: Request): Secret {
  const match = /^(?:token|bearer) +(\S.*)$/i.exec(request.get('authorization') ?? '');
  if (match === null) throw new HeadwaterError('token_missing');
  return readToken(match[1] ?? '');
}

/** Raises token_invalid for what no forge would have given out. */
export function readToken(token: string): Secret {
  if (!/^[A-Za-z0-9._~+/=-]{1,4096}$/.test(token)) throw new HeadwaterError('token_invalid');
  return new Secret(token);
}

export function projectPathOf(request: Request): { owner: string; repo: string } {
  return readProjectPath(request.params.owner, request.params.repo);
}

/** What no forge would take as a name never reaches one, above all no slash and no "..". Raises project_not_found. */
export function readProjectPath(owner: unknown, repo: unknown): { owner: string; repo: string } {
  if (!isName(owner) || !isName(repo)) throw new HeadwaterError('project_not_found');
  return { owner, repo };
}

function isName(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_.-]{1,100}$/.test(text) && text !== '.' && !text.includes('..');
}
