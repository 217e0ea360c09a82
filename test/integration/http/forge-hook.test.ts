import { createHmac } from 'node:crypto';
import request from 'supertest';
import { Secret } from '../../../src/domain/credentials';
import { forgeHookSecret, httpBench } from './http-bench';

const path = '/hooks/forge';
const body = JSON.stringify({ action: 'deleted', repository: { id: 1, full_name: 'a/b' }, sender: { login: 'ann' } });
const sign = (text: string, secret = forgeHookSecret) => createHmac('sha256', secret).update(text).digest('hex');
const good = { 'X-Gitea-Event': 'repository', 'X-Gitea-Signature': sign(body) };

describe("The forge's webhook", () => {
  const send = (headers: Record<string, string>, text = body, bench = httpBench()) =>
    request(bench.app).post(path).set('Content-Type', 'application/json').set(headers).send(text);

  it.each([
    ["Gitea's header", { 'X-Gitea-Signature': sign(body) }],
    ["Forgejo's headers", { 'X-Gitea-Signature': sign(body), 'X-Forgejo-Signature': sign(body) }],
    ["GitHub's header", { 'X-Hub-Signature-256': `sha256=${sign(body)}` }],
  ])('takes a delivery with %s as a hint', async (_, headers) => {
    const bench = httpBench();
    const answer = await send({ 'X-Gitea-Event': 'repository', ...headers }, body, bench);
    expect([answer.status, answer.body]).toEqual([202, { status: 'accepted' }]);
    expect(bench.hints).toEqual([{ repoId: 1, isDeletion: true, sender: 'ann', refs: [] }]);
  });

  it.each([
    ['a push', { ref: 'refs/heads/a/b' }, 'refs/heads/a/b'],
    ['a branch that is made', { ref: 'a/b', ref_type: 'branch' }, 'refs/heads/a/b'],
    ['a tag that is deleted', { ref: 'v1', ref_type: 'tag' }, 'refs/tags/v1'],
  ])('takes from %s which ref it was', async (_, fields, ref) => {
    const bench = httpBench();
    const text = JSON.stringify({ ...fields, repository: { id: 1 }, sender: { login: 'ann' } });
    await send({ 'X-Gitea-Event': 'push', 'X-Gitea-Signature': sign(text) }, text, bench);
    expect(bench.hints).toEqual([{ repoId: 1, isDeletion: false, sender: 'ann', refs: [ref] }]);
  });

  it.each([
    ['no signature', {}, body],
    ['an empty signature', { 'X-Gitea-Signature': '' }, body],
    ['another secret', { 'X-Gitea-Signature': sign(body, 'other') }, body],
    ['an empty secret', { 'X-Gitea-Signature': sign(body, ' ') }, body],
    ['a prefix that does not belong', { 'X-Gitea-Signature': `sha256=${sign(body)}` }, body],
    ['capital letters', { 'X-Gitea-Signature': sign(body).toUpperCase() }, body],
    ['one of two wrong', { 'X-Gitea-Signature': sign(body), 'X-Forgejo-Signature': sign(`${body} `) }, body],
    ['one byte changed', { 'X-Gitea-Signature': sign(body) }, body.replace('ann', 'eve')],
    ['JSON written anew', { 'X-Gitea-Signature': sign(body) }, JSON.stringify(JSON.parse(body), null, 1)],
    ['one character short', { 'X-Gitea-Signature': sign(body).slice(1) }, body],
    ['the secret itself', { 'X-Gitlab-Token': forgeHookSecret }, body],
    ['the secret as a bearer', { Authorization: `Bearer ${forgeHookSecret}` }, body],
  ])('WH-01: refuses %s, and follows nothing', async (_, headers, text) => {
    const bench = httpBench();
    const answer = await send(headers, text, bench);
    expect([answer.status, answer.body.code]).toEqual([401, 'delivery_refused']);
    expect(bench.hints).toEqual([]);
  });

  it('WH-01: refuses everything while no secret is set', async () => {
    const bench = httpBench({ webhookSecrets: [] });
    expect((await send(good, body, bench)).status).toBe(401);
    expect((await send({ ...good, 'X-Gitea-Signature': sign(body, '') }, body, bench)).status).toBe(401);
  });

  it('WH-03: takes an old and a new secret while both are set', async () => {
    const both = { webhookSecrets: [new Secret('new one'), new Secret(forgeHookSecret)] };
    expect((await send(good, body, httpBench(both))).status).toBe(202);
    expect((await send({ 'X-Gitea-Signature': sign(body, 'new one') }, body, httpBench(both))).status).toBe(202);
    const after = httpBench({ webhookSecrets: [new Secret('new one')] });
    expect((await send(good, body, after)).status).toBe(401);
  });

  it('WH-04: refuses a body that is too large, and ignores what it cannot read', async () => {
    const large = 'x'.repeat(1_100_000);
    expect((await send({ 'X-Gitea-Signature': sign(large) }, large)).status).toBe(413);
    for (const text of ['', '[]', '{"repository":{"id":"1"}}', `${'['.repeat(5000)}`]) {
      const bench = httpBench();
      const answer = await send({ 'X-Gitea-Signature': sign(text) }, text, bench);
      expect([answer.status, answer.body, bench.hints]).toEqual([202, { status: 'ignored' }, []]);
    }
  });
});
