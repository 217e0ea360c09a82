import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createMachine } from '../../../src/adapters/machine/create-machine';
import { redisState } from '../../../src/adapters/redis/redis-state';
import { databaseState } from '../../../src/adapters/store/database-state';
import { openStore } from '../../../src/adapters/store/open-store';
import { selfSigned } from '../../support/git-upstream-tls';
import { postgresBinaries, startPostgres } from '../../support/postgres';
import { startRedis } from '../../support/redis';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'headwater-machine-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('a database that the doctor looks at', () => {
  const look = () => databaseState({ databaseUrl: null, file: join(dir, 'headwater.db') });
  const change = async (statement: string) => {
    const source = new DataSource({ type: 'better-sqlite3', database: join(dir, 'headwater.db') });
    await source.initialize();
    await source.query(statement);
    await source.destroy();
  };

  it('is not there before the first start, and is not made by looking', async () => {
    expect(await look()).toEqual({ kind: 'sqlite', state: 'none', pending: [], unknown: [], why: null });
    expect(await readdir(dir)).toEqual([]);
  });

  it('is up to date after a start, older with changes due, newer with changes unknown', async () => {
    await (await openStore({ databaseUrl: null, file: join(dir, 'headwater.db') })).close();
    expect(await look()).toEqual({ kind: 'sqlite', state: 'answers', pending: [], unknown: [], why: null });

    await change("INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')");
    expect(await look()).toMatchObject({ state: 'answers', pending: [], unknown: ['FromTheFuture9999999999999'] });

    await change("DELETE FROM migrations WHERE name LIKE 'Ssh%'");
    const older = await look();
    expect(older.pending).toEqual([expect.stringMatching(/^Ssh\d+$/)]);
    // Looking again finds the same: it changed nothing.
    expect(await look()).toEqual(older);
  });

  const onPostgres = postgresBinaries === null ? it.skip : it;
  onPostgres(`may be PostgreSQL${postgresBinaries === null ? ': skipped, it is not installed' : ''}`, async () => {
    const postgres = await startPostgres();
    try {
      const databaseUrl = await postgres.createDatabase();
      const empty = await databaseState({ databaseUrl, file: '' });
      expect(empty).toMatchObject({ kind: 'postgres', state: 'answers', unknown: [] });
      expect(empty.pending.length).toBeGreaterThan(5);
      await (await openStore({ databaseUrl, file: '' })).close();
      expect(await databaseState({ databaseUrl, file: '' })).toMatchObject({
        state: 'answers',
        pending: [],
        unknown: [],
      });
    } finally {
      await postgres.close();
    }
  });

  it('is silent when nobody answers', async () => {
    const nobody = { databaseUrl: 'postgres://u:canary@127.0.0.1:1/x', file: '' };
    expect(await databaseState(nobody)).toEqual({
      ...{ kind: 'postgres', state: 'silent', pending: [], unknown: [] },
      why: expect.stringMatching(/ECONNREFUSED/),
    });
  });
});

describe('a Redis that the doctor looks at', () => {
  it('answers and tells what it forgets; without an answer it is silent', async () => {
    const redis = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
    try {
      expect(await redisState({ url: redis.url, dir })).toEqual({
        kind: 'answers',
        eviction: 'allkeys-lru',
        refused: [],
      });
      await redis.client.config('SET', 'maxmemory-policy', 'noeviction');
      expect(await redisState({ url: redis.url, dir })).toEqual({ kind: 'answers', eviction: null, refused: [] });
      await redis.kill();
      expect(await redisState({ url: redis.url, dir })).toEqual({
        kind: 'silent',
        why: expect.stringMatching(/ECONNREFUSED/),
      });
    } finally {
      await redis.close();
    }
  });

  it('is a private one where none is named', async () => {
    expect(await redisState({ url: null, dir })).toEqual({ kind: 'private', program: true, running: false });
  });
});

describe('the machine that the doctor looks at', () => {
  const machine = createMachine({
    dataDir: tmpdir(),
    redis: async () => ({ kind: 'silent', why: '' }),
    database: async () => ({ kind: 'sqlite', state: 'none', pending: [], unknown: [], why: null }),
  });
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/away') return response.writeHead(302, { location: '/page' }).end();
      response.setHeader('X-Frame-Options', 'DENY');
      response.end('a page');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('shows pages, follows nobody, and takes no answer for an answer', async () => {
    expect(await machine.page(`${url}/page`)).toMatchObject({
      status: 200,
      headers: { 'x-frame-options': 'DENY' },
      text: 'a page',
    });
    expect(await machine.page(`${url}/away`)).toMatchObject({ status: 302 });
    expect(await machine.page('http://127.0.0.1:1/')).toBeNull();
  });

  it('tells why there is no page: nobody there, no such name, a certificate of nobody known', async () => {
    expect(await machine.whyNoPage(`${url}/page`)).toBeNull();
    expect(await machine.whyNoPage('http://127.0.0.1:1/')).toMatchObject({ kind: 'other' });
    expect(await machine.whyNoPage('https://nowhere.invalid/')).toMatchObject({ kind: 'other' });
    const secure = createSecureServer(selfSigned);
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    try {
      const address = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
      expect(await machine.page(address)).toBeNull();
      expect(await machine.whyNoPage(address)).toMatchObject({ kind: 'certificate' });
    } finally {
      await new Promise((resolve) => secure.close(resolve));
    }
  });

  it('knows its git, its disk, and which addresses are private', async () => {
    expect(await machine.gitVersion()).toMatch(/^2\.\d+/);
    const space = await machine.diskSpace();
    expect(space?.freeBytes).toBeGreaterThan(0);
    expect(space?.totalBytes).toBeGreaterThanOrEqual(space?.freeBytes ?? 0);
    const places = ['http://127.0.0.1:3000', 'http://10.1.2.3', 'http://[::1]/', 'https://93.184.216.34'];
    expect(await Promise.all(places.map((each) => machine.reach(each)))).toEqual([
      ...['loopback', 'private', 'loopback', 'public'],
    ]);
    expect(await machine.reach('https://nowhere.invalid')).toBeNull();
  });
});
