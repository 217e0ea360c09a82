import request from 'supertest';
import { HeadwaterError } from '../../../src/domain/errors';
import { listen } from '../../../src/http/listen';
import type { RefListing } from '../../../src/ports/upstream';
import { hostKeyNamed } from '../../fakes/fake-ssh';
import { until } from '../../support/until';
import { asAdmin, canaryPassword, httpBench, mirrorPath, upstreamUrl, type HttpBench } from './http-bench';

const testPath = '/api/v1/repos/owner/project/mirror/test';
const sshUrl = 'git@upstream.example:group/project.git';

const test = ({ app }: HttpBench, body: object, token = asAdmin) => request(app).post(testPath).set(token).send(body);
const save = ({ app }: HttpBench, body: object) => request(app).put(mirrorPath).set(asAdmin).send(body);

/** Everything that is stored, as one text. */
async function stored({ store, queue }: HttpBench): Promise<string> {
  return JSON.stringify([await store.mirrors({ page: 1, limit: 10 }), queue.waiting]);
}

describe('POST mirror/test', () => {
  it('answers what the upstream has, and how many branches the project has already', async () => {
    const bench = httpBench();
    bench.listings.refs.set('refs/heads/main', 'a'.repeat(40)).set('refs/heads/dev', 'b'.repeat(40));
    bench.listings.refs.set('refs/tags/v1', 'c'.repeat(40));
    bench.forge.refs.set(1, new Map([['refs/heads/local', 'd'.repeat(40)]]));
    const answer = await test(bench, { url: upstreamUrl });
    expect([answer.status, answer.body]).toEqual([
      200,
      { url: upstreamUrl, branches: 2, tags: 1, default_branch: 'main', project_branches: 1, warnings: [] },
    ]);
  });

  it('takes the whole body of PUT, and stores nothing of it', async () => {
    const bench = httpBench();
    const answer = await test(bench, {
      url: upstreamUrl,
      auth_user: 'bot',
      auth_password: canaryPassword,
      mirror_branch_regex: 'release/.*',
      enabled: false,
    });
    expect(answer.status).toBe(200);
    expect(bench.listings.asked[0]?.credentials?.user).toBe('bot');
    expect(bench.listings.lastPassword).toBe(canaryPassword);
    expect((await bench.store.mirrors({ page: 1, limit: 1 })).total).toBe(0);
    expect(answer.text + bench.log()).not.toContain(canaryPassword);
  });

  it('holds the settings to what saving holds them to', async () => {
    const answer = await test(httpBench(), { url: upstreamUrl, mirror_branch_regex: '(' });
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'mirror_branch_regex']);
  });

  it('uses the stored password while scheme, host, port and user stay, and changes nothing', async () => {
    const bench = httpBench();
    await save(bench, { url: upstreamUrl, auth_user: 'bot', auth_password: canaryPassword });
    const before = await stored(bench);
    await test(bench, {});
    expect(bench.listings.lastPassword).toBe(canaryPassword);
    await test(bench, { url: 'https://upstream.example/group/other.git' });
    expect(bench.listings.lastPassword).toBe(canaryPassword);
    expect(await stored(bench)).toBe(before);
  });

  it.each([
    ['another host', { url: 'https://elsewhere.example/group/project.git' }],
    ['another port', { url: 'https://upstream.example:8443/group/project.git' }],
    ['another user', { auth_user: 'somebody' }],
  ])('never shows the stored password to %s (SEC-04)', async (_what, change) => {
    const bench = httpBench();
    await save(bench, { url: upstreamUrl, auth_user: 'bot', auth_password: canaryPassword });
    expect((await test(bench, change)).status).toBe(200);
    expect(bench.listings.lastPassword).toBeUndefined();
  });

  it('needs an address when there is no mirror yet', async () => {
    const answer = await test(httpBench(), {});
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'url']);
  });

  it.each([
    ['url_blocked', { url: 'http://127.0.0.1/a.git' }, 400],
    ['url_scheme_forbidden', { url: 'file:///etc/passwd' }, 400],
  ])('refuses %s before it connects', async (code, body, status) => {
    const bench = httpBench();
    const answer = await test(bench, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(bench.listings.asked).toEqual([]);
  });

  it('answers the fault of a connection that fails', async () => {
    const bench = httpBench();
    bench.listings.answer = () =>
      Promise.reject(new HeadwaterError('upstream_credentials_refused', { host: 'upstream.example' }));
    const answer = await test(bench, { url: upstreamUrl });
    expect([answer.status, answer.body]).toEqual([
      400,
      {
        code: 'upstream_credentials_refused',
        class: 'credentials',
        message: expect.stringContaining('upstream.example'),
        advice: expect.any(String),
      },
    ]);
  });

  it('warns of an upstream without refs, of credentials in the address, and of a project that cannot be pushed to', async () => {
    const bench = httpBench();
    const project = bench.forge.projects.get(1);
    if (project !== undefined) bench.forge.projects.set(1, { ...project, canPush: false });
    const answer = await test(bench, { url: `https://me:${canaryPassword}@upstream.example/a.git` });
    expect(answer.status).toBe(200);
    expect(answer.body.project_branches).toBeNull();
    expect(answer.body.warnings).toMatchObject([
      { code: 'url_credentials_ignored' },
      { code: 'upstream_empty' },
      { code: 'forge_push_denied' },
    ]);
    expect(answer.text).not.toContain(canaryPassword);
  });

  it('signs in to an ssh upstream with the stored key and the host keys that are given or stored', async () => {
    const bench = httpBench();
    const unsaved = await test(bench, { url: sshUrl, ssh_host_keys: ['ssh-ed25519 server'] });
    expect([unsaved.status, unsaved.body.code]).toEqual([409, 'upstream_ssh_key_unsaved']);
    await save(bench, { url: sshUrl });
    const unconfirmed = await test(bench, {});
    expect([unconfirmed.status, unconfirmed.body.code]).toEqual([400, 'upstream_host_key_unconfirmed']);
    expect(bench.listings.asked).toEqual([]);
    const before = await stored(bench);
    expect((await test(bench, { ssh_host_keys: ['ssh-ed25519 server'] })).status).toBe(200);
    expect(bench.listings.asked[0]?.ssh).toMatchObject({
      keys: [{ publicKey: 'ssh-ed25519 key-2 headwater owner/project' }],
      hostKeys: [{ key: hostKeyNamed('server').key }],
    });
    expect(await stored(bench)).toBe(before);
    const otherUser = await test(bench, { url: 'somebody@upstream.example:group/project.git' });
    expect(otherUser.body.code).toBe('upstream_ssh_key_unsaved');
  });

  it('is no port scanner: ten tests in a minute for each caller, then 429 with the time to wait', async () => {
    const bench = httpBench();
    bench.forge.addToken('second', 'site admin');
    for (let count = 0; count < 10; count += 1) expect((await test(bench, { url: upstreamUrl })).status).toBe(200);
    const refused = await test(bench, { url: upstreamUrl });
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await test(bench, { url: upstreamUrl }, { Authorization: 'token second' })).status).toBe(200);
  });

  it('does four at a time, and gives the place back when a caller leaves', async () => {
    const bench = httpBench();
    const signals: AbortSignal[] = [];
    bench.listings.answer = (_access, signal) => {
      signals.push(signal);
      return new Promise<RefListing>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    };
    const listening = await listen(bench.app, { host: '127.0.0.1', port: 0 });
    try {
      const leaving = new AbortController();
      const ask = (signal?: AbortSignal) =>
        fetch(`${listening.url}${testPath}`, {
          method: 'POST',
          headers: asAdmin,
          body: JSON.stringify({ url: upstreamUrl }),
          ...(signal === undefined ? {} : { signal }),
        }).then(({ status }) => status);
      const left = ask(leaving.signal).catch(() => 'left');
      const waiting = [ask(), ask(), ask()];
      await until(() => signals.length === 4);
      expect(await ask()).toBe(429);
      leaving.abort();
      expect(await left).toBe('left');
      await until(() => signals.some((signal) => signal.aborted));
      bench.listings.answer = null;
      expect(await ask()).toBe(200);
      bench.closing.abort();
      expect(await Promise.all(waiting)).toEqual([503, 503, 503]);
      expect(bench.log()).not.toContain('failed by a bug');
    } finally {
      await listening.close(100);
    }
  });

  it('is for admins of the project with a token that may write', async () => {
    const bench = httpBench();
    bench.forge.addToken('writer', 'write');
    bench.forge.addToken('narrow', 'admin', ['read:repository']);
    expect((await test(bench, { url: upstreamUrl }, { Authorization: 'token writer' })).status).toBe(404);
    expect((await test(bench, { url: upstreamUrl }, { Authorization: 'token narrow' })).status).toBe(403);
    expect(bench.listings.asked).toEqual([]);
  });
});
