import { join } from 'node:path';
import { GitSide } from './git-side';
import type { LineProcess } from './line-process';
import { measure, median, type Figures } from './measure';
import { processTree } from './process-tree';
import type { ServerAddresses } from './servers';
import type { Subject } from './subject';

export interface Bench {
  readonly servers: LineProcess;
  readonly headwater: LineProcess;
  readonly addresses: ServerAddresses;
  readonly folder: string;
  readonly rounds: number;
}

interface Measured extends Figures {
  /** What the upstream sent. */
  readonly upstreamBytes: number;
}

export interface Comparison {
  readonly subject: string;
  readonly job: string;
  readonly goal: number;
  readonly ours: Measured;
  readonly git: Measured;
  /** Medians of the ratios round by round, so that a machine whose speed drifts does not matter. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
}

const listings = 20;

/** Three jobs on one repository, Headwater and git in turn, round by round. */
export async function compareOn(bench: Bench, subject: Subject): Promise<Comparison[]> {
  const { addresses, servers, headwater } = bench;
  const upstreamUrl = `${addresses.upstreamBase}/${subject.name}.git`;
  const git = new GitSide(upstreamUrl, join(bench.folder, 'by-hand.git'), new Set([servers.pid, headwater.pid]));
  const forgeUrl = (name: string) =>
    addresses.forgeUrl.replace('://', `://bot:${addresses.botToken}@`) + `/${addresses.owner}/${name}.git`;
  const counted = async (work: () => Promise<Figures>): Promise<Measured> => {
    const before = await servers.ask<{ bytes: number }>({ do: 'sent bytes' });
    const figures = await work();
    const after = await servers.ask<{ bytes: number }>({ do: 'sent bytes' });
    return { ...figures, upstreamBytes: after.bytes - before.bytes };
  };
  const ask = (question: object) =>
    counted(() => measure(processTree(headwater.pid), async () => void (await headwater.ask(question))));

  const imports: Pair[] = [];
  let [mirrorId, project] = ['', ''];
  for (let round = 0; round < bench.rounds; round += 1) {
    if (mirrorId !== '') {
      await headwater.ask({ do: 'remove', mirrorId });
      for (const name of [project, `${project}-by-hand`]) await servers.ask({ do: 'remove', name });
    }
    project = `${subject.name}-${round}`;
    const { id } = await servers.ask<{ id: number }>({ do: 'project', name: project });
    await servers.ask({ do: 'project', name: `${project}-by-hand` });
    mirrorId = (await headwater.ask<{ mirrorId: string }>({ do: 'enrol', repoId: id, url: upstreamUrl })).mirrorId;
    const ours = await ask({ do: 'import', repoId: id });
    imports.push({ ours, git: await counted(() => git.import(forgeUrl(`${project}-by-hand`))) });
  }

  const nothing: Pair[] = [];
  const commits: Pair[] = [];
  for (let round = 0; round < Math.max(5, bench.rounds); round += 1) {
    const ours = await ask({ do: 'sync', mirrorId, cause: 'clock', times: listings });
    nothing.push({ ours, git: await counted(() => git.list(listings)) });
  }
  for (let round = 0; round < Math.max(5, bench.rounds); round += 1) {
    subject.commit();
    const ours = await ask({ do: 'sync', mirrorId, cause: 'clock', times: 1 });
    commits.push({ ours, git: await counted(() => git.update(forgeUrl(`${project}-by-hand`))) });
    // The next fetch child is made ready after each run; a clock of hours leaves it the time, a benchmark must too.
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  return [
    comparison(subject, `nothing new (${listings} times)`, 1.0, nothing),
    comparison(subject, 'one commit', 1.3, commits),
    comparison(subject, 'full import', 1.15, imports),
  ];
}

interface Pair {
  readonly ours: Measured;
  readonly git: Measured;
}

function comparison(subject: Subject, job: string, goal: number, pairs: readonly Pair[]): Comparison {
  const middle = (side: 'ours' | 'git'): Measured => ({
    wallMs: median(pairs.map((pair) => pair[side].wallMs)),
    cpuMs: median(pairs.map((pair) => pair[side].cpuMs)),
    peakBytes: median(pairs.map((pair) => pair[side].peakBytes)),
    upstreamBytes: median(pairs.map((pair) => pair[side].upstreamBytes)),
  });
  return {
    subject: subject.name,
    job,
    goal,
    ours: middle('ours'),
    git: middle('git'),
    wallRatio: median(pairs.map((pair) => pair.ours.wallMs / pair.git.wallMs)),
    cpuRatio: median(pairs.map((pair) => pair.ours.cpuMs / Math.max(pair.git.cpuMs, 1))),
  };
}
