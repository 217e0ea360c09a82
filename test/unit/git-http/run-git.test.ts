import { runGit } from '../../../src/git-http/run-git';

describe('running git', () => {
  test('answers exit code and output, whatever they are', async () => {
    expect(await runGit({ args: ['hash-object', '--stdin'], input: 'hello\n' })).toEqual({
      exitCode: 0,
      stdout: 'ce013625030ba8dba906f756967f9e9ca394464a\n',
      stderr: '',
    });
    const failed = await runGit({ args: ['no-such-command'] });
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('not a git command');
  });

  test('its surroundings have no say (SSRF-10)', async () => {
    process.env['GIT_CONFIG_COUNT'] = '1';
    process.env['GIT_CONFIG_KEY_0'] = 'url.http://evil.example/.insteadOf';
    process.env['GIT_CONFIG_VALUE_0'] = 'https://';
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:1';
    try {
      const { stdout } = await runGit({ args: ['config', '--list'] });
      expect(stdout).not.toContain('evil');
      const { stdout: environment } = await runGit({ args: ['-c', 'alias.env=!env', 'env'] });
      expect(environment).not.toContain('PROXY');
    } finally {
      for (const name of ['GIT_CONFIG_COUNT', 'GIT_CONFIG_KEY_0', 'GIT_CONFIG_VALUE_0', 'HTTPS_PROXY'])
        delete process.env[name];
    }
  });

  test('an abort kills git and what it started, and raises the reason', async () => {
    const abort = new AbortController();
    const started = performance.now();
    const run = runGit({ args: ['-c', 'alias.sleep=!sleep 30', 'sleep'], signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(run).rejects.toThrow('enough');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a signal that was aborted before starts nothing', async () => {
    await expect(runGit({ args: ['version'], signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
  });

  test('output beyond the cap is dropped', async () => {
    const { stdout } = await runGit({ args: ['help', '-a'], maxOutputBytes: 100 });
    expect(stdout).toHaveLength(100);
  });

  test('a git that cannot be started is told', async () => {
    await expect(runGit({ args: ['version'], gitPath: '/no/such/git' })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
