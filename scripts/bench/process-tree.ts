import { readdirSync, readFileSync } from 'node:fs';

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Own user and system time; ms. */
  readonly ownCpuMs: number;
  /** That of children that have ended and were waited for; ms. */
  readonly endedCpuMs: number;
  readonly residentBytes: number;
}

/** Linux's clock tick and page size, which getconf(1) gives as 100 and 4096 on every common machine. */
const tickMs = 10;
const pageBytes = 4096;

/** What is read of processes before, during and after a measurement. */
export interface Processes {
  /** User and system time so far; ms. */
  cpuMs(): number;
  /** Memory resident now, summed; shared pages count once for each process. */
  residentBytes(): number;
}

/** A long-lived process with everything below it, ended children included. */
export function processTree(root: number): Processes {
  return {
    cpuMs: () => sum(tree(root), (stat) => stat.ownCpuMs + stat.endedCpuMs),
    residentBytes: () => sum(tree(root), (stat) => stat.residentBytes),
  };
}

/** The short-lived children of this process, itself apart; `except` are long-lived ones that are not meant. */
export function ownChildren(except: ReadonlySet<number>): Processes {
  const children = () => tree(process.pid, except).filter((stat) => stat.pid !== process.pid);
  return {
    cpuMs: () => readStat(process.pid)?.endedCpuMs ?? 0,
    residentBytes: () => sum(children(), (stat) => stat.residentBytes),
  };
}

function sum(stats: readonly Stat[], of: (stat: Stat) => number): number {
  return stats.reduce((total, stat) => total + of(stat), 0);
}

function tree(root: number, except: ReadonlySet<number> = new Set()): Stat[] {
  const children = new Map<number, Stat[]>();
  let top: Stat | undefined;
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readStat(Number(entry)) : null;
    if (stat === null || except.has(stat.pid)) continue;
    if (stat.pid === root) top = stat;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat]);
  }
  const found: Stat[] = top === undefined ? [] : [top];
  for (const stat of found) found.push(...(children.get(stat.pid) ?? []));
  return found;
}

/** proc(5): the name stands in parentheses and may contain anything; what follows it is plain numbers. */
function readStat(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number): number => fields[number - 3] ?? 0;
  return {
    pid,
    parent: field(4),
    ownCpuMs: (field(14) + field(15)) * tickMs,
    endedCpuMs: (field(16) + field(17)) * tickMs,
    residentBytes: field(24) * pageBytes,
  };
}
