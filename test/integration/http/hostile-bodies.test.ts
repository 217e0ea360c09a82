import request from 'supertest';
import { routes } from '../../../src/http/api/routes';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

const withBody = routes.filter((route) => route.body !== undefined).map((route) => [route.path, route] as const);

/** What a caller would like to set, and whom a caller would like to be (AUTH-03). */
const smuggled = [
  ...[
    'id',
    'repo_id',
    'repoId',
    'owner_id',
    'ownerId',
    'mirror_id',
    'full_name',
    'status',
    'state',
    'failures',
    'fence',
  ],
  ...[
    'lease',
    'lease_token',
    'leaseToken',
    'sealed_password',
    'secretCiphertext',
    'held',
    'proof',
    'revision',
    'created_at',
  ],
  ...['user', 'user_id', 'mirror_user_id', 'login', 'confirmed_by', 'author', 'sender', 'sudo', 'as', 'token'],
  ...['constructor', 'prototype', '__proto__'],
];

const siteAdminToken = 's1teadm1nt0ken';
const asSiteAdmin = { Authorization: `token ${siteAdminToken}` };

describe('bodies of all routes that take one', () => {
  const send = async (path: string, method: 'put' | 'post' | 'patch', text: string) => {
    const bench = httpBench();
    await request(bench.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    // Who may do everything, so that nothing but the body is refused.
    bench.forge.addToken(siteAdminToken, 'site admin', ['write:repository', 'read:admin']);
    const address = `/api/v1${path}`.replace(':owner', 'owner').replace(':repo', 'project').replace(/:\w+/g, 'x');
    const before = (await bench.store.mirrors({ page: 1, limit: 10 })).items;
    const answer = await request(bench.app)[method](address).set(asSiteAdmin).type('json').send(text);
    expect((await bench.store.mirrors({ page: 1, limit: 10 })).items).toEqual(before);
    return answer;
  };

  it.each(withBody)(
    '%s refuses fields that it does not have, each by its name (AUTH-03, AUTH-10)',
    async (path, route) => {
      const fields = smuggled.map((name) => `${JSON.stringify(name)}: 1`).join(', ');
      const answer = await send(path, route.method as 'put' | 'post' | 'patch', `{ ${fields} }`);
      expect([answer.status, answer.body.code]).toEqual([400, 'input_invalid']);
      const one = await send(path, route.method as 'put' | 'post' | 'patch', '{ "repoId": 7 }');
      expect(one.body.errors).toContainEqual({ field: 'repoId', message: 'is not a known field' });
      expect(({} as Record<string, unknown>)['repoId']).toBeUndefined();
    },
  );

  it.each(withBody)('%s takes an object and nothing else (AUTH-10)', async (path, route) => {
    for (const text of ['[]', '[{}]', '"url"', '1', 'true', '{', '{"a":1}}', '\u0000']) {
      const answer = await send(path, route.method as 'put' | 'post' | 'patch', text);
      expect([text, answer.status]).toEqual([text, 400]);
    }
  });

  const types = ['[]', '{}', '1', 'true', '{"toString":"x"}', '["a"]', '1e400', '"\\u0000"'];
  it.each(types)('refuse %s in place of a text (AUTH-10)', async (value) => {
    for (const field of ['url', 'mirror_branch_regex']) {
      const answer = await send('/repos/:owner/:repo/mirror/pull', 'put', `{ "${field}": ${value} }`);
      expect([field, answer.status]).toEqual([field, 400]);
    }
  });

  it('asks the database for names as they are, quotes and all (AUTH-10)', async () => {
    const { app, forge } = httpBench();
    for (const name of ["x'--", "x';drop", 'x"', 'x)']) {
      const path = `/api/v1/repos/owner/${encodeURIComponent(name)}/mirror/pull`;
      expect((await request(app).get(path).set(asAdmin)).status).toBe(404);
    }
    expect(forge.asked).toEqual([]);
  });
});
