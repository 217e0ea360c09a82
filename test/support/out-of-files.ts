// Starts processes when this one has no file descriptor left, and then again; writes what became of each try.
import { closeSync, openSync } from 'node:fs';
import { startGit } from '../../src/adapters/cache/git-output';
import { FetchChildren } from '../../src/adapters/upstream/fetch-children';
import { runGit } from '../../src/git-http/run-git';

const limits = { memoryBytes: 2 ** 31, cpuSeconds: 60, fileBytes: 2 ** 30 };
const { signal } = new AbortController();

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (thrown) {
    return String((thrown as { code?: unknown }).code);
  }
}

async function main(): Promise<void> {
  const children = new FetchChildren({ limits, keepSpare: false });
  const fetchChild = (): Promise<unknown> => {
    const child = children.take();
    child.kill();
    return child.ended;
  };
  // What is needed to start a process has been found by then.
  await fetchChild();
  const open: number[] = [];
  const lacking = await codeOf(() => {
    for (;;) open.push(openSync('/dev/null', 'r'));
  });
  const tries = (): Promise<string[]> =>
    Promise.all([
      codeOf(() => runGit({ args: ['--version'] })),
      codeOf(() => startGit({ cacheDir: '/', signal }, ['--version']).finished()),
      codeOf(fetchChild),
      codeOf(() => new FetchChildren({ limits, keepSpare: true }).close()),
    ]);
  const without = await tries();
  // Whatever an event would have said, it had time to.
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (const descriptor of open) closeSync(descriptor);
  const again = await tries();
  await children.close();
  process.stdout.write(JSON.stringify({ lacking, without, again }));
}

void main();
