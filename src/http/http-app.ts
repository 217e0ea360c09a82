import express from 'express';
import helmet from 'helmet';
import { noteAction } from '../sync/audited-store';
import { createApiRouter } from './api/api-router';
import { createErrorHandler, routeNotFound } from './error-handler';
import { createGitlabRouter } from './gitlab/gitlab-router';
import { createHealthRouter } from './health';
import { createDeliveryProbe } from './hooks/delivery-probe';
import { createHooksRouter } from './hooks/hooks-router';
import type { HealthDeps, HttpDeps } from './http-deps';
import { createOpenapiRouter } from './openapi/openapi-router';
import { getFavicon } from './panel/assets';
import { createPanelRouter } from './panel/panel-router';
import { createRateLimits } from './rate-limits';
import { createRequestLog } from './request-log';
import { createSignIn, type SignIn } from './sign-in/create-sign-in';
import { publicPlace } from './sign-in/public-place';
import { usualLife } from './sign-in/session-data';

/** The whole HTTP interface: health, the API, what upstreams call, signing in, and the panel. */
export function createHttpApp(deps: HttpDeps): express.Express {
  const signIn = signInOf(deps);
  return build(deps, (app) => {
    app.set('trust proxy', [...deps.trustedProxies]);
    app.get('/plugin-manifest.json', (_request, response) => void response.json(deps.manifest));
    app.get('/favicon.ico', getFavicon());
    for (const limit of createRateLimits(deps)) app.use(limit);
    app.use('/api', createOpenapiRouter(deps));
    app.use('/api/v1', createApiRouter(deps));
    app.use('/api/v4', createGitlabRouter(deps));
    app.use(`${deps.manifest.webhook.path}/probe`, createDeliveryProbe(deps.webhookSecrets));
    app.use('/hooks', createHooksRouter(deps));
    app.use(signIn.router);
    app.use('/panel', createPanelRouter({ ...deps, signIn }));
  });
}

function signInOf(deps: HttpDeps): SignIn {
  return createSignIn({
    ...deps,
    sessions: deps.store.sessions,
    life: usualLife,
    place: () => publicPlace(deps.publicUrl()),
    now: () => Date.now(),
    note: (actor, change) => noteAction(deps.store, actor, deps, change),
  });
}

/** Health alone, for a process that only works. */
export function createHealthApp(deps: HealthDeps): express.Express {
  return build(deps, () => undefined);
}

function build(deps: HealthDeps, addRoutes: (app: express.Express) => void): express.Express {
  const app = express();
  // Answers are never to be kept by anybody, so there is nothing to compare by a tag.
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(createRequestLog(deps.requestLog));
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      // For whoever ends the TLS to decide: the host may be shared with the forge.
      strictTransportSecurity: false,
    }),
  );
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.use(createHealthRouter(deps));
  addRoutes(app);
  app.use(routeNotFound);
  app.use(createErrorHandler(deps.log));
  return app;
}
