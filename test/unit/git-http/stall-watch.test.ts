import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StallWatch } from '../../../src/git-http/stall-watch';
import { until } from '../../support/until';

describe('the stall watch', () => {
  test('strikes once nothing has moved for the time', async () => {
    let stalls = 0;
    const watch = new StallWatch(40, () => (stalls += 1));
    await until(() => stalls > 0);
    await sleep(100);
    watch.stop();
    expect(stalls).toBe(1);
  });

  test('does not strike while something moves', async () => {
    let stalls = 0;
    const watch = new StallWatch(100, () => (stalls += 1));
    for (let i = 0; i < 10; i += 1) {
      await sleep(20);
      watch.touch();
    }
    watch.stop();
    expect(stalls).toBe(0);
  });

  test('does not count the time in which it is our turn', async () => {
    let stalls = 0;
    let theirs = false;
    const watch = new StallWatch(
      40,
      () => (stalls += 1),
      () => theirs,
    );
    await sleep(150);
    expect(stalls).toBe(0);
    theirs = true;
    await until(() => stalls > 0);
    watch.stop();
    expect(stalls).toBe(1);
  });

  test('reads what came while this process stood still before it strikes', async () => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [net.Socket];
    let stalls = 0;
    const watch = new StallWatch(200, () => (stalls += 1));
    client.on('data', () => watch.touch());
    socket.write('x');
    await new Promise(setImmediate);
    // The kernel has it, and nobody of this process can look.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    await sleep(50);
    watch.stop();
    expect(stalls).toBe(0);
    client.destroy();
    socket.destroy();
    server.close();
  });

  test('never strikes after it was stopped', async () => {
    let stalls = 0;
    new StallWatch(10, () => (stalls += 1)).stop();
    await sleep(40);
    expect(stalls).toBe(0);
  });
});
