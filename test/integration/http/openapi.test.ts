import express, { type Router } from 'express';
import request from 'supertest';
import { createApiRouter } from '../../../src/http/api/api-router';
import { createGitlabRouter } from '../../../src/http/gitlab/gitlab-router';
import { createHealthRouter } from '../../../src/http/health';
import { createHooksRouter } from '../../../src/http/hooks/hooks-router';
import { createOpenapiRouter } from '../../../src/http/openapi/openapi-router';
import { undeclaredAnswers } from '../../support/undeclared-answers';
import { watchAnswers } from '../../support/watch-answers';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('GET /api/openapi.json', () => {
  it('is for anybody, and names the address under which it is reached', async () => {
    const answer = await request(httpBench().app).get('/api/openapi.json');
    expect(answer.status).toBe(200);
    const { openapi, servers } = answer.body as Document;
    expect([openapi, servers[0]?.url]).toEqual(['3.1.1', 'https://headwater.example']);
  });

  it('has every call that the routers answer, and nothing else', async () => {
    const { app, deps } = httpBench();
    const { paths } = (await request(app).get('/api/openapi.json')).body as Document;
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const answered = [
      ...routesOf('/api/v1', createApiRouter(deps)),
      ...routesOf('/api/v4', createGitlabRouter(deps)),
      ...routesOf('/hooks', createHooksRouter(deps)),
      ...routesOf('/api', createOpenapiRouter(deps)),
      ...routesOf('', createHealthRouter(deps)),
      'GET /plugin-manifest.json',
    ];
    expect(documented.sort()).toEqual(answered.sort());
  });
});

/** What every test of this interface is held to (watch-answers). */
describe('an answer that is not as documented', () => {
  const answering = (method: 'get' | 'post', path: string, send: express.RequestHandler) => {
    const app = express();
    app[method](path, send);
    return watchAnswers(app);
  };
  const found = () => undeclaredAnswers.splice(0).join('\n');

  it('is one with a status that its route does not declare', async () => {
    await request(answering('get', mirrorPath, (_request, response) => void response.status(206).json({}))).get(
      mirrorPath,
    );
    expect(found()).toMatch(/answered 206 as getMirror: neither an answer nor a fault/);
  });

  it('is one with a field too many, too few, or of another kind', async () => {
    const { app } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const shown = (await request(app).get(mirrorPath).set(asAdmin)).body as Record<string, unknown>;
    const wrong = { ...shown, lag_seconds: undefined, enabled: 'yes', sealed_password: 'x' };
    await request(answering('get', mirrorPath, (_request, response) => void response.json(wrong))).get(mirrorPath);
    const told = found();
    for (const field of ['enabled', 'lag_seconds', 'sealed_password']) expect(told).toContain(field);
  });

  it('is a fault that its route does not name, or that lacks its header', async () => {
    const body = { code: 'push_mirror_not_found', class: 'request', message: 'x', advice: 'x' };
    const app = answering('get', mirrorPath, (_request, response) => void response.status(404).json(body));
    await request(app).get(mirrorPath);
    expect(found()).toMatch(/does not name push_mirror_not_found/);
    const busy = { ...body, code: 'too_many_requests' };
    await request(answering('get', mirrorPath, (_request, response) => void response.status(429).json(busy))).get(
      mirrorPath,
    );
    expect(found()).toMatch(/lacks Retry-After/);
  });

  it('is a list without its pages, and an event that nobody knows', async () => {
    const runs = `${mirrorPath}/runs`;
    await request(answering('get', runs, (_request, response) => void response.json([]))).get(runs);
    expect(found()).toMatch(/lacks X-Total-Count/);
    const events = `${mirrorPath}/events`;
    const send: express.RequestHandler = (_request, response) =>
      void response.type('text/event-stream').send('event: surprise\ndata: {}\n\n');
    await request(answering('get', events, send)).get(events);
    expect(found()).toMatch(/the event "event: surprise/);
  });

  it('is any of a call of the API that is documented nowhere', async () => {
    const path = '/api/v1/secret-backdoor';
    await request(answering('post', path, (_request, response) => void response.json({}))).post(path);
    expect(found()).toMatch(/no such call is documented/);
  });
});

function routesOf(base: string, router: Router): string[] {
  const { stack } = router as unknown as {
    readonly stack: readonly { route?: { path: string; methods: Readonly<Record<string, boolean>> } }[];
  };
  return stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map(
          (method) => `${method.toUpperCase()} ${base}${route.path.replace(/:(\w+)/g, '{$1}')}`,
        ),
  );
}
