import Bull from 'bull';
import type { Redis } from 'ioredis';
import { HeadwaterError } from '../../domain/errors';
import type { Logger } from '../../ports/logger';
import type { RunJob, RunPriority, RunQueue } from '../../ports/run-queue';
import { evictionPolicy } from './eviction';
import { inTime } from './in-time';
import { createQueueClient } from './queue-client';
import { watchRefusals } from './refusals';
import { closeRedisClient, reconnectRedisClient, type RedisConnection } from './redis-client';

export interface RunQueueOptions {
  readonly connection: RedisConnection;
  /** Tells queues in one Redis apart. */
  readonly name?: string;
  readonly logger: Logger;
}

/** Bull takes the lowest number first. */
const priorities: Readonly<Record<RunPriority, number>> = { manual: 1, clock: 10 };

const settings: Bull.AdvancedSettings = {
  // A killed worker's job is delivered again within half a minute or so, and as often as it takes: whether it is still
  // wanted, and by whom, is decided by the lease.
  lockDuration: 20_000,
  lockRenewTime: 5_000,
  stalledInterval: 10_000,
  maxStalledCount: 1_000_000,
  retryProcessDelay: 1_000,
};

/**
 * What Bull does for jobs that are delayed, of which there are none: a refusal to subscribe would end the delivery for good, and
 * its timer outlives the queue. And it names its blocking connection without looking at the answer: a refusal, or an end before
 * it, would end the process.
 */
const needless = {
  _registerEvent: () => Promise.resolve(),
  updateDelayTimer: () => Promise.resolve(),
  setWorkerName: () => Promise.resolve(),
};

/**
 * Bull on Redis. An absent Redis is no fault at the start either: the queue works as soon as it answers.
 * Raises config_invalid when Redis is set to drop keys (SCHED-02).
 */
export async function openRunQueue({ connection, name = 'runs', logger }: RunQueueOptions): Promise<RunQueue> {
  const clients: Redis[] = [];
  let closing: Promise<void> | null = null;
  const bull = new Bull<RunJob>(name, {
    prefix: 'headwater',
    settings,
    createClient: (type) => {
      const client = createQueueClient(connection, type, logger, () => closing !== null);
      clients.push(client);
      return client;
    },
  });
  Object.assign(bull, needless);
  const refusals = watchRefusals(logger);
  bull.on('error', (error: Error) => {
    logger.debug({ why: error.message }, 'The queue reports an error');
    refusals.note(error);
  });

  const close = async (): Promise<void> => {
    await bull.close();
    // Bull leaves connections that it did not make.
    await Promise.all(clients.map(closeRedisClient));
  };

  const answered = <T>(work: Promise<T>): Promise<T> => inTime(work, () => clients.forEach(reconnectRedisClient));

  const ensure = async (job: RunJob, priority: RunPriority): Promise<void> => {
    const known = await bull.getJob(job.runId);
    // Bull ignores a new job whose id it knows, even if nobody will ever work on the old one (SCHED-03).
    if (known !== null && (await isDead(known))) await drop(known);
    await bull.add(job, {
      jobId: job.runId,
      priority: priorities[priority],
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
    });
  };

  const queue: RunQueue = {
    ensure: (job, priority) => answered(ensure(job, priority)),
    work: (handler, concurrency) => {
      const worker = bull.process(concurrency, (job) => {
        refusals.forget();
        return workOn(job, handler, logger);
      });
      worker.catch((thrown: unknown) => {
        if (closing === null) logger.error({ err: thrown }, 'The queue stopped delivering');
      });
    },
    ping: async () => {
      await answered(bull.client.ping());
      const refused = refusals.latest();
      if (refused !== null) throw new HeadwaterError('queue_unavailable', {}, { cause: new Error(refused) });
    },
    close: () => (closing ??= close()),
  };

  await refuseEviction(answered(evictionPolicy(bull.client)), logger).catch(async (thrown: unknown) => {
    await queue.close();
    throw thrown;
  });
  return queue;
}

async function workOn(job: Bull.Job<RunJob>, handler: (job: RunJob) => Promise<void>, logger: Logger): Promise<void> {
  const { runId, mirrorId } = job.data as Partial<RunJob>;
  if (runId === undefined || mirrorId === undefined) {
    // Redis lost it while it was being redelivered; the next round puts it in again.
    logger.warn({ jobId: job.id }, 'A job without its data was dropped');
    return;
  }
  try {
    await handler({ runId, mirrorId });
  } catch (thrown) {
    logger.error({ err: thrown, runId, mirrorId }, 'A run rejected, which it must not');
  }
}

/** Finished or failed but not removed, or known by its id and in no list at all. */
async function isDead(job: Bull.Job<RunJob>): Promise<boolean> {
  return ['completed', 'failed', 'stuck'].includes(await job.getState());
}

async function drop(job: Bull.Job<RunJob>): Promise<void> {
  try {
    await job.remove();
  } catch (thrown) {
    // A worker took it between the two looks, so it is alive after all.
    if (!(thrown instanceof Error && thrown.message.startsWith('Could not remove job'))) throw thrown;
  }
}

async function refuseEviction(answer: Promise<string | null>, logger: Logger): Promise<void> {
  const policy = await answer.catch(() => {
    logger.warn({}, 'Redis does not answer yet; runs will wait until it does');
    return null;
  });
  if (policy !== null)
    throw new HeadwaterError('config_invalid', {
      faults: `Redis drops keys when its memory is full (maxmemory-policy ${policy}); set it to noeviction`,
    });
}
