import express, { type Request, type Response, type Router } from 'express';
import { accessOf } from './access';
import type { FaultSwitch } from './faults';
import { hookUrlVariable } from './hook-scripts';
import { callHttpBackend } from './http-backend';
import { param, type RestContext } from './rest-api';
import { hasScope, isPublicOnly, signIn } from './sign-in';

export interface GitContext extends RestContext {
  readonly faults: FaultSwitch;
  /** Part of the internal address, so that only hooks know it. */
  readonly hookSecret: string;
  readonly log: (text: string) => void;
}

/** Git's smart HTTP, with the forge's own refusals before it. */
export function gitRoutes(context: GitContext): Router {
  const router = express.Router();
  for (const service of ['info/refs', 'git-upload-pack', 'git-receive-pack'] as const)
    router.all(`/:owner/:repo/${service}`, (request, response) => {
      serve(context, service, request, response);
    });
  return router;
}

function serve(context: GitContext, service: string, request: Request, response: Response): void {
  const { state } = context;
  const name = param(request, 'repo').replace(/\.git$/, '');
  const pushing = service === 'git-receive-pack' || request.query['service'] === 'git-receive-pack';
  const refuse = (status: number, text: string) => {
    // Without this the socket stays busy with a body that nobody reads.
    request.resume();
    response.status(status).type('text/plain').send(text);
  };

  const caller = signIn(state, request.headers.authorization);
  if (caller !== null && 'refused' in caller)
    return refuse(
      401,
      'Credentials are incorrect or have expired. Retry your command or see https://codeberg.org/forgejo/forgejo/issues/2809 for more information',
    );
  const owner = state.user(param(request, 'owner'));
  if (owner === undefined) return refuse(404, 'Not found.');
  const repo = state.repo(owner.name, name);
  const moved = state.movedRepo(owner.name, name);
  if (repo === undefined && moved !== undefined) {
    request.resume();
    const query = request.originalUrl.split('?')[1];
    const target = `/${moved.owner.name}/${moved.name}/${service}${query === undefined ? '' : `?${query}`}`;
    return response.redirect(307, target);
  }
  if (repo?.archived === true && pushing)
    return refuse(
      403,
      'This repo is archived. You can view files and clone it, but cannot push or open issues/pull-requests.',
    );
  if (caller === null && (pushing || repo === undefined || repo.private)) {
    response.setHeader('WWW-Authenticate', 'Basic realm="Gitea"');
    return refuse(401, 'Unauthorized');
  }
  // A token in an Authorization header of its own kind goes unchecked for scopes; only Basic is looked at.
  if (caller !== null && caller.basic) {
    if (isPublicOnly(caller) && repo?.private === true) return refuse(403, 'Forbidden');
    if (!hasScope(caller, pushing ? 'write' : 'read', 'repository')) return refuse(403, 'Forbidden');
  }
  if (repo === undefined)
    return pushing ? refuse(403, 'Push to create is not enabled for users.') : refuse(404, 'Repository not found');
  // Whether the caller may write is found out late, by the pre-receive hook.
  if (accessOf(caller?.user ?? null, repo) === 'none') return refuse(404, 'Repository not found');
  if (pushing && repo.mirror) return refuse(403, 'mirror repository is read-only');

  const fault = service === 'git-receive-pack' ? context.faults.active(request.path) : null;
  if (fault?.kind === 'cut_push') {
    request.once('data', () => request.destroy());
    return;
  }
  callHttpBackend(request, response, {
    root: context.root,
    path: `/${repo.owner.name.toLowerCase()}/${repo.name.toLowerCase()}.git/${service}`,
    user: caller?.user.name ?? '',
    env: {
      [hookUrlVariable]: `${context.url()}/api/internal/${context.hookSecret}/${repo.id}/${caller?.user.id ?? 0}`,
    },
    loseAnswer: fault?.kind === 'lose_push_answer',
    log: context.log,
  });
}
