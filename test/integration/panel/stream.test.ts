import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { LiveState } from '../../../src/panel/wire/live-state';
import { panelBench, panelPath, type PanelBench } from '../../support/panel-bench';
import { until } from '../../support/until';

const never = 1_000_000_000;
const finished = { status: 'finished', activeRunId: null, lastSuccessAt: 1, lastFinishedAt: 1 } as const;
const proof = { behind: 0, diverged: [], divergedTotal: 0, inSyncAt: 1 };

/** A mirror whose update, or preview, ends when it is told to. */
async function underWay(cause: 'clock' | 'plan', bench: PanelBench): Promise<() => Promise<void>> {
  const running = { lastSuccessAt: 1, status: 'started', activeRunId: 'run-1' } as const;
  const mirror = await bench.put(running, [{ cause, status: 'running', startedAt: 1 }]);
  return () =>
    bench.store.transaction(async (tx) => {
      const run = await tx.run('run-1');
      if (run !== null) await tx.saveRun({ ...run, status: 'finished', finishedAt: 2 });
      await tx.saveMirror({ ...mirror, ...finished, proof });
    });
}

describe('the stream of a page', () => {
  let server: Server | undefined;
  let ending = new AbortController();
  afterEach(async () => {
    ending.abort();
    ending = new AbortController();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve) ?? resolve(null));
    server = undefined;
  });

  /** What the stream has told so far. `idle`: whether the client keeps up. */
  const listen = async (bench: PanelBench, idle = () => true) => {
    const app = express();
    app.use((_request, response, next) => {
      Object.defineProperty(response, 'writableNeedDrain', { get: () => !idle() });
      next();
    });
    app.use(bench.app);
    server = createServer(app as RequestListener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${panelPath}/events`, { signal: ending.signal });
    let text = '';
    void (async () => {
      for await (const chunk of answer.body ?? []) text += new TextDecoder().decode(chunk as Uint8Array);
    })().catch(() => undefined);
    return () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as LiveState);
  };
  const stateNow = async (bench: PanelBench) => ((await bench.get('/state').expect(200)).body as LiveState).state;

  it('tells what changed before it was subscribed to the news', async () => {
    const bench = panelBench({ heartbeatMs: never });
    const finish = await underWay('clock', bench);
    const { subscribe } = bench.notices;
    bench.notices.subscribe = async (...args) => {
      await finish();
      return subscribe.apply(bench.notices, args);
    };
    const told = await listen(bench);
    await until(async () => told().at(-1)?.state === (await stateNow(bench)));
    expect(told().length).toBeGreaterThan(1);
  });

  it('tells with the next heartbeat what it kept from a client that did not keep up', async () => {
    const bench = panelBench({ heartbeatMs: 50 });
    await underWay('clock', bench);
    let idle = false;
    const told = await listen(bench, () => idle);
    const { notices } = bench;
    notices.publish('mirror-1', { type: 'run.started', runId: 'run-1' });
    await until(() => notices.published.length === 1);
    expect(told()).toEqual([]);
    idle = true;
    await until(async () => told().at(-1)?.state === (await stateNow(bench)));
  });
});

describe('a page that is read while the update ends', () => {
  const readings = ['mirrorOfProject', 'mirror', 'run', 'runs', 'runOutcomes', 'backups', 'policy', 'now'] as const;

  it.each([
    ['the list', '', 'clock', /Updating/],
    ['the tab', '/status', 'clock', /Updating/],
    ['the history', '/history', 'clock', /Under way/],
    ['the preview', '/plan/run-1', 'plan', /Looking at both sides/],
  ] as const)(
    'shows it or is known to be out of date, whichever read it ends after: %s',
    async (_, path, cause, old) => {
      const seen = { old: 0, fresh: 0 };
      for (let after = 1, reads = Infinity; after <= reads; after += 1) {
        const bench = panelBench();
        const finish = await underWay(cause, bench);
        let read = 0;
        for (const name of readings) {
          const real = bench.store[name].bind(bench.store) as (...args: unknown[]) => Promise<unknown>;
          const counted = async (...args: unknown[]) => {
            const answer = await real(...args);
            if ((read += 1) === after) await finish();
            return answer;
          };
          Object.assign(bench.store, { [name]: counted });
        }
        const { text } = await bench.get(path).expect(200);
        reads = read;
        if (after > reads) continue;
        const isOld = old.test(text);
        const [, state] = /data-hw-state="([^"]*)"/.exec(text) ?? [];
        const now = ((await bench.get('/state').expect(200)).body as LiveState).state;
        if (isOld) expect([after, state]).not.toEqual([after, now]);
        seen[isOld ? 'old' : 'fresh'] += 1;
      }
      expect(seen.old).toBeGreaterThan(0);
      expect(seen.fresh).toBeGreaterThan(0);
    },
  );
});
