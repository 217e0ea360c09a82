import { join } from 'node:path';
import type { ForgeAddress } from './forge-server';
import { GitSide } from './git-side';
import type { LineProcess } from './line-process';
import { measure, median, type Figures } from './measure';
import { processTree } from './process-tree';

export interface Measured extends Figures {
  /** What the upstream's git sent. */
  readonly upstreamBytes: number;
}

/** One round. */
export interface Pair {
  readonly ours: Measured;
  readonly git: Measured;
}

export interface Comparison {
  readonly job: string;
  readonly goal: number;
  readonly ours: Measured;
  readonly git: Measured;
  /** Medians of the ratios round by round, so that a machine whose speed drifts does not matter. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
}

/** The processes of a benchmark, and how both sides are measured between them. */
export class Bench {
  constructor(
    readonly forge: LineProcess,
    readonly upstream: LineProcess,
    readonly headwater: LineProcess,
    readonly forgeAddress: ForgeAddress,
    readonly upstreamBase: string,
    readonly folder: string,
    readonly rounds: number,
  ) {}

  /** The git command line, with a repository of its own. */
  gitSide(upstreamUrl: string, env: Readonly<Record<string, string>> = {}): GitSide {
    const long = new Set([this.forge.pid, this.upstream.pid, this.headwater.pid]);
    return new GitSide(upstreamUrl, join(this.folder, 'by-hand.git'), long, env);
  }

  /** Address of a project, for git by hand. */
  projectUrl(name: string): string {
    const { forgeUrl, botToken, owner } = this.forgeAddress;
    return `${forgeUrl.replace('://', `://bot:${botToken}@`)}/${owner}/${name}.git`;
  }

  project(name: string): Promise<{ readonly id: number; readonly dir: string }> {
    return this.forge.ask({ do: 'project', name });
  }

  async removeProject(name: string): Promise<void> {
    await this.forge.ask({ do: 'remove', name });
  }

  /** What Headwater spends on a question to its worker. */
  ours(question: object): Promise<Measured> {
    return this.counted(() =>
      measure(processTree(this.headwater.pid), async () => void (await this.headwater.ask(question))),
    );
  }

  async counted(work: () => Promise<Figures>): Promise<Measured> {
    const sent = async () => (await this.upstream.ask<{ bytes: number }>({ do: 'sent bytes' })).bytes;
    const before = await sent();
    const figures = await work();
    return { ...figures, upstreamBytes: (await sent()) - before };
  }
}

export function comparison(job: string, goal: number, pairs: readonly Pair[]): Comparison {
  const middle = (side: 'ours' | 'git'): Measured => ({
    wallMs: median(pairs.map((pair) => pair[side].wallMs)),
    cpuMs: median(pairs.map((pair) => pair[side].cpuMs)),
    peakBytes: median(pairs.map((pair) => pair[side].peakBytes)),
    upstreamBytes: median(pairs.map((pair) => pair[side].upstreamBytes)),
  });
  return {
    job,
    goal,
    ours: middle('ours'),
    git: middle('git'),
    wallRatio: median(pairs.map((pair) => pair.ours.wallMs / pair.git.wallMs)),
    cpuRatio: median(pairs.map((pair) => pair.ours.cpuMs / Math.max(pair.git.cpuMs, 1))),
  };
}

/** The next fetch child is made ready after each run; a clock of hours leaves it the time, a benchmark must too. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2000));
}
