import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { accessOf, mayAtLeast, type AccessMode } from './access';
import type { ForgeRepo, ForgeState } from './forge-state';
import { hasScope, isPublicOnly, signIn, type Caller } from './sign-in';

export interface RestContext {
  readonly url: () => string;
  readonly state: ForgeState;
  /** Folder that holds the bare repositories. */
  readonly root: string;
}

/** Answers in the forge's error form. */
export function answerError(context: RestContext, response: Response, status: number, message: string): void {
  const errors = status === 404 ? { errors: [] } : {};
  response.status(status).json({ message, url: `${context.url()}/api/swagger`, ...errors });
}

export function answerNotFound(context: RestContext, response: Response): void {
  answerError(context, response, 404, "The target couldn't be found.");
}

/** The caller that `authenticate` found; null when nobody signed in. */
export function callerOf(response: Response): Caller | null {
  return (response.locals['caller'] as Caller | undefined) ?? null;
}

/** The repository that `repoRoute` found. */
export function repoOf(response: Response): ForgeRepo {
  return response.locals['repo'] as ForgeRepo;
}

export function authenticate(context: RestContext): RequestHandler {
  return (request, response, next) => {
    const caller = signIn(context.state, request.headers.authorization);
    if (caller !== null && 'refused' in caller) return answerError(context, response, 401, caller.refused);
    if (caller !== null && !('refused' in caller) && caller.user.blocked)
      return answerError(
        context,
        response,
        403,
        'Access denied: your account is prohibited from signing in. Please contact your site administrator.',
      );
    response.locals['caller'] = caller ?? undefined;
    next();
  };
}

/** The scope that a route group needs: write for everything but GET and HEAD. */
export function requireScope(context: RestContext, category: string): RequestHandler {
  return (request, response, next) => {
    const level = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
    const caller = callerOf(response);
    if (caller === null || hasScope(caller, level, category)) return next();
    const message = `token does not have at least one of required scope(s): [${level}:${category}]`;
    answerError(context, response, 403, message);
  };
}

export function requireSignIn(context: RestContext): RequestHandler {
  return (_request, response, next) => {
    if (callerOf(response) === null) return answerError(context, response, 401, 'token is required');
    next();
  };
}

export function requireSiteAdmin(context: RestContext): RequestHandler {
  return (_request, response, next) => {
    if (callerOf(response)?.user.siteAdmin === true) return next();
    answerError(context, response, 403, 'user should be the site admin');
  };
}

/** Finds `/repos/{owner}/{repo}`, follows old names with 307, and hides what the caller cannot see. */
export function findRepo(context: RestContext): RequestHandler {
  return (request: Request<{ owner?: string; repo?: string }>, response, next) => {
    const { owner = '', repo: name = '' } = request.params;
    const repo = context.state.repo(owner, name);
    const moved = context.state.movedRepo(owner, name);
    if (repo === undefined && moved !== undefined) {
      const path = request.originalUrl.replace(`${owner}/${name}`, `${moved.owner.name}/${moved.name}`);
      return response.redirect(307, path);
    }
    showRepo(context, response, repo, next);
  };
}

/** Goes on with the repository if the caller may see it. */
export function showRepo(
  context: RestContext,
  response: Response,
  repo: ForgeRepo | undefined,
  next: () => void,
): void {
  const caller = callerOf(response);
  if (repo === undefined || accessOf(caller?.user ?? null, repo) === 'none') return answerNotFound(context, response);
  if (caller !== null && isPublicOnly(caller) && repo.private)
    return answerError(context, response, 403, 'token scope is limited to public repos');
  response.locals['repo'] = repo;
  next();
}

export function requireAccess(context: RestContext, mode: AccessMode): RequestHandler {
  return (_request, response, next) => {
    const caller = callerOf(response);
    if (caller === null) return answerError(context, response, 401, 'token is required');
    if (mayAtLeast(caller.user, repoOf(response), mode)) return next();
    const admin = 'user should be an owner or a collaborator with admin write of a repository';
    answerError(context, response, 403, mode === 'admin' ? admin : 'user should have a permission to write to a repo');
  };
}

export function refuseArchived(context: RestContext): RequestHandler {
  return (_request, response, next) => {
    const repo = repoOf(response);
    if (!repo.archived) return next();
    answerError(context, response, 423, `${repo.owner.name}/${repo.name} is archived`);
  };
}

/** A part of the path that the route names. */
export function param(request: Request, name: string): string {
  const value: string | readonly string[] | undefined = request.params[name];
  return [value ?? ''].flat().join('/');
}

export function newRouter(): Router {
  return express.Router({ caseSensitive: true });
}
