// Opens a store in a process of its own, and is killed at the end of the newest migration, before it counts as done.
import type { MigrationInterface } from 'typeorm';
import { sqliteDataSource } from '../../src/adapters/store/data-sources';
import { openStore } from '../../src/adapters/store/open-store';

type MigrationClass = new () => MigrationInterface;

const all = sqliteDataSource(':memory:', 'read').options.migrations as MigrationClass[];
const moment = ({ name }: MigrationClass): number => Number(name.slice(-13));
const newest = [...all].sort((a, b) => moment(a) - moment(b)).at(-1);
if (newest === undefined) throw new Error('there are no migrations');
const { up } = newest.prototype as MigrationInterface;
(newest.prototype as MigrationInterface).up = async function (runner) {
  await up.call(this, runner);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment, in which nothing further may happen.
  await new Promise(() => undefined);
};

const [databaseUrl = '', file = ''] = process.argv.slice(2);
void openStore({ databaseUrl: databaseUrl === '' ? null : databaseUrl, file });
