import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../../src/domain/errors';
import { noCounts } from '../../../src/domain/run';
import { listen, type Listening } from '../../../src/http/listen';
import { buildMirror, buildRun } from '../../support/builders';
import { asAdmin, httpBench, mirrorPath, type HttpBench } from './http-bench';

interface Event {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** An event-stream client that keeps what it was told. */
class Watcher {
  text = '';
  ended = false;
  constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (this.text += chunk));
    response.on('error', () => undefined);
    response.on('close', () => (this.ended = true));
  }

  get events(): Event[] {
    return [...this.text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)].map(([, event, data]) => ({
      event: event ?? '',
      data: JSON.parse(data ?? '') as Record<string, unknown>,
    }));
  }

  async until(condition: () => boolean): Promise<void> {
    for (let waited = 0; !condition(); waited += 5) {
      if (waited > 5000) throw new Error(`waited in vain; was told: ${this.text}`);
      await delay(5);
    }
  }
}

let server: Listening | undefined;

async function watch(bench: HttpBench): Promise<Watcher> {
  server ??= await listen(bench.app, { host: '127.0.0.1', port: 0 });
  const request = get(`${server.url}${mirrorPath}/events`, { headers: asAdmin });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const watcher = new Watcher(response);
  await watcher.until(() => watcher.events.length > 0 || watcher.ended);
  return watcher;
}

async function benchWithMirror(heartbeatMs = 60_000): Promise<HttpBench> {
  const bench = httpBench({ heartbeatMs });
  await bench.store.transaction((tx) => tx.insertMirror(buildMirror()));
  return bench;
}

/** How many listen for the mirror's notices. */
function countListeners(bench: HttpBench): { now: number } {
  const count = { now: 0 };
  const subscribe = bench.notices.subscribe.bind(bench.notices);
  bench.notices.subscribe = async (mirrorId, listener) => {
    const unsubscribe = await subscribe(mirrorId, listener);
    count.now += 1;
    return () => {
      count.now -= 1;
      unsubscribe();
    };
  };
  return count;
}

afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

describe('GET events', () => {
  it('tells the state first, then runs and progress as they happen', async () => {
    const bench = await benchWithMirror();
    const watcher = await watch(bench);
    expect(watcher.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(watcher.response.headers['cache-control']).toBe('no-store');
    expect(watcher.events).toMatchObject([{ event: 'state', data: { id: 'mirror-1', update_status: 'none' } }]);

    const run = buildRun({ status: 'running' });
    await bench.store.transaction(async (tx) => {
      await tx.insertRun(run);
      await tx.saveMirror(buildMirror({ status: 'started', activeRunId: run.id }));
    });
    bench.notices.publish('mirror-1', { type: 'run.started', runId: run.id });
    const progress = { phase: 'receiving', done: 3, total: 9, bytes: 512 } as const;
    bench.notices.publish('mirror-1', { type: 'run.progressed', runId: run.id, ...progress });
    await watcher.until(() => watcher.events.length === 4);
    expect(watcher.events.slice(1)).toMatchObject([
      { event: 'run', data: { id: run.id, status: 'running' } },
      { event: 'state', data: { update_status: 'started', active_run: { id: run.id } } },
      { event: 'progress', data: { run_id: run.id, ...progress } },
    ]);

    const error = fault('upstream_not_found', { host: 'upstream.example' });
    await bench.store.transaction(async (tx) => {
      await tx.saveRun({ ...run, status: 'failed', error });
      await tx.saveMirror(buildMirror({ status: 'failed', lastError: error }));
    });
    bench.notices.publish('mirror-1', { type: 'run.failed', runId: run.id, error });
    await watcher.until(() => watcher.events.length === 6);
    expect(watcher.events.slice(4)).toMatchObject([
      { event: 'run', data: { status: 'failed', error: { code: 'upstream_not_found' } } },
      { event: 'state', data: { update_status: 'failed', active_run: null } },
    ]);
  });

  it('makes up for a lost notice with the next heartbeat', async () => {
    const bench = await benchWithMirror(20);
    const watcher = await watch(bench);
    await bench.store.transaction((tx) => tx.saveMirror(buildMirror({ status: 'finished', lastCounts: noCounts })));
    await watcher.until(() => watcher.events.length === 2);
    expect(watcher.events[1]).toMatchObject({ event: 'state', data: { update_status: 'finished' } });
    expect(watcher.text).toContain(': still here\n\n');
    await delay(100);
    expect(watcher.events).toHaveLength(2);
  });

  it('ends when the mirror is removed', async () => {
    const bench = await benchWithMirror();
    const listeners = countListeners(bench);
    const watcher = await watch(bench);
    await watcher.until(() => listeners.now === 1);
    bench.notices.publish('mirror-1', { type: 'mirror.removed' });
    await watcher.until(() => watcher.ended);
    expect(watcher.response.complete).toBe(true);
    expect(listeners.now).toBe(0);
  });

  it('ends when the right to see the project is gone, and outlives a forge that is down', async () => {
    const bench = await benchWithMirror(20);
    const watcher = await watch(bench);
    bench.forge.down = true;
    await delay(100);
    expect(watcher.ended).toBe(false);
    bench.forge.down = false;
    bench.forge.addToken(asAdmin.Authorization.slice('token '.length), 'read');
    await watcher.until(() => watcher.ended);
  });

  it('lets go of everything when the client goes away', async () => {
    const bench = await benchWithMirror();
    const listeners = countListeners(bench);
    const aborted = bench.closing.signal;
    const remove = jest.spyOn(aborted, 'removeEventListener');
    const watcher = await watch(bench);
    await watcher.until(() => listeners.now === 1);
    watcher.response.destroy();
    await watcher.until(() => listeners.now === 0);
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it('ends cleanly when the server closes, with several who watch', async () => {
    const bench = await benchWithMirror();
    const watchers = [await watch(bench), await watch(bench)];
    bench.closing.abort();
    const started = performance.now();
    await server?.close(30_000);
    expect(performance.now() - started).toBeLessThan(25_000);
    for (const watcher of watchers) {
      await watcher.until(() => watcher.ended);
      expect(watcher.response.complete).toBe(true);
    }
  });

  it('drops progress for a client that does not keep up, and never its state', async () => {
    const bench = await benchWithMirror();
    const watcher = await watch(bench);
    watcher.response.pause();
    const progressed = (done: number) =>
      bench.notices.publish('mirror-1', {
        type: 'run.progressed',
        runId: 'x'.repeat(2000),
        phase: 'receiving',
        done,
        total: 9,
        bytes: 1,
      });
    for (let done = 0; done < 20_000; done += 1) progressed(done);
    await delay(500);
    await bench.store.transaction((tx) => tx.saveMirror(buildMirror({ failures: 3 })));
    bench.notices.publish('mirror-1', { type: 'run.finished', runId: 'run-1', counts: noCounts });
    watcher.response.resume();
    await watcher.until(() => watcher.events.at(-1)?.data['failures'] === 3);
    const received = watcher.events.filter((each) => each.event === 'progress').length;
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(20_000);
  });
});

describe('listen', () => {
  it('says which setting is wrong when the address is taken', async () => {
    const bench = httpBench();
    server = await listen(bench.app, { host: '127.0.0.1', port: 0 });
    const port = Number(new URL(server.url).port);
    await expect(listen(bench.app, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'config_invalid',
      fieldFaults: [{ field: 'HEADWATER_LISTEN', message: `is taken by another program (127.0.0.1:${port})` }],
    });
  });

  it('names an IPv6 address with brackets', async () => {
    server = await listen(httpBench().app, { host: '::1', port: 0 });
    expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  });
});
