import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { startPrivateRedis, type PrivateRedis } from '../../../src/adapters/redis/private-redis';
import { redisAnswers } from '../../../src/adapters/redis/redis-probe';
import { openRunQueue } from '../../../src/adapters/redis/run-queue';
import { MemoryLogger } from '../../fakes/memory-logger';
import { until } from '../../support/until';

const run = promisify(execFile);
let folder: string;
let started: PrivateRedis[] = [];
const logger = new MemoryLogger();

const start = async (dir = folder): Promise<PrivateRedis> => {
  const redis = await startPrivateRedis({ dir, logger });
  started.push(redis);
  return redis;
};

async function command(redis: PrivateRedis, ...words: [string, ...string[]]): Promise<unknown> {
  const client = new Redis({ path: redis.socketPath, disconnectTimeout: 200 });
  try {
    return await client.call(...words);
  } finally {
    client.disconnect();
  }
}

async function pidOf(redis: PrivateRedis): Promise<number> {
  const info = String(await command(redis, 'INFO', 'server'));
  return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-private-'));
});
afterEach(async () => {
  for (const redis of started) await redis.close();
  started = [];
  await rm(folder, { recursive: true, force: true });
});

it('listens on a private socket only, keeps its files in the folder, and ends when it is closed', async () => {
  const redis = await start();
  expect(redis.socketPath).toBe(join(folder, 'redis.sock'));
  expect((await stat(redis.socketPath)).mode & 0o777).toBe(0o700);
  expect(await command(redis, 'CONFIG', 'GET', 'port')).toEqual(['port', '0']);
  expect(await command(redis, 'CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'yes']);
  expect(await readdir(folder)).toContain('appendonlydir');
  const pid = await pidOf(redis);
  await redis.close();
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  expect(await redisAnswers(redis.socketPath)).toBe(false);
});

it('inherits nothing of our environment', async () => {
  const redis = await start();
  const environ = await readFile(`/proc/${await pidOf(redis)}/environ`, 'utf8');
  expect(environ.split('\0').filter((line) => line !== '' && !line.startsWith('PATH='))).toEqual([]);
});

it('starts again after it was killed, with its data, over stale files', async () => {
  const redis = await start();
  const first = await pidOf(redis);
  await command(redis, 'SET', 'kept', 'yes');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  process.kill(first, 'SIGKILL');
  await until(() => !existsSync(`/proc/${first}`));
  await until(() => redisAnswers(redis.socketPath));
  expect(await pidOf(redis)).not.toBe(first);
  expect(await command(redis, 'GET', 'kept')).toBe('yes');
});

it('carries a queue over a kill', async () => {
  const redis = await start();
  const queue = await openRunQueue({ connection: { socketPath: redis.socketPath }, logger });
  const seen: string[] = [];
  queue.work(async ({ runId }) => void seen.push(runId), 1);
  process.kill(await pidOf(redis), 'SIGKILL');
  await until(() =>
    queue.ensure({ runId: 'a', mirrorId: 'm' }, 'manual').then(
      () => true,
      () => false,
    ),
  );
  // What was under way at the kill is delivered again within a minute.
  await until(() => seen.includes('a'), 60_000);
  await queue.close();
}, 120_000);

it('is shared by all who use the folder, and started again by those who are left', async () => {
  const [one, two, three] = await Promise.all([start(), start(), start()]);
  if (one === undefined || two === undefined || three === undefined) throw new Error('not started');
  const pids = new Set([await pidOf(one), await pidOf(two), await pidOf(three)]);
  expect(pids.size).toBe(1);
  await one.close();
  await until(() => redisAnswers(two.socketPath));
  await two.close();
  await until(() => redisAnswers(three.socketPath));
  await command(three, 'SET', 'works', 'yes');
  const last = await pidOf(three);
  await three.close();
  expect(existsSync(`/proc/${last}`)).toBe(false);
});

it('ends with the process that started it, however that ends', async () => {
  const script = `
    const { startPrivateRedis } = require(${JSON.stringify(join(__dirname, '../../../src/adapters/redis/private-redis.ts'))});
    const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
    void startPrivateRedis({ dir: ${JSON.stringify(folder)}, logger: quiet }).then(() => process.kill(process.pid, 'SIGKILL'));
  `;
  const ended = run(process.execPath, ['--require', require.resolve('tsx/cjs'), '--eval', script]);
  await expect(ended).rejects.toMatchObject({ signal: 'SIGKILL' });
  const socketPath = join(folder, 'redis.sock');
  await until(async () => !(await redisAnswers(socketPath)));
  const next = await start();
  await command(next, 'SET', 'works', 'yes');
});

it('finds a short place for its socket when the folder has a long name', async () => {
  const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60));
  const [one, two] = [await start(deep), await start(deep)];
  expect(Buffer.byteLength(one.socketPath)).toBeLessThan(108);
  expect(two.socketPath).toBe(one.socketPath);
  expect(await pidOf(two)).toBe(await pidOf(one));
  await two.close();
  await one.close();
  await rm(join(one.socketPath, '..'), { recursive: true, force: true });
});

it('throws damaged files away, since the database is the truth', async () => {
  const redis = await start();
  await command(redis, 'SET', 'kept', 'yes');
  await redis.close();
  const files = (await readdir(join(folder, 'appendonlydir'))).filter((name) => name.endsWith('.incr.aof'));
  for (const name of files) await writeFile(join(folder, 'appendonlydir', name), 'garbage '.repeat(100));
  const again = await start();
  expect(await command(again, 'GET', 'kept')).toBeNull();
  expect(logger.messages('warn')).toContain('The files of the private Redis are damaged and were removed');
});

it('says what to do when it cannot start', async () => {
  await mkdir(join(folder, 'appendonlydir'));
  await writeFile(join(folder, 'redis.sock'), 'no socket');
  await mkdir(join(folder, 'blocked'));
  await writeFile(join(folder, 'blocked', 'appendonlydir'), 'a file where a folder must be');
  await expect(
    startPrivateRedis({ dir: join(folder, 'blocked'), logger, startTimeoutMs: 2_000 }),
  ).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('the private Redis does not start'),
  });
});

it('says in one sentence that redis-server is missing', async () => {
  await expect(startPrivateRedis({ dir: folder, logger, searchPath: folder })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/redis-server was not found.*install it, or set HEADWATER_REDIS_URL/),
  });
});
