import express, { Router, type RequestHandler } from 'express';
import type { HttpDeps } from '../http-deps';
import { createAccess } from './access';
import { limitRate } from './limit-rate';
import { routes } from './routes';

/** The API. Rights come first, so that a stranger learns nothing from how a body is taken. */
export function createApiRouter(deps: HttpDeps): Router {
  const access = createAccess(deps);
  // Whatever the content type says, a body is JSON: no cookie signs anybody in here, so no form can forge a request.
  const json: RequestHandler = express.json({ limit: '64kb', inflate: false, type: () => true });

  const router = Router();
  for (const route of routes) {
    const readBody = route.body === undefined ? [] : [json];
    const limits = route.limits === undefined ? [] : limitRate(deps, `${route.method} ${route.path}`, route.limits);
    router[route.method](route.path, access.require(route.need), ...limits, ...readBody, route.handler(deps, access));
  }
  return router;
}
