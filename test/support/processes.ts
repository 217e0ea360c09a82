import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** Living processes whose command line or environment mentions `text`. */
export function processesWith(text: string): RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${entry}/status`, 'utf8'))) continue;
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8');
      if (command.includes(text) || environment.includes(text)) found.push({ pid: Number(entry), command });
    } catch {
      continue;
    }
  }
  return found;
}

/** Living children of a process, whose command line mentions `text`. */
export function childrenOf(parent: number, text: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const wanted = Number(fields[1]) === parent && fields[0] !== 'Z' && command.includes(text);
        return wanted ? [{ pid: Number(entry), command }] : [];
      } catch {
        return [];
      }
    });
}
