import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createRequester, type HttpRequester } from '../../../src/git-http/requester';

/** As of Apache and Node, ms. */
const serversPatienceMs = 5_000;

describe('pooled connections', () => {
  let server: Server;
  let requester: HttpRequester;
  const connections: Socket[] = [];
  beforeEach(async () => {
    connections.length = 0;
    server = createServer({ keepAliveTimeout: serversPatienceMs }, (request, response) => {
      const delayMs = request.url === '/slow' ? 2_600 : 0;
      setTimeout(() => response.end('answer'), delayMs);
    });
    server.on('connection', (socket) => connections.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    requester = createRequester();
  });
  afterEach(async () => {
    requester.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const get = async (path: string): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    const request = requester.request({ url: new URL(`http://127.0.0.1:${port}${path}`), method: 'GET', headers: {} });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return (await response.toArray()).join('');
  };

  it('serve one request after another', async () => {
    await get('/');
    await get('/');
    expect(connections.length).toBe(1);
  });

  // A request that crosses with the server's closing would be lost, and with it an update.
  it('are given up while the server still keeps them', async () => {
    await get('/');
    const began = performance.now();
    await once(connections[0] ?? server, 'close');
    expect(performance.now() - began).toBeLessThan(serversPatienceMs - 1_000);
    await get('/');
    expect(connections.length).toBe(2);
  });

  it('wait for an answer as long as it takes', async () => {
    expect(await get('/slow')).toBe('answer');
  });
});
