/**
 * Ratios against the git command line doing the same between the same two servers, in one run.
 * Usage: npm run bench [-- [--rounds N] [--only http,ssh,lfs,refs] [PATH of a large repository]]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench, type Comparison } from './bench';
import { compareHttp } from './compare-http';
import { compareLfs } from './compare-lfs';
import { compareRefs } from './compare-refs';
import { compareSsh } from './compare-ssh';
import type { ForgeAddress } from './forge-server';
import { LineProcess } from './line-process';
import { copied, smallSubject } from './subject';
import type { UpstreamAddress } from './upstream-server';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '3' }, only: { type: 'string', default: 'http,ssh,lfs,refs' } },
    allowPositionals: true,
  });
  const only = new Set(values.only.split(','));
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  const root = join(folder, 'upstream');
  const subjects = [smallSubject(root)];
  if (positionals[0] !== undefined) subjects.push(copied('large', positionals[0], root));

  const forge = new LineProcess('forge-server.js', []);
  const upstream = new LineProcess('upstream-server.js', [root]);
  const address = await forge.ask<ForgeAddress>({ do: 'address' });
  const { upstreamBase } = await upstream.ask<UpstreamAddress>({ do: 'address' });
  const settings = {
    HEADWATER_FORGE_URL: address.forgeUrl,
    HEADWATER_FORGE_TOKEN: address.botToken,
    HEADWATER_DATA_DIR: join(folder, 'data'),
    HEADWATER_LISTEN: '127.0.0.1:0',
    HEADWATER_ALLOWED_UPSTREAMS: '127.0.0.1',
    HEADWATER_LOG_LEVEL: 'warn',
  };
  const headwater = new LineProcess('headwater-worker.js', [JSON.stringify(settings)]);
  try {
    const bench = new Bench(forge, upstream, headwater, address, upstreamBase, folder, Number(values.rounds));
    for (const subject of subjects) {
      const about = `${subject.name}: ${subject.about}`;
      if (only.has('http')) print(about, await compareHttp(bench, subject));
      if (only.has('ssh') && subject === subjects.at(-1)) print(about, await compareSsh(bench, subject));
    }
    if (only.has('lfs')) print('LFS: objects of 1 MiB', await compareLfs(bench, root));
    if (only.has('refs')) print('50,000 refs', await compareRefs(bench, root));
    console.log('\nEach cell is "Headwater / git", medians; × are medians of the ratios round by round.');
  } finally {
    await Promise.all([headwater.close(), forge.close(), upstream.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

function print(about: string, comparisons: readonly Comparison[]): void {
  console.log(`\n${about}`);
  console.log(row(['job', 'wall', '×', 'CPU', '×', 'peak memory', 'from upstream', 'goal']));
  for (const one of comparisons) console.log(show(one));
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
