// npm test: every part in turn, each timed, all of them even after a failure. `npm test -- integration` runs one part.
import { check } from './check.mjs';
import { addCounts, runJest, showCounts } from './jest.mjs';

const parts = {
  check,
  contract: () => runJest(['contract'], { workers: 2, minutes: 15 }),
  integration: () => runJest(['integration'], { workers: 2, minutes: 15 }),
  e2e: () => runJest(['e2e'], { workers: 2, minutes: 25 }),
};

async function main(names) {
  const began = Date.now();
  const lines = [];
  let counts = { passed: 0, failed: 0, skipped: 0 };
  let ok = true;
  for (const name of names) {
    console.log(`\n== ${name}`);
    const start = Date.now();
    const result = await parts[name]();
    counts = addCounts(counts, result.counts);
    ok = ok && result.ok;
    lines.push(`${result.ok ? 'passed' : 'FAILED'}  ${name} (${secondsSince(start)} s): ${showCounts(result.counts)}`);
  }
  console.log(`\n${lines.join('\n')}\n\n${showCounts(counts)} in ${secondsSince(began)} s`);
  return ok;
}

function secondsSince(start) {
  return ((Date.now() - start) / 1000).toFixed(0);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`Unknown part: ${unknown.join(', ')}. Parts are: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
process.exitCode = (await main(wanted.length > 0 ? wanted : Object.keys(parts))) ? 0 : 1;
