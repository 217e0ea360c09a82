import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/store/open-store';
import type { Store } from '../../src/ports/store';
import { MemoryStore } from '../fakes/memory-store';
import { postgresBinaries, startPostgres, type TestPostgres } from '../support/postgres';
import { describeStoreHooks } from './store-hooks';
import { describeStorePeople } from './store-people';
import { describeStoreHosts } from './store-hosts';
import { describeStoreOutbox } from './store-outbox';
import { describeStorePolicy } from './store-policy';
import { describeStoreReads } from './store-reads';
import { describeStoreWrites } from './store-writes';

interface Kind {
  readonly open: () => Promise<Store>;
  readonly begin?: () => Promise<void>;
  readonly end?: () => Promise<void>;
}

/** The same promises, kept by the fake and by both databases. */
function suite(name: string, kind: Kind): void {
  describe(name, () => {
    let store: Store;
    if (kind.begin !== undefined) beforeAll(kind.begin);
    if (kind.end !== undefined) afterAll(kind.end);
    beforeEach(async () => {
      store = await kind.open();
    });
    afterEach(() => store.close());

    describeStoreReads(() => store);
    describeStoreHooks(() => store);
    describeStoreHosts(() => store);
    describeStoreOutbox(() => store);
    describeStoreWrites(() => store);
    describeStorePeople(() => store);
    describeStorePolicy(() => store);
  });
}

suite('the store in memory', { open: () => Promise.resolve(new MemoryStore()) });

const folders: string[] = [];
suite('the store on SQLite', {
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headwater-store-'));
    folders.push(folder);
    return openStore({ databaseUrl: null, file: join(folder, 'headwater.sqlite') });
  },
  end: async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  },
});

if (postgresBinaries === null) {
  it.skip('the store on PostgreSQL (skipped: PostgreSQL is not installed on this machine)', () => undefined);
} else {
  let postgres: TestPostgres;
  suite('the store on PostgreSQL', {
    begin: async () => {
      postgres = await startPostgres();
    },
    open: async () => openStore({ databaseUrl: await postgres.createDatabase(), file: '' }),
    end: () => postgres.close(),
  });
}
