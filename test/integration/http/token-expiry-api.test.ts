import request from 'supertest';
import { asAdmin, canaryPassword, httpBench, mirrorPath, upstreamUrl } from './http-bench';

describe('the end of a token in the API', () => {
  const bench = () => {
    const { app } = httpBench();
    return (body: object) => request(app).put(mirrorPath).set(asAdmin).send(body);
  };
  const token = { url: upstreamUrl, auth_user: 'bot', auth_password: canaryPassword };

  it('can be told by a person, as a time or as a day, and is warned of', async () => {
    const put = bench();
    const day = await put({ ...token, token_expires_at: '2020-05-01' });
    expect(day.body).toMatchObject({
      token_expires_at: '2020-05-01T00:00:00.000Z',
      token_warning: { code: 'upstream_token_expired', class: 'credentials' },
    });
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    const time = await put({ token_expires_at: soon });
    expect(time.body).toMatchObject({ token_expires_at: soon, token_warning: { code: 'upstream_token_expiring' } });
    const unknown = await put({ token_expires_at: null });
    expect(unknown.body).toMatchObject({ token_expires_at: null, token_warning: null });
  });

  it('starts no run, and is nothing without a token', async () => {
    const put = bench();
    const { body } = await put(token);
    expect((await put({ token_expires_at: '2099-01-01' })).body.active_run.id).toBe(body.active_run.id);
    expect((await put({ auth_password: null, token_expires_at: '2099-01-01' })).body.token_expires_at).toBeNull();
  });

  it.each(['soon', '2027-02-30', '01.05.2027', '2027-01-01T00:00:00', 1_900_000_000, ''])('refuses %j', async (at) => {
    const put = bench();
    await put(token);
    const answer = await put({ token_expires_at: at });
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, 'token_expires_at']);
  });
});
