import { coerce, gte } from 'semver';
import type { Machine } from '../../ports/machine';
import { fail, ok, warn, type Check, type Verdict } from './check';

const gibibyte = 2 ** 30;
const oldestGit = '2.29.0';

/** This machine and its services. */
export function machineChecks(machine: Machine): Check[] {
  return [
    { id: 'database', title: 'Database', run: () => checkDatabase(machine) },
    { id: 'redis', title: 'Redis', run: () => checkRedis(machine) },
    { id: 'git', title: 'git', run: () => checkGit(machine) },
    { id: 'disk', title: 'Disk', run: () => checkDisk(machine) },
  ];
}

async function checkDatabase(machine: Machine): Promise<Verdict> {
  const { kind, state, pending, unknown, why } = await machine.database();
  const name = kind === 'postgres' ? 'PostgreSQL' : 'The SQLite database';
  if (state === 'silent')
    return fail(
      `${name} does not answer (${why ?? 'no reason was given'}).`,
      kind === 'postgres' ? 'Look at it and at HEADWATER_DATABASE_URL.' : 'Look at the data folder.',
    );
  if (state === 'none') return ok('There is no database yet; the first start makes it.');
  if (unknown.length > 0)
    return fail(
      `${name} was changed by a newer Headwater (${unknown.join(', ')}).`,
      'Use that version again, or the backup from before.',
    );
  if (pending.length > 0)
    return warn(
      `The tables are of an older version; ${pending.length} changes are due.`,
      'Make a backup; the next start makes the changes.',
    );
  return ok(`${name} answers, and its tables are up to date.`);
}

async function checkRedis(machine: Machine): Promise<Verdict> {
  const found = await machine.redis();
  switch (found.kind) {
    case 'silent':
      return fail(`Redis does not answer (${found.why}).`, 'Look at it and at HEADWATER_REDIS_URL.');
    case 'answers':
      if (found.refused.length > 0) {
        const sentence = `Redis refuses ${found.refused.join(', ')} to the user of HEADWATER_REDIS_URL`;
        const cure = 'Allow that user all commands on the keys and channels headwater:*.';
        return found.refused.every((command) => command === 'SUBSCRIBE')
          ? warn(`${sentence}, so pages and event streams are late.`, cure)
          : fail(`${sentence}, so no mirror is updated.`, cure);
      }
      return found.eviction === null
        ? ok('Redis answers and forgets nothing.')
        : warn(
            `Redis drops keys when its memory is full (${found.eviction}).`,
            'Set maxmemory-policy noeviction, or give Headwater a Redis of its own.',
          );
    case 'private':
      if (!found.program)
        return fail('There is no redis-server on this machine.', 'Install it, or set HEADWATER_REDIS_URL.');
      return ok(found.running ? 'The private Redis answers.' : 'The private Redis starts with Headwater.');
  }
}

async function checkGit(machine: Machine): Promise<Verdict> {
  const version = await machine.gitVersion();
  const cure = 'Install git 2.29 or newer.';
  if (version === null) return fail('git does not run.', cure);
  const found = coerce(version);
  return found !== null && gte(found, oldestGit) ? ok(`git ${version}.`) : fail(`git ${version} is too old.`, cure);
}

async function checkDisk(machine: Machine): Promise<Verdict> {
  const space = await machine.diskSpace();
  if (space === null) return ok('There is no data folder yet; the first start makes it.');
  const free = `${(space.freeBytes / gibibyte).toFixed(1)} of ${(space.totalBytes / gibibyte).toFixed(1)} GiB`;
  const cure = 'Free some, or move HEADWATER_DATA_DIR; the caches in it may be deleted while Headwater is stopped.';
  if (space.freeBytes < gibibyte) return fail(`Only ${free} are free for the data folder.`, cure);
  return space.freeBytes < 5 * gibibyte
    ? warn(`Only ${free} are free for the data folder.`, cure)
    : ok(`${free} are free.`);
}
