// npm run check: everything that needs no service, in parallel, in under a minute. A part's output is shown when it fails.
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { checkFiles } from './check-files.mjs';
import { runJest, showCounts } from './jest.mjs';
import { run, tool } from './run.mjs';

const node = (path, ...args) => run(process.execPath, [tool(path), ...args], { quiet: true, minutes: 5 });

/** The long ones first, so that the short ones fill the gaps. */
const parts = [
  ['lint', () => node('eslint/bin/eslint.js', '.')],
  ['unit tests', () => runJest(['unit'], { workers: 1, quiet: true, minutes: 5 })],
  ['types', () => node('typescript/bin/tsc', '--build')],
  ['format', () => node('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['import rules', () => node('dependency-cruiser/bin/dependency-cruise.mjs', 'src', 'migrations', 'test', 'scripts')],
  ['unused code', () => node('knip/bin/knip.js')],
  ['files', async () => checkFiles()],
];

/** Runs all parts and tells each one's time. Answers whether all passed, and the unit tests' counts. */
export async function check() {
  const began = Date.now();
  const queue = [...parts];
  const failed = [];
  let counts = { passed: 0, failed: 0, skipped: 0 };
  const worker = async () => {
    for (let part = queue.shift(); part; part = queue.shift()) {
      const [name, start] = part;
      const result = await start();
      if (result.counts) counts = result.counts;
      const told = result.counts ? `: ${showCounts(result.counts)}` : '';
      console.log(`${result.ok ? 'ok    ' : 'FAILED'}  ${name} (${result.seconds.toFixed(1)} s)${told}`);
      if (result.ok) continue;
      failed.push(name);
      console.log(result.output.trimEnd().replace(/^/gm, '    '));
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, worker));
  const total = ((Date.now() - began) / 1000).toFixed(1);
  console.log(failed.length === 0 ? `check passed in ${total} s` : `check FAILED in ${total} s: ${failed.join(', ')}`);
  return { ok: failed.length === 0, counts };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = (await check()).ok ? 0 : 1;
