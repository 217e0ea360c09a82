// npm run test:forge: the contract suites and the end-to-end scenarios against a real forge, where one is on PATH.
import { runJest, showCounts } from './jest.mjs';
import { onPath } from './run.mjs';

const binary = ['forgejo', 'gitea'].find(onPath);
if (binary === undefined) {
  console.log('SKIPPED: there is no program "forgejo" or "gitea" on PATH, so nothing was tested against a real forge.');
  console.log(
    'Install Forgejo 11 (https://forgejo.org/download/) or Gitea, put it on PATH, and run npm run test:forge again.',
  );
} else {
  console.log(`Testing against the real ${binary} on PATH.`);
  const result = await runJest(['contract', 'e2e'], { workers: 1, minutes: 30, env: { HEADWATER_TEST_FORGE: 'real' } });
  console.log(`\n${showCounts(result.counts)} against ${binary} in ${result.seconds.toFixed(0)} s`);
  process.exitCode = result.ok ? 0 : 1;
}
