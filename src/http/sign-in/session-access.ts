import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { Caller, CallerRights, Forge } from '../../ports/forge';
import { projectPathOf, requirer, type Access, type Need } from '../api/access';
import type { PublicPlace } from './public-place';
import { endSession, reloadSession } from './session-middleware';
import { signedInOf } from './session-data';

export interface SessionAccessDeps {
  readonly forge: Pick<Forge, 'caller' | 'callerRights'>;
  readonly rightsCacheMs: number;
  readonly place: () => PublicPlace;
  readonly now: () => number;
}

/** Rights of whoever is signed in, in place of a token in a header. */
export interface SessionAccess extends Access {
  /** Whoever may see the project, an admin of it or not. Raises what `check` raises. */
  checkSight(request: Request): Promise<CallerRights>;
  /** Whoever is signed in. Raises session_missing and the forge's errors. */
  checkAccount(request: Request): Promise<Caller>;
}

const mostRemembered = 10_000;

/**
 * As with a token, only admins of a project see its mirror. The access token of a session may only read, so what counts for
 * a write is the person's right, which the forge is asked for each time (AUTH-01); the answer for a read is remembered for
 * the cache time. A session whose token the forge no longer takes is over (AUTH-09).
 * Raises session_missing, project_not_found and the forge's errors.
 */
export function createSessionAccess(deps: SessionAccessDeps): SessionAccess {
  const remembered =
    deps.rightsCacheMs > 0
      ? new LRUCache<string, CallerRights>({ max: mostRemembered, ttl: deps.rightsCacheMs })
      : null;
  const asked = new WeakSet<Request>();

  async function rightsOf(request: Request, need: Need): Promise<CallerRights> {
    // A stream asks again and again: it must not outlive a session that was ended elsewhere.
    if (asked.has(request) && !(await reloadSession(request))) throw new HeadwaterError('session_missing');
    asked.add(request);
    const signedIn = signedInOf(request, deps.now());
    if (signedIn === null) throw new HeadwaterError('session_missing');
    const { owner, repo } = projectPathOf(request);
    const key = [createHash('sha256').update(signedIn.token.reveal()).digest('base64'), owner, repo].join('/');
    const known = need === 'read' ? remembered?.get(key) : undefined;
    if (known !== undefined) return known;
    const rights = await askForge(request, () => deps.forge.callerRights(signedIn.token, owner, repo, false));
    if (rights === null) throw new HeadwaterError('project_not_found');
    if (rights.admin) remembered?.set(key, rights);
    else remembered?.delete(key);
    return rights;
  }

  async function askForge<T>(request: Request, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (thrown) {
      if (!(thrown instanceof HeadwaterError) || thrown.code !== 'token_invalid') throw thrown;
      // Express sets it on every request.
      await endSession(request, request.res as Response, deps.place());
      throw new HeadwaterError('session_missing', {}, { cause: thrown });
    }
  }

  function tokenOf(request: Request): Secret {
    const signedIn = signedInOf(request, deps.now());
    if (signedIn === null) throw new HeadwaterError('session_missing');
    return signedIn.token;
  }

  async function checkAccount(request: Request): Promise<Caller> {
    const token = tokenOf(request);
    return askForge(request, () => deps.forge.caller(token));
  }

  async function checkSiteAdmin(request: Request): Promise<Caller> {
    const found = await checkAccount(request);
    if (!found.siteAdmin) throw new HeadwaterError('site_admin_needed');
    return found;
  }

  async function check(request: Request, need: Need): Promise<CallerRights> {
    const rights = await rightsOf(request, need);
    if (!rights.admin) throw new HeadwaterError('project_not_found');
    return rights;
  }

  return {
    check,
    via: 'session',
    token: tokenOf,
    require: requirer(check, checkSiteAdmin, checkAccount),
    checkAccount,
    checkSight: (request) => rightsOf(request, 'read'),
  };
}
