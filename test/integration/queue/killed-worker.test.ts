import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openRunQueue } from '../../../src/adapters/redis/run-queue';
import { MemoryLogger } from '../../fakes/memory-logger';
import { startRedis, type TestRedis } from '../../support/redis';
import { until } from '../../support/until';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());

it('delivers the job of a killed worker to another one, within a minute', async () => {
  const queue = await openRunQueue({ connection: { url: redis.url }, logger: new MemoryLogger() });
  const job = { runId: 'a', mirrorId: 'm' };
  const tsx = require.resolve('tsx/cli');
  const victim = spawn(process.execPath, [tsx, join(__dirname, '../../support/queue-worker.ts'), redis.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    await queue.ensure(job, 'manual');
    const [line] = (await once(victim.stdout, 'data')) as [Buffer];
    expect(line.toString().trim()).toBe('a');
  } finally {
    // tsx runs it in a child; both are in a process group of their own.
    if (victim.pid !== undefined) process.kill(-victim.pid, 'SIGKILL');
  }
  const seen: string[] = [];
  queue.work(async ({ runId }) => void seen.push(runId), 1);
  // Known to the queue and not finished, so asking again changes nothing.
  await queue.ensure(job, 'manual');
  await until(() => seen.length === 1, 60_000);
  expect(seen).toEqual(['a']);
  await queue.close();
}, 150_000);
