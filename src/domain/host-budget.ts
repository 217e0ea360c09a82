import type { Fault } from './errors';
import { failureRule } from './failure-rules';

/** What runs at this moment, as the database knows it. */
export interface HostLoad {
  /** Runs that a worker has, of mirrors of this host. */
  readonly running: number;
  /** The same of slow mirrors, of whatever host. */
  readonly slowRunning: number;
  /** The host asked to be left alone until then, epoch ms. */
  readonly blockedUntil: number | null;
}

export interface BudgetPolicy {
  /** Runs at a time of mirrors whose upstreams are on one host, over all workers. */
  readonly hostConcurrency: number;
  /** Runs at a time of mirrors that are slow, over all workers. */
  readonly slowConcurrency: number;
}

/** Which upstreams share a budget: host name, and the port if it is not the usual one. */
export function budgetHost(href: string): string {
  const authority = /^[a-z]+:\/\/(?:[^@/]*@)?([^/]*)/.exec(href)?.[1] ?? '';
  return href.startsWith('ssh:') ? authority.replace(/:22$/, '') : authority;
}

/**
 * Its last run held a worker for long, or took it down: such mirrors get only a part of the workers' slots, so that a few of
 * them cannot keep all others waiting (SCHED-06).
 */
export function isSlow({
  failures,
  lastError,
}: {
  readonly failures: number;
  readonly lastError: Fault | null;
}): boolean {
  return failures > 0 && lastError !== null && failureRule(lastError.code).slow;
}

/** How many more runs of this host may begin at `at`. */
export function roomOn(load: HostLoad, at: number, policy: BudgetPolicy): number {
  if (load.blockedUntil !== null && load.blockedUntil > at) return 0;
  return Math.max(0, policy.hostConcurrency - load.running);
}

export function hasSlowRoom(load: HostLoad, policy: BudgetPolicy): boolean {
  return load.slowRunning < policy.slowConcurrency;
}
