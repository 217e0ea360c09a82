import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAddressPolicy } from '../../git-http/address-policy';
import type { Machine } from '../../ports/machine';
import { fetchPage, whyNoPage } from './fetch-page';

export interface MachineOptions extends Pick<Machine, 'redis' | 'database'> {
  readonly dataDir: string;
}

/** This machine and what it reaches. */
export function createMachine({ dataDir, redis, database }: MachineOptions): Machine {
  const publicOnly = createAddressPolicy([]);
  return {
    redis,
    database,
    page: fetchPage,
    gitVersion,
    async diskSpace() {
      const found = await statfs(dataDir).catch(() => null);
      if (found === null) return null;
      return { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize };
    },
    whyNoPage,
    async reach(url) {
      const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
      const addresses = (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
      if (addresses.length === 0) return null;
      if (addresses.some((address) => /^127\.|^(::ffff:127\.|::1$)/.test(address))) return 'loopback';
      return addresses.every((address) => publicOnly.allows(host, 443, address)) ? 'public' : 'private';
    },
    sleep: (ms) => sleep(ms),
  };
}

function gitVersion(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('git', ['--version'], { timeout: 10_000 }, (error, stdout) => {
      resolve(error === null ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? null) : null);
    });
  });
}
