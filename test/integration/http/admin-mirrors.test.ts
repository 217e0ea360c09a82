import request from 'supertest';
import { buildMirror } from '../../support/builders';
import { asAdmin, httpBench, type HttpBench } from './http-bench';

const path = '/api/v1/admin/mirrors';
const asSiteAdmin = { Authorization: 'token site' };

async function benchOfMirrors(): Promise<HttpBench> {
  const bench = httpBench();
  bench.forge.addToken('site', 'site admin', ['write:repository', 'read:admin']);
  const pause = { reason: 'failures', by: null, at: 1 } as const;
  await bench.store.transaction(async (tx) => {
    await tx.insertMirror(buildMirror({ id: 'one', repoId: 1, createdAt: 1, fullName: 'owner/one' }));
    await tx.insertMirror(buildMirror({ id: 'two', repoId: 2, createdAt: 2, fullName: 'owner/two', pause }));
    const other = { url: 'https://other.example/x.git', fullName: 'group/three' };
    await tx.insertMirror(buildMirror({ id: 'three', repoId: 3, createdAt: 3, enabled: false, ...other }));
  });
  return bench;
}

const get = ({ app }: HttpBench, query = '') => request(app).get(`${path}${query}`).set(asSiteAdmin);
const post = ({ app }: HttpBench, what: string, body: object) =>
  request(app).post(`${path}/${what}`).set(asSiteAdmin).send(body);
const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);

describe('admin/mirrors', () => {
  it('lists all mirrors in pages, and only those that fit', async () => {
    const bench = await benchOfMirrors();
    expect(idsOf((await get(bench)).body)).toEqual(['three', 'two', 'one']);
    const page = await get(bench, '?owner=Owner&page=1&limit=1');
    expect(idsOf(page.body)).toEqual(['two']);
    expect(page.headers['x-total-count']).toBe('2');
    expect(page.headers['link']).toContain(
      '<https://headwater.example/api/v1/admin/mirrors?page=2&limit=1&owner=Owner>; rel="next"',
    );
    expect(idsOf((await get(bench, '?paused=true')).body)).toEqual(['two']);
    expect(idsOf((await get(bench, '?host=OTHER.example')).body)).toEqual(['three']);
    expect(idsOf((await get(bench, '?update_status=none&sync_state=unknown&paused=false')).body)).toHaveLength(2);
  });

  it.each(['?paused=perhaps', '?update_status=x', '?sync_state=x', '?unknown=1', '?limit=0', '?host=a&host=b'])(
    'refuses %s',
    async (query) => {
      const answer = await get(await benchOfMirrors(), query);
      expect([answer.status, answer.body.code]).toEqual([400, 'input_invalid']);
    },
  );

  it('starts runs of all that fit, and says for which it could not', async () => {
    const bench = await benchOfMirrors();
    const answer = await post(bench, 'sync', { all: true });
    expect(answer.body).toEqual({
      done: 2,
      failed: [{ id: 'three', project: 'group/three', error: expect.objectContaining({ code: 'mirror_disabled' }) }],
    });
    expect(bench.queue.waiting).not.toEqual([]);
    expect((await bench.store.mirror('one'))?.status).toBe('scheduled');
    const audit = await bench.store.auditEntries({ repoId: 1 }, { page: 1, limit: 5 });
    expect(audit.items).toMatchObject([{ action: 'run.requested', via: 'token' }]);
  });

  it('pauses and resumes by ids and by filter', async () => {
    const bench = await benchOfMirrors();
    const paused = await post(bench, 'pause', { ids: ['one', 'one', 'nobody'] });
    expect(paused.body).toMatchObject({
      done: 1,
      failed: [{ id: 'nobody', project: null, error: { code: 'mirror_not_found' } }],
    });
    expect((await bench.store.mirror('one'))?.pause).toMatchObject({ reason: 'person' });
    expect((await post(bench, 'resume', { paused: true })).body).toEqual({ done: 2, failed: [] });
    expect((await bench.store.mirrors({ page: 1, limit: 9 }, { paused: true })).total).toBe(0);
  });

  it.each([{}, { ids: ['one'], all: true }, { ids: [] }, { all: false }, { ids: ['one'], owner: 'x' }])(
    'does nothing when it is not clear who is meant: %j',
    async (body) => {
      const bench = await benchOfMirrors();
      const answer = await post(bench, 'pause', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'input_invalid']);
      expect((await bench.store.mirror('one'))?.pause).toBeNull();
    },
  );

  it('is for site admins', async () => {
    const { app } = await benchOfMirrors();
    expect((await request(app).get(path).set(asAdmin)).body.code).toBe('site_admin_needed');
    expect((await request(app).post(`${path}/pause`).set(asAdmin).send({ all: true })).status).toBe(403);
  });
});
