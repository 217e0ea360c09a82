/**
 * Ratios against the git command line doing the same between the same two servers, in one run.
 * Usage: npm run bench [-- [--rounds N] [PATH of a large repository]]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareOn, type Comparison } from './compare';
import { LineProcess } from './line-process';
import type { ServerAddresses } from './servers';
import { copied, smallSubject } from './subject';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '3' } },
    allowPositionals: true,
  });
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  const root = join(folder, 'upstream');
  const subjects = [smallSubject(root)];
  if (positionals[0] !== undefined) subjects.push(copied('large', positionals[0], root));

  const servers = new LineProcess('servers.js', [root]);
  const addresses = await servers.ask<ServerAddresses>({ do: 'addresses' });
  const settings = {
    HEADWATER_FORGE_URL: addresses.forgeUrl,
    HEADWATER_FORGE_TOKEN: addresses.botToken,
    HEADWATER_DATA_DIR: join(folder, 'data'),
    HEADWATER_LISTEN: '127.0.0.1:0',
    HEADWATER_ALLOWED_UPSTREAMS: '127.0.0.1',
    HEADWATER_LOG_LEVEL: 'warn',
  };
  const headwater = new LineProcess('headwater-worker.js', [JSON.stringify(settings)]);
  try {
    const bench = { servers, headwater, addresses, folder, rounds: Number(values.rounds) };
    for (const subject of subjects) {
      console.log(`\n${subject.name}: ${subject.about}`);
      console.log(row(['job', 'wall', '×', 'CPU', '×', 'peak memory', 'from upstream', 'goal']));
      for (const comparison of await compareOn(bench, subject)) console.log(show(comparison));
    }
    console.log('\nEach cell is "Headwater / git", medians; × are medians of the ratios round by round.');
  } finally {
    await headwater.close();
    await servers.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function show({ job, ours, git, wallRatio, cpuRatio, goal }: Comparison): string {
  const met = wallRatio <= goal ? 'met' : 'MISSED';
  return row([
    job,
    `${ms(ours.wallMs)} / ${ms(git.wallMs)}`,
    wallRatio.toFixed(2),
    `${ms(ours.cpuMs)} / ${ms(git.cpuMs)}`,
    cpuRatio.toFixed(2),
    `${mib(ours.peakBytes)} / ${mib(git.peakBytes)}`,
    `${mib(ours.upstreamBytes)} / ${mib(git.upstreamBytes)}`,
    `${goal} ${met}`,
  ]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell, index) => cell.padEnd(index === 0 ? 24 : 8)).join(' | ')} |`;
}

const ms = (value: number): string => (value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`);
const mib = (value: number): string => `${(value / 2 ** 20).toFixed(value < 2 ** 23 ? 2 : 0)} MiB`;

void main();
