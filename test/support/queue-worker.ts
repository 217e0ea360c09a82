// A worker in a process of its own, to be killed: says what it is given and never finishes it.
import { openRunQueue } from '../../src/adapters/redis/run-queue';
import { MemoryLogger } from '../fakes/memory-logger';

async function main(url: string): Promise<void> {
  const queue = await openRunQueue({ connection: { url }, logger: new MemoryLogger() });
  queue.work(({ runId }) => {
    process.stdout.write(`${runId}\n`);
    return new Promise(() => undefined);
  }, 1);
}

void main(process.argv[2] ?? '');
