import { spawnSync } from 'node:child_process';

const prlimit = '/usr/bin/prlimit';

/**
 * A crash of this process, or of one that it starts, writes no copy of its memory to the disk: there are secrets in it (SEC-11).
 * Where prlimit is not installed, the service manager has to see to that (deploy/).
 */
export function forbidCoreDumps(): void {
  spawnSync(prlimit, ['--core=0:0', `--pid=${process.pid}`], { stdio: 'ignore' });
}
