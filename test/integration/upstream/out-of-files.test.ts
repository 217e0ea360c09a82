import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

it('RES-03: without a file descriptor left, what starts a process says so, the service stays up, and then all works again', async () => {
  const program = join(__dirname, '../../support/out-of-files.ts');
  const limited = ['--nofile=256:256', process.execPath, '--require', require.resolve('tsx/cjs'), program];
  const { stdout } = await run('prlimit', limited);
  expect(JSON.parse(stdout)).toEqual({
    lacking: 'EMFILE',
    // A spare that could not be started is nobody's trouble.
    without: ['server_exhausted', 'server_exhausted', 'server_exhausted', 'done'],
    again: ['done', 'done', 'done', 'done'],
  });
});
