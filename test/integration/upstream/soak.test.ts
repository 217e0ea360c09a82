import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FetchChildren } from '../../../src/adapters/upstream/fetch-children';
import { scheduleDue } from '../../../src/sync/schedule-due';
import { hour, ScriptedWorld } from '../../fakes/scripted-world';
import { openUpstream } from '../../support/git-upstream-access';
import { HostileUpstream, lists, refsListing } from '../../support/hostile-upstream';

const MiB = 1024 * 1024;

/** Bytes in use once everything that nobody holds is gone. */
function heldBytes(collect: () => void): number {
  for (let times = 0; times < 3; times += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('RES-06: run after run in one worker', () => {
  it('leaves nothing behind in memory, whether the upstream has something new or not', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const w = new ScriptedWorld();
    const upstream = openUpstream();
    // A listing of a quarter of a megabyte, which is another one every second time.
    const names = Array.from({ length: 2_000 }, (_, number) => `refs/tags/release-${String(number).padStart(40, '0')}`);
    const server = await HostileUpstream.start();
    const publish = (turn: number) => {
      const oid = w.history.commit(`c${turn % 4}`);
      const refs = Object.fromEntries(
        ['refs/heads/main', ...names.map((name) => `${name}-${turn % 4}`)].map((name) => [name, oid]),
      );
      server.behaviour = { listing: lists(refsListing(refs)) };
    };
    w.upstream.list = (access) => upstream.list(access, new AbortController().signal);
    w.portionSize = 10_000;
    try {
      publish(0);
      const id = await w.imported({ url: server.url, options: { tags: 'none' } });
      const runs = async (count: number) => {
        for (let turn = 0; turn < count; turn += 1) {
          publish(Math.floor(turn / 2));
          w.clock.advance(7 * hour);
          await scheduleDue(w);
          await w.work();
          w.upstreamCalls.length = w.forgeCalls.length = w.pushes.length = 0;
          server.requests.length = server.authorizations.length = 0;
        }
        return heldBytes(collect);
      };
      const before = await runs(10);
      const after = await runs(40);
      expect((await w.mirror(id)).lastError).toBeNull();
      // One listing that stayed with each run would be 14 MiB and more.
      expect(after - before).toBeLessThan(7 * MiB);
    } finally {
      await upstream.close();
      await server.close();
    }
  });

  it('each fetch has a child of its own, which serves no second one', async () => {
    const limits = { memoryBytes: 2 ** 31, cpuSeconds: 60, fileBytes: 2 ** 30 };
    const children = new FetchChildren({ limits, keepSpare: true });
    try {
      const [first, second] = [children.take(), children.take()];
      expect(second.pid).not.toBe(first.pid);
      first.kill();
      await first.ended;
      const third = children.take();
      expect(new Set([first.pid, second.pid, third.pid]).size).toBe(3);
    } finally {
      await children.close();
    }
  });
});
