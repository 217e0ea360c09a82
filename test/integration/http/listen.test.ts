import { once } from 'node:events';
import net from 'node:net';
import { listen } from '../../../src/http/listen';

describe('a server that closes', () => {
  it('does not wait for a connection that never carried a request', async () => {
    const listening = await listen((_request, response) => response.end('ok'), { host: '127.0.0.1', port: 0 });
    const unused = net.connect(Number(new URL(listening.url).port), '127.0.0.1');
    await once(unused, 'connect');
    await (await fetch(listening.url)).text();
    const ended = once(unused, 'close');
    const begun = performance.now();
    await listening.close(10_000);
    await ended;
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('lets a request under way end', async () => {
    let answer = () => {};
    const listening = await listen((_request, response) => (answer = () => void response.end('late')), {
      host: '127.0.0.1',
      port: 0,
    });
    const asked = fetch(listening.url).then((response) => response.text());
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closing = listening.close(10_000);
    answer();
    expect(await asked).toBe('late');
    await closing;
  });
});
