import { openStore } from '../../../src/adapters/store/open-store';
import type { Store } from '../../../src/ports/store';
import { MemoryLogger } from '../../fakes/memory-logger';
import { buildMirror } from '../../support/builders';
import { postgresBinaries, query, startPostgres, type TestPostgres } from '../../support/postgres';

if (postgresBinaries === null) {
  it.skip('the store when PostgreSQL fails (skipped: PostgreSQL is not installed on this machine)', () => undefined);
} else {
  describe('the store when PostgreSQL fails', () => {
    let postgres: TestPostgres;
    let url: string;
    let store: Store;
    const logger = new MemoryLogger();

    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(() => postgres.close());
    beforeEach(async () => {
      url = await postgres.createDatabase();
      store = await openStore({ databaseUrl: url, file: '', logger });
      await store.transaction((tx) => tx.insertMirror(buildMirror()));
    });
    afterEach(() => store.close());

    const fails = async (work: () => Promise<unknown>): Promise<void> => {
      const started = performance.now();
      await expect(work()).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(performance.now() - started).toBeLessThan(15_000);
    };
    const save = (failures: number) => store.transaction((tx) => tx.saveMirror(buildMirror({ failures })));

    it('NET-08: says store_unavailable while the server is stopped, and works again by itself', async () => {
      // Several open connections, so that the pool has some to lose.
      await Promise.all(Array.from({ length: 5 }, () => store.transaction((tx) => tx.now())));
      await postgres.stop();
      await fails(() => store.mirror('mirror-1'));
      await fails(() => save(1));
      await fails(() => store.ping());
      await fails(() => openStore({ databaseUrl: url, file: '' }));
      await postgres.start();
      await store.ping();
      await save(2);
      expect((await store.mirror('mirror-1'))?.failures).toBe(2);
    });

    it('NET-08: undoes a transaction whose connection is cut, and works again at once', async () => {
      const cut = store.transaction(async (tx) => {
        await tx.saveMirror(buildMirror({ failures: 9 }));
        await query(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'");
        await tx.mirror('mirror-1');
      });
      await expect(cut).rejects.toMatchObject({ code: 'store_unavailable' });
      expect((await store.mirror('mirror-1'))?.failures).toBe(0);
      await save(1);
    });

    it('SCHED-07: goes by its own clock, however wrong that of this machine is', async () => {
      const real = Date.now;
      const before = await store.now();
      const wrong = jest.spyOn(Date, 'now').mockImplementation(() => real() + 24 * 3_600_000);
      try {
        expect((await store.now()) - before).toBeLessThan(3_600_000);
        expect((await store.transaction((tx) => tx.now())) - before).toBeLessThan(3_600_000);
      } finally {
        wrong.mockRestore();
      }
    });

    it('says store_unavailable to a ping when the server is frozen', async () => {
      postgres.freeze();
      try {
        await fails(() => store.ping());
      } finally {
        postgres.thaw();
      }
      await store.ping();
    });

    it('says store_unavailable when somebody keeps the mirror locked', async () => {
      await store.transaction(async (tx) => {
        await tx.lockMirror('mirror-1');
        await fails(() => store.transaction((other) => other.lockMirror('mirror-1')));
      });
    });

    it('runs the work again after a deadlock', async () => {
      await store.transaction((tx) => tx.insertMirror(buildMirror({ id: 'mirror-2', repoId: 2 })));
      let tries = 0;
      let holders = 0;
      let meet: () => void = () => undefined;
      const bothHold = new Promise<void>((resolve) => (meet = resolve));
      const lockBoth = (first: string, second: string) =>
        store.transaction(async (tx) => {
          tries += 1;
          const mirror = await tx.lockMirror(first);
          holders += 1;
          if (holders === 2) meet();
          await bothHold;
          await tx.lockMirror(second);
          if (mirror !== null) await tx.saveMirror({ ...mirror, failures: mirror.failures + 1 });
        });
      await Promise.all([lockBoth('mirror-1', 'mirror-2'), lockBoth('mirror-2', 'mirror-1')]);
      expect(tries).toBeGreaterThan(2);
      expect((await store.mirror('mirror-1'))?.failures).toBe(1);
      expect((await store.mirror('mirror-2'))?.failures).toBe(1);
    });

    it('does not lose more connections than it has, however often work fails', async () => {
      const failure = new Error('on purpose');
      for (let round = 0; round < 30; round += 1) {
        await expect(store.transaction(() => Promise.reject(failure))).rejects.toBe(failure);
      }
      await store.ping();
    });

    it('raises store_unavailable for a server that does not exist', async () => {
      await fails(() => openStore({ databaseUrl: 'postgresql://nobody@127.0.0.1:1/none', file: '' }));
    });
  });
}
