import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/adapters/store/open-store';
import type { Store } from '../../../src/ports/store';
import { buildMirror } from '../../support/builders';

let folder: string;
let file: string;
const opened: Store[] = [];

const open = async (): Promise<Store> => {
  const store = await openStore({ databaseUrl: null, file });
  opened.push(store);
  return store;
};

const failOnce = (store: Store): Promise<void> =>
  store.transaction(async (tx) => {
    const mirror = await tx.lockMirror('mirror-1');
    await tx.saveMirror(buildMirror({ failures: (mirror?.failures ?? 0) + 1 }));
  });

/** Another process that holds the write lock until it is told to go. */
async function lockFromOutside(): Promise<ChildProcess> {
  const locker = spawn(process.execPath, [join(__dirname, '../../support/sqlite-locker.cjs'), file]);
  await once(locker.stdout, 'data');
  return locker;
}

async function letGo(locker: ChildProcess): Promise<void> {
  const exited = once(locker, 'exit');
  locker.stdin?.end();
  await exited;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-sqlite-'));
  file = join(folder, 'data', 'headwater.sqlite');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await rm(folder, { recursive: true, force: true });
});

it('keeps the database and its side files private', async () => {
  const store = await open();
  await store.transaction((tx) => tx.insertMirror(buildMirror()));
  const names = await readdir(join(folder, 'data'));
  expect(names).toEqual(['headwater.sqlite', 'headwater.sqlite-shm', 'headwater.sqlite-wal']);
  for (const name of names) expect((await stat(join(folder, 'data', name))).mode & 0o777).toBe(0o600);
});

it('shares the file with another store and loses no update', async () => {
  const [one, two] = [await open(), await open()];
  await one.transaction((tx) => tx.insertMirror(buildMirror()));
  await Promise.all(Array.from({ length: 20 }, (_, index) => failOnce(index % 2 === 0 ? one : two)));
  expect((await one.mirror('mirror-1'))?.failures).toBe(20);
  expect((await two.mirror('mirror-1'))?.failures).toBe(20);
});

it('waits for another process, keeps the event loop free meanwhile, and reads on', async () => {
  const store = await open();
  await store.transaction((tx) => tx.insertMirror(buildMirror()));
  const locker = await lockFromOutside();
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 20);
  const work = failOnce(store);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await store.mirror('mirror-1'))?.failures).toBe(0);
  await letGo(locker);
  await work;
  clearInterval(ticking);
  expect((await store.mirror('mirror-1'))?.failures).toBe(1);
  expect(ticks).toBeGreaterThan(5);
});

it('NET-08: says store_unavailable after seconds when another process keeps the lock, to all who wait, and works again after', async () => {
  const store = await open();
  await store.transaction((tx) => tx.insertMirror(buildMirror()));
  const locker = await lockFromOutside();
  const started = performance.now();
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => failOnce(store)));
  const seconds = (performance.now() - started) / 1_000;
  expect(outcomes).toEqual(
    outcomes.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code: 'store_unavailable' }) })),
  );
  expect(seconds).toBeGreaterThan(4);
  expect(seconds).toBeLessThan(25);
  await expect(openStore({ databaseUrl: null, file })).rejects.toMatchObject({ code: 'store_unavailable' });
  await letGo(locker);
  await failOnce(store);
  expect((await store.mirror('mirror-1'))?.failures).toBe(1);
});

it('keeps what was committed and nothing else when a process is killed in the middle', async () => {
  const store = await open();
  await store.transaction((tx) => tx.insertMirror(buildMirror()));
  const locker = await lockFromOutside();
  const exited = once(locker, 'exit');
  locker.kill('SIGKILL');
  await exited;
  expect((await store.mirror('mirror-1'))?.failures).toBe(0);
  await failOnce(store);
  expect((await store.mirror('mirror-1'))?.failures).toBe(1);
});

it('refuses a file that is not a database', async () => {
  await writeFile(join(folder, 'not-a-database'), 'x'.repeat(10_000));
  file = join(folder, 'not-a-database');
  await expect(open()).rejects.toMatchObject({ code: 'store_unavailable' });
});

it('says store_unavailable once it is closed', async () => {
  const store = await openStore({ databaseUrl: null, file });
  await store.close();
  await store.close();
  await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
  await expect(failOnce(store)).rejects.toMatchObject({ code: 'store_unavailable' });
});

it('carries no sealed secret in an error', async () => {
  const store = await open();
  const sealed = buildMirror({ sealedPassword: 'v1.sealed.canary' });
  await store.transaction((tx) => tx.insertMirror(sealed));
  const failure: unknown = await store.transaction((tx) => tx.insertMirror(sealed)).catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ code: 'internal', cause: expect.any(Error) });
  const cause = (failure as Error).cause as Error;
  expect(cause.message).toContain('SQLITE_CONSTRAINT');
  expect(JSON.stringify({ ...cause, message: cause.message, stack: cause.stack })).not.toContain('canary');
});
