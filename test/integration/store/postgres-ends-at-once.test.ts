import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openStore } from '../../../src/adapters/store/open-store';

/** A message of PostgreSQL's protocol, version 3. */
function message(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const signedIn = message('R', Buffer.alloc(4));
const ready = message('Z', 'I');
const ending = message('E', 'SFATAL\0', 'C57P01\0', 'Mterminating connection due to administrator command\0', '\0');

describe('a database that ends a connection in the moment in which it gives it', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([signedIn, ready, ending])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is one that does not answer, and no end of the process', async () => {
    const { port } = server.address() as AddressInfo;
    const opened = openStore({ databaseUrl: `postgresql://tester@127.0.0.1:${port}/headwater`, file: '' });
    await expect(opened).rejects.toMatchObject({ code: 'store_unavailable' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
});
