import { childEndFault, libgitFault } from '../../../src/adapters/upstream/fetch-errors';
import { faultOf } from '../../support/git-upstream-access';

const context = { host: 'git.example', memoryBytes: 1000, fileBytes: 2000, cpuSeconds: 3 };

describe('what libgit2 says', () => {
  test.each([
    ['failed to write pack: No space left on device', 'disk_full'],
    ['could not write to file: Disk quota exceeded', 'disk_full'],
    ['failed to write chunk: File too large', 'fetch_limit'],
    ['Out of memory', 'fetch_limit'],
    ['failed to mmap. Could not write data: Cannot allocate memory', 'fetch_limit'],
    ['failed to find missing delta base', 'upstream_corrupt'],
    ['packfile trailer mismatch', 'upstream_corrupt'],
    ['indexer: wrong checksum', 'upstream_corrupt'],
    ['failed to inflate object', 'upstream_corrupt'],
    ['could not read from remote repository', 'upstream_corrupt'],
    ['invalid packet header; bad packet length', 'upstream_corrupt'],
    ['unexpected EOF', 'upstream_corrupt'],
    ["config value 'http.followRedirects' was not found", 'upstream_corrupt'],
    ['', 'upstream_corrupt'],
  ])('"%s" means %s, and is not shown', async (message, code) => {
    const fault = await faultOf(Promise.reject(libgitFault(message, context)));
    expect(fault.code).toBe(code);
    if (message !== '') expect(fault.message).not.toContain(message);
  });
});

describe('how a child ended', () => {
  const end = { exitCode: null, signal: null, stderr: '', garbage: false, notStarted: null };
  test.each([
    [{ ...end, signal: 'SIGSEGV' as const }, false, 'fetch_crashed'],
    [{ ...end, signal: 'SIGBUS' as const }, true, 'disk_full'],
    [{ ...end, signal: 'SIGBUS' as const }, false, 'fetch_crashed'],
    [{ ...end, signal: 'SIGXCPU' as const }, false, 'fetch_limit'],
    [
      { ...end, signal: 'SIGABRT' as const, stderr: 'FATAL ERROR: JavaScript heap out of memory' },
      false,
      'fetch_limit',
    ],
    [{ ...end, exitCode: 0 }, false, 'fetch_crashed'],
    [{ ...end, notStarted: Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN' }) }, false, 'server_exhausted'],
    [{ ...end, notStarted: Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' }) }, false, 'fetch_crashed'],
    [{ ...end, garbage: true, signal: 'SIGKILL' as const }, false, 'fetch_crashed'],
  ])('%j, disk full %s, means %s', async (how, diskIsFull, code) => {
    expect((await faultOf(Promise.reject(childEndFault(how, context, diskIsFull)))).code).toBe(code);
  });
});
