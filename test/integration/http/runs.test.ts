import request from 'supertest';
import { fault } from '../../../src/domain/errors';
import { noCounts, type RefOutcome } from '../../../src/domain/run';
import { buildMirror, buildRun } from '../../support/builders';
import { asAdmin, httpBench, mirrorPath, type HttpBench } from './http-bench';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);

/** A mirror with `count` runs, the newest numbered highest. */
async function benchWithRuns(count: number): Promise<HttpBench> {
  const bench = httpBench();
  await bench.store.transaction(async (tx) => {
    await tx.insertMirror(buildMirror());
    for (let number = 1; number <= count; number += 1)
      await tx.insertRun(buildRun({ id: `run-${number}`, queuedAt: start + number * minute }));
  });
  return bench;
}

describe('GET runs', () => {
  it('lists the newest first with the total and links as Gitea sends them', async () => {
    const { app } = await benchWithRuns(5);
    const answer = await request(app).get(`${mirrorPath}/runs?page=2&limit=2`).set(asAdmin);
    expect(answer.status).toBe(200);
    expect((answer.body as { id: string }[]).map((run) => run.id)).toEqual(['run-3', 'run-2']);
    expect(answer.headers['x-total-count']).toBe('5');
    const at = `https://headwater.example${mirrorPath}/runs`;
    expect(answer.headers['link']).toBe(
      [
        `<${at}?page=3&limit=2>; rel="next"`,
        `<${at}?page=3&limit=2>; rel="last"`,
        `<${at}?page=1&limit=2>; rel="first"`,
        `<${at}?page=1&limit=2>; rel="prev"`,
      ].join(','),
    );
  });

  it('sends no links when everything fits, and an empty list without runs', async () => {
    const { app } = await benchWithRuns(0);
    const answer = await request(app).get(`${mirrorPath}/runs`).set(asAdmin);
    expect([answer.status, answer.body, answer.headers['x-total-count']]).toEqual([200, [], '0']);
    expect(answer.headers['link']).toBeUndefined();
  });

  it.each(['page=0', 'page=x', 'limit=0', 'limit=101', 'limit=-1', 'page=1&page=2', 'per_page=5', 'page=1e3'])(
    'refuses the query %s',
    async (query) => {
      const { app } = await benchWithRuns(1);
      const answer = await request(app).get(`${mirrorPath}/runs?${query}`).set(asAdmin);
      expect([answer.status, answer.body.code]).toEqual([400, 'input_invalid']);
      expect(answer.body.errors).toHaveLength(1);
    },
  );

  it('is a 404 without a mirror', async () => {
    const { app } = httpBench();
    const answer = await request(app).get(`${mirrorPath}/runs`).set(asAdmin);
    expect([answer.status, answer.body.code]).toEqual([404, 'mirror_not_found']);
  });
});

describe('GET runs/{id}', () => {
  const outcomes: RefOutcome[] = [
    { ref: 'refs/heads/main', oldOid: null, newOid: 'a'.repeat(40), action: 'created', reason: null },
    {
      ref: 'refs/heads/<img src=x>',
      oldOid: 'b'.repeat(40),
      newOid: 'c'.repeat(40),
      action: 'diverged',
      reason: fault('moved_in_forge', { ref: 'refs/heads/docs' }),
    },
  ];

  it('RES-04: tells what became of each ref, page by page', async () => {
    const { app, store } = await benchWithRuns(1);
    await store.transaction(async (tx) => {
      await tx.insertRunOutcomes('run-1', outcomes);
      await tx.saveRun(
        buildRun({
          id: 'run-1',
          status: 'finished',
          startedAt: start + minute,
          finishedAt: start + 2 * minute,
          counts: { ...noCounts, created: 1, diverged: 1 },
          receivedBytes: 10,
          sentBytes: 20,
        }),
      );
    });
    const answer = await request(app).get(`${mirrorPath}/runs/run-1`).set(asAdmin);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.body).toEqual({
      id: 'run-1',
      cause: 'manual',
      status: 'finished',
      queued_at: '2026-01-01T00:00:00.000Z',
      started_at: '2026-01-01T00:01:00.000Z',
      finished_at: '2026-01-01T00:02:00.000Z',
      error: null,
      complete: false,
      counts: {
        created: 1,
        fast_forwarded: 0,
        forced: 0,
        deleted: 0,
        unchanged: 0,
        skipped: 0,
        diverged: 1,
        rejected: 0,
      },
      received_bytes: 10,
      sent_bytes: 20,
      refs: [
        { ref: 'refs/heads/main', old: null, new: 'a'.repeat(40), action: 'created', reason: null },
        {
          ref: 'refs/heads/<img src=x>',
          old: 'b'.repeat(40),
          new: 'c'.repeat(40),
          action: 'diverged',
          reason: {
            code: 'moved_in_forge',
            class: 'difference',
            message: expect.any(String),
            advice: expect.any(String),
          },
        },
      ],
    });
    const second = await request(app).get(`${mirrorPath}/runs/run-1?limit=1&page=2`).set(asAdmin);
    expect((second.body.refs as { ref: string }[]).map((entry) => entry.ref)).toEqual(['refs/heads/<img src=x>']);
    expect(second.headers['x-total-count']).toBe('2');
  });

  it.each(['run-2', 'run-1%27%20OR%201=1', 'other-run', 'x'.repeat(65)])('knows no run %s', async (id) => {
    const { app, store } = await benchWithRuns(1);
    await store.transaction(async (tx) => {
      await tx.insertMirror(buildMirror({ id: 'mirror-2', repoId: 2 }));
      await tx.insertRun(buildRun({ id: 'other-run', mirrorId: 'mirror-2' }));
    });
    const answer = await request(app).get(`${mirrorPath}/runs/${id}`).set(asAdmin);
    expect([answer.status, answer.body.code]).toEqual([404, 'run_not_found']);
  });
});
