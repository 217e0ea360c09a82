import request from 'supertest';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

describe('pausing in the API', () => {
  const bench = async () => {
    const made = httpBench();
    const post = (path: string) =>
      request(made.app)
        .post(mirrorPath + path)
        .set(asAdmin)
        .send({});
    await request(made.app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    return { ...made, post };
  };

  it('says why, by whom and since when, and refuses "Update now" until the mirror is resumed', async () => {
    const { post, queue } = await bench();
    const paused = await post('/pause');
    expect([paused.status, paused.body]).toMatchObject([
      200,
      {
        paused: true,
        paused_reason: 'person',
        paused_by: expect.stringMatching(/./),
        paused_at: '2026-01-01T00:00:00.000Z',
        next_update_at: null,
        active_run: null,
      },
    ]);
    const asked = await post('');
    expect([asked.status, asked.body.code]).toEqual([409, 'mirror_paused']);
    queue.lose();
    const resumed = await post('/resume');
    expect([resumed.status, resumed.body]).toMatchObject([
      200,
      { paused: false, paused_reason: null, paused_by: null, paused_at: null, active_run: { cause: 'manual' } },
    ]);
    expect(queue.waiting).toHaveLength(1);
  });

  it('stops the run under way, which the history tells', async () => {
    const { app, post } = await bench();
    const stopped = await post('/stop');
    expect([stopped.status, stopped.body]).toMatchObject([
      200,
      { active_run: null, paused: false, update_status: 'none' },
    ]);
    const runs = await request(app).get(`${mirrorPath}/runs`).set(asAdmin);
    expect(runs.body[0]).toMatchObject({ status: 'failed', error: { code: 'run_stopped' } });
  });

  it.each(['/pause', '/resume', '/stop'])('%s needs a mirror', async (path) => {
    const { app } = httpBench();
    const answer = await request(app)
      .post(mirrorPath + path)
      .set(asAdmin)
      .send({});
    expect([answer.status, answer.body.code]).toEqual([404, 'mirror_not_found']);
  });
});
