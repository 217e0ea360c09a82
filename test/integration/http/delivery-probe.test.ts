import { createHmac } from 'node:crypto';
import express from 'express';
import request from 'supertest';
import { Secret } from '../../../src/domain/credentials';
import { createErrorHandler } from '../../../src/http/error-handler';
import { createDeliveryProbe } from '../../../src/http/hooks/delivery-probe';
import { MemoryLogger } from '../../fakes/memory-logger';

const nonce = 'ab'.repeat(16);
const body = '{"ref":"refs/heads/main"}';
const sign = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');

function probe(secrets: readonly string[]): express.Express {
  const app = express();
  app.use('/probe', createDeliveryProbe(secrets.map((secret) => new Secret(secret))));
  app.use(createErrorHandler(new MemoryLogger()));
  return app;
}

describe('the probe for deliveries of the forge', () => {
  const deliver = (app: express.Express, headers: Record<string, string>, to = nonce) =>
    request(app).post(`/probe/${to}`).set('content-type', 'application/json').set(headers).send(body);
  const seen = async (app: express.Express) => (await request(app).get(`/probe/${nonce}`)).body as unknown;

  it('notes one that is signed with any of the secrets', async () => {
    const app = probe(['new', 'old']);
    expect(await seen(app)).toEqual({ seen: false, refused: false, forwarded: 'nobody' });
    expect((await deliver(app, { 'x-gitea-signature': sign('old') })).status).toBe(202);
    expect(await seen(app)).toMatchObject({ seen: true, refused: false });
  });

  it.each([
    ['without a signature', ['secret'], {}, nonce],
    ['with a wrong one', ['secret'], { 'x-gitea-signature': sign('other') }, nonce],
    [
      'with one right and one wrong',
      ['secret'],
      { 'x-gitea-signature': sign('secret'), 'x-forgejo-signature': sign('other') },
      nonce,
    ],
    ['while there is no secret', [], { 'x-gitea-signature': sign('') }, nonce],
    ['for an address that nobody gave out', ['secret'], { 'x-gitea-signature': sign('secret') }, 'x'.repeat(5000)],
  ] as const)('refuses one %s (WH-01)', async (_what, secrets, headers, to) => {
    const app = probe(secrets);
    expect((await deliver(app, headers, to)).status).toBe(401);
    expect(await seen(app)).toMatchObject({ seen: false, refused: to === nonce });
  });

  it('tells whether a proxy that hands requests on is believed', async () => {
    const app = probe(['secret']);
    const forwarded = async () =>
      ((await request(app).get(`/probe/${nonce}`).set('X-Forwarded-For', '203.0.113.7')).body as { forwarded: unknown })
        .forwarded;
    expect(await forwarded()).toBe('not_believed');
    app.set('trust proxy', ['127.0.0.0/8', '::1/128']);
    expect(await forwarded()).toBe('believed');
  });
});
