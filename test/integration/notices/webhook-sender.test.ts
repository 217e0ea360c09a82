import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { createWebhookSender } from '../../../src/adapters/webhooks/create-webhook-sender';
import { Secret } from '../../../src/domain/credentials';
import { createAddressPolicy } from '../../../src/git-http/address-policy';

const secret = (byte: number) => new Secret(`whsec_${Buffer.alloc(32, byte).toString('base64')}`);
const signal = new AbortController().signal;

describe('the sender of webhooks', () => {
  const open: { server: Server; close: () => void }[] = [];
  const listen = async (handler: RequestListener): Promise<string> => {
    const server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ server, close: () => server.closeAllConnections() });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=1`;
  };
  const sender = (options: { allowed?: string[]; timeoutMs?: number } = {}) => {
    const made = createWebhookSender({
      policy: createAddressPolicy(options.allowed ?? ['127.0.0.1']),
      timeoutMs: options.timeoutMs,
    });
    senders.push(made);
    return made;
  };
  const senders: { close(): void }[] = [];
  afterEach(async () => {
    for (const one of senders.splice(0)) one.close();
    for (const { server, close } of open.splice(0)) {
      close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  const message = (url: string) => ({
    url,
    id: 'msg-1',
    at: Date.now(),
    body: '{"type":"mirror.updated","ü":1}',
    secrets: [secret(1)],
  });

  it('signs as Standard Webhooks says, with every secret', async () => {
    const received: { body: string; headers: Record<string, string>; url: string }[] = [];
    const url = await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        received.push({ body: Buffer.concat(chunks).toString(), headers, url: request.url ?? '' });
        response.writeHead(204).end();
      });
    });
    const sent = { ...message(url), secrets: [secret(1), secret(2)] };
    expect(await sender().send(sent, signal)).toEqual({ status: 204 });
    const [{ body, headers, url: path } = { body: '', headers: {}, url: '' }] = received;
    expect([body, path, headers['content-type'], headers['webhook-id']]).toEqual([
      ...[sent.body, '/hook?key=1', 'application/json', 'msg-1'],
    ]);
    for (const one of sent.secrets)
      expect(new Webhook(one.reveal()).verify(body, headers)).toMatchObject({ type: 'mirror.updated' });
    expect(() => new Webhook(secret(3).reveal()).verify(body, headers)).toThrow();
    expect(() => new Webhook(secret(1).reveal()).verify(`${body} `, headers)).toThrow();
  });

  it('answers the status, follows no redirect and reads no body', async () => {
    let followed = 0;
    const target = await listen((_request, response) => {
      followed += 1;
      response.end();
    });
    const redirecting = await listen((_request, response) => response.writeHead(302, { location: target }).end());
    expect(await sender().send(message(redirecting), signal)).toEqual({ status: 302 });
    expect(followed).toBe(0);
    let written = 0;
    const endless = await listen((_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 1;
      };
      response.on('drain', write);
      write();
    });
    expect(await sender().send(message(endless), signal)).toEqual({ status: 200 });
    expect(written).toBeLessThan(200);
  });

  it('gives up on a receiver that does not answer in time, and says so', async () => {
    const url = await listen(() => undefined);
    await expect(sender({ timeoutMs: 100 }).send(message(url), signal)).rejects.toMatchObject({
      code: 'notify_unreachable',
      message: expect.stringContaining('no answer within 0.1 seconds'),
    });
    const stopped = new AbortController();
    const sending = sender().send(message(url), stopped.signal);
    stopped.abort();
    await expect(sending).rejects.toMatchObject({ code: 'notify_unreachable' });
  });

  it('says why nobody can be reached, without the address’s path or query', async () => {
    const url = await listen(() => undefined);
    const [listening] = open.splice(0);
    await new Promise((resolve) => listening?.server.close(resolve));
    const told = await sender()
      .send(message(url), signal)
      .catch((thrown: unknown) => thrown as Error);
    expect(told).toMatchObject({ code: 'notify_unreachable', message: expect.stringContaining('ECONNREFUSED') });
    expect((told as Error).message).not.toContain('key=1');
  });

  it.each([
    ['http://127.0.0.1:PORT/', []],
    ['http://localhost:PORT/', []],
    ['http://[::1]:PORT/', []],
    ['http://[::ffff:127.0.0.1]:PORT/', []],
    ['http://0x7f.1:PORT/', []],
    ['http://169.254.169.254/latest/meta-data/', []],
    ['http://127.0.0.1:PORT/', ['127.0.0.1:1']],
  ])('connects to no forbidden address: %s with %j allowed (SSRF-01)', async (address, allowed) => {
    let reached = 0;
    const url = await listen((_request, response) => {
      reached += 1;
      response.end();
    });
    const target = address.replace('PORT', new URL(url).port);
    await expect(sender({ allowed }).send(message(target), signal)).rejects.toMatchObject({ code: 'notify_blocked' });
    expect(reached).toBe(0);
  });
});
