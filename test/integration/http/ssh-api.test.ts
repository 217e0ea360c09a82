import request from 'supertest';
import { hostKeyNamed } from '../../fakes/fake-ssh';
import { asAdmin, httpBench, mirrorPath, upstreamUrl } from './http-bench';

const sshUrl = 'git@upstream.example:group/project.git';

describe('an ssh upstream in the API', () => {
  const bench = async () => {
    const made = httpBench();
    const put = (body: object) => request(made.app).put(mirrorPath).set(asAdmin).send(body);
    const post = (path: string, body: object = {}) =>
      request(made.app)
        .post(mirrorPath + path)
        .set(asAdmin)
        .send(body);
    return { ...made, put, post, created: await put({ url: sshUrl }) };
  };

  it('SEC-06: shows the normalised address and the public key, and never the private one', async () => {
    const { app, created, log } = await bench();
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      url: 'ssh://git@upstream.example/group/project.git',
      ssh_public_key: 'ssh-ed25519 key-1 headwater owner/project',
      ssh_key_type: 'ed25519',
      ssh_host_keys: [],
    });
    const shown = await request(app).get(mirrorPath).set(asAdmin);
    expect(created.text + shown.text + log()).not.toContain('private-1');
  });

  it('SEC-07: detects host keys without trusting them, and confirms one by its fingerprint', async () => {
    const { post, put } = await bench();
    const { fingerprint, type, key } = hostKeyNamed('server');
    const detected = await post('/host_keys');
    expect([detected.status, detected.body]).toEqual([200, [{ type, fingerprint_sha256: fingerprint, key }]]);
    const confirmed = await put({ ssh_host_keys: [fingerprint] });
    expect(confirmed.body.ssh_host_keys).toEqual([
      {
        type,
        fingerprint_sha256: fingerprint,
        key,
        confirmed_at: '2026-01-01T00:00:00.000Z',
        confirmed_by: expect.any(String),
      },
    ]);
    expect(confirmed.body.ssh_seen_host_keys).toEqual([]);
  });

  it('accepts a host key that was seen with one call, and starts a run', async () => {
    const { post, queue } = await bench();
    const { fingerprint } = hostKeyNamed('server');
    expect((await post('/host_keys/accept', { fingerprint })).status).toBe(400);
    await post('/host_keys');
    const waiting = queue.waiting.length;
    const accepted = await post('/host_keys/accept', { fingerprint });
    expect([accepted.status, accepted.body.ssh_host_keys.length]).toEqual([200, 1]);
    expect(queue.waiting.length).toBe(waiting + 1);
  });

  it('makes a new key beside the old one', async () => {
    const { post } = await bench();
    const rotated = await post('/ssh_key', { ssh_key_type: 'rsa' });
    expect([rotated.status, rotated.body]).toMatchObject([
      201,
      {
        ssh_public_key: 'ssh-rsa key-2 headwater owner/project',
        ssh_previous_public_key: 'ssh-ed25519 key-1 headwater owner/project',
      },
    ]);
  });

  it.each(['/host_keys', '/host_keys/accept', '/ssh_key'])('has no %s for an http address', async (path) => {
    const { put, post } = await bench();
    await put({ url: upstreamUrl });
    const body = path.endsWith('accept') ? { fingerprint: 'SHA256:x' } : {};
    expect((await post(path, body)).body).toMatchObject({ code: 'mirror_not_ssh' });
  });

  it.each(['/host_keys', '/host_keys/accept', '/ssh_key'])('keeps %s from those who may not', async (path) => {
    const { app } = await bench();
    expect(
      (
        await request(app)
          .post(mirrorPath + path)
          .send({})
      ).status,
    ).toBe(401);
  });

  it.each([
    [{ ssh_key_type: 'dsa' }, 'ssh_key_type'],
    [{ ssh_host_keys: ['nonsense'] }, 'ssh_host_keys.0'],
    [{ ssh_host_keys: 'SHA256:x' }, 'ssh_host_keys'],
    [{ auth_password: 'x' }, 'auth_password'],
  ])('refuses %j by name', async (body, field) => {
    const { put } = await bench();
    const answer = await put(body);
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
  });
});
