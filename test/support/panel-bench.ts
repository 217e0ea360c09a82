import express, { type Express } from 'express';
import request from 'supertest';
import type { Mirror } from '../../src/domain/mirror';
import type { Run } from '../../src/domain/run';
import { createErrorHandler } from '../../src/http/error-handler';
import { createPanelRouter } from '../../src/http/panel/panel-router';
import { createSessionAccess } from '../../src/http/sign-in/session-access';
import { publicPlace } from '../../src/http/sign-in/public-place';
import { requireSession } from '../../src/http/sign-in/require-session';
import { signInLink } from '../../src/http/sign-in/sign-in-link';
import { panelHeaders } from '../../src/http/sign-in/panel-headers';
import type { SignedInData } from '../../src/http/sign-in/session-data';
import { HeadwaterError } from '../../src/domain/errors';
import { canaryToken, httpBench, type HttpBench } from '../integration/http/http-bench';
import type { FakeSsh } from '../fakes/fake-ssh';
import { buildMirror, buildRun } from './builders';

const csrfToken = 'csrf-token';
export const panelPath = '/panel/owner/project';

/** The panel on fakes, with somebody signed in, or nobody. */
export interface PanelBench extends Omit<HttpBench, 'app'> {
  readonly app: Express;
  readonly ssh: FakeSsh;
  signIn(person: SignedInData | null): void;
  get(path?: string, headers?: Record<string, string>): request.Test;
  post(action: string, fields?: Record<string, string | readonly string[]>): request.Test;
  /** Another page than the project's. */
  at(path: string): request.Test;
  sendTo(path: string, fields: Record<string, string>): request.Test;
  /** The same without the token that the page's forms carry. */
  postWithout(action: string): request.Test;
  /** Puts a mirror and its runs into the store as they are. */
  put(mirror?: Partial<Mirror>, runs?: readonly Partial<Run>[]): Promise<Mirror>;
}

/** Who is signed in when a test says nothing else; an admin of the project. */
export const somebody: SignedInData = {
  userId: 1,
  login: 'admin-person',
  token: canaryToken,
  tokenExpiresAt: Number.MAX_SAFE_INTEGER,
  tokenRenewAt: Number.MAX_SAFE_INTEGER,
  since: 0,
};

export function panelBench(changes: Parameters<typeof httpBench>[0] = {}, path = panelPath): PanelBench {
  const bench = httpBench(changes);
  const { deps } = bench;
  let person: SignedInData | null = somebody;
  const place = () => publicPlace(deps.publicUrl());
  const access = createSessionAccess({ ...deps, place, now: () => Date.now() });
  const app = express();
  app.use(
    '/panel',
    createPanelRouter({
      ...deps,
      signIn: {
        pages: [
          (incoming, _response, next) => {
            const session = { reload: (done: (error?: unknown) => void) => done(), signedIn: person ?? undefined };
            Object.assign(incoming, { session });
            next();
          },
          panelHeaders(deps.forgePublicUrl),
        ],
        access,
        csrf: {
          field: '_csrf',
          token: () => csrfToken,
          protect: (incoming, _response, next) => {
            const sent = (incoming.body as Record<string, unknown> | undefined)?.['_csrf'];
            if (sent !== csrfToken) throw new HeadwaterError('csrf_refused');
            next();
          },
        },
        link: (incoming) => signInLink(incoming, place(), deps.forgePublicUrl),
        requireSession: (signedOut) =>
          requireSession(
            { ...deps, place, now: () => Date.now(), identity: {} as never, sessions: deps.store.sessions } as never,
            signedOut,
          ),
      },
    }),
  );
  app.use(createErrorHandler(deps.log));
  return {
    ...bench,
    app,
    ssh: deps.ssh as FakeSsh,
    signIn: (who) => {
      person = who;
    },
    get: (below = '', headers = {}) =>
      request(app)
        .get(`${path}${below}`)
        .set({ Accept: 'text/html', ...headers }),
    post: (action, fields = {}) => {
      const body = new URLSearchParams({ _csrf: csrfToken });
      for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) body.append(name, each);
      return request(app).post(`${path}/${action}`).set('Accept', 'text/html').type('form').send(body.toString());
    },
    at: (wanted) => request(app).get(wanted).set('Accept', 'text/html'),
    sendTo: (wanted, fields) =>
      request(app)
        .post(wanted)
        .set('Accept', 'text/html')
        .type('form')
        .send(new URLSearchParams({ _csrf: csrfToken, ...fields }).toString()),
    postWithout: (action) => request(app).post(`${path}/${action}`).set('Accept', 'text/html').type('form').send('x=y'),
    put: async (mirror = {}, runs = []) => {
      const built = buildMirror(mirror);
      await bench.store.transaction(async (tx) => {
        await tx.insertMirror(built);
        for (const [at, run] of runs.entries()) await tx.insertRun(buildRun({ id: `run-${at + 1}`, ...run }));
      });
      return built;
    },
  };
}
