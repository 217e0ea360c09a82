import express, { Router, type RequestHandler } from 'express';
import { createAccess } from '../api/access';
import { createErrorHandler, routeNotFound } from '../error-handler';
import type { HttpDeps } from '../http-deps';
import { showAsGitlab } from './gitlab-fault';
import { gitlabPlaces } from './gitlab-places';
import { getPullMirror, postPullMirror, putPullMirror } from './pull-mirror';
import { createRemoteMirrors } from './remote-mirrors';

/** GitLab's own calls for mirrors, so that clients made for GitLab work unchanged (facts: GitLab's API documentation). */
export function createGitlabRouter(deps: HttpDeps): Router {
  const access = createAccess(deps, gitlabPlaces(deps.forge));
  const read = access.require('read');
  const write = access.require('write');
  const form = express.urlencoded({ extended: false, limit: '64kb', inflate: false });
  const json = express.json({
    limit: '64kb',
    inflate: false,
    type: (request) => !isForm(request.headers['content-type']),
  });
  const body: RequestHandler[] = [form, json];

  const router = Router();
  const pull = '/projects/:id/mirror/pull';
  router.get(pull, read, getPullMirror(deps));
  router.put(pull, write, ...body, putPullMirror(deps, access));
  router.post(pull, write, ...body, postPullMirror(deps, access));

  const push = '/projects/:id/remote_mirrors';
  const remote = createRemoteMirrors(deps, access);
  router.get(push, read, remote.list);
  router.post(push, write, ...body, remote.add);
  router.get(`${push}/:mirror_id`, read, remote.show);
  router.put(`${push}/:mirror_id`, write, ...body, remote.edit);
  // So does gitbeaker where GitLab's documentation says PUT.
  router.post(`${push}/:mirror_id`, write, ...body, remote.edit);
  router.delete(`${push}/:mirror_id`, write, remote.remove);
  router.post(`${push}/:mirror_id/sync`, write, remote.sync);
  router.get(`${push}/:mirror_id/public_key`, read, remote.publicKey);

  router.use(routeNotFound);
  router.use(createErrorHandler(deps.log, showAsGitlab));
  return router;
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/x-www-form-urlencoded') === true;
}
