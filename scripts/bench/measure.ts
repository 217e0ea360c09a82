import type { Processes } from './process-tree';

export interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Most memory resident at once, summed over the processes; sampled, so a short peak may be missed. */
  readonly peakBytes: number;
}

/** Runs `work` and reads what the processes spent meanwhile. */
export async function measure(processes: Processes, work: () => Promise<void>): Promise<Figures> {
  let peakBytes = 0;
  const sample = () => (peakBytes = Math.max(peakBytes, processes.residentBytes()));
  const sampler = setInterval(sample, 50);
  const cpuBefore = processes.cpuMs();
  const begun = performance.now();
  try {
    await work();
    const wallMs = performance.now() - begun;
    sample();
    return { wallMs, cpuMs: processes.cpuMs() - cpuBefore, peakBytes };
  } finally {
    clearInterval(sampler);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
