import { cliBench } from './cli-bench';

describe('the policy on the command line', () => {
  it('is shown, changed and shown again, and the change is what the API has', async () => {
    const { run, store } = cliBench();
    expect((await run(['policy', 'show'])).out).toContain('may mirror    admins of projects\n');
    const { code, out } = await run([
      ...[
        'policy',
        'set',
        '--who',
        'listed',
        '--listed',
        'Ann, group',
        '--refuse-hosts',
        '*.evil.example,bad.example:8443',
      ],
      ...['--schemes', 'https,ssh', '--min-interval', '1h', '--default-interval', 'adaptive', '--no-default-lfs'],
      ...['--no-push-mirrors', '--mirrors-per-owner', '', '--mirrors-per-user', '20'],
    ]);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'may mirror    those listed: ann, group',
      'allowed hosts all',
      'refused hosts *.evil.example, bad.example:8443',
      'schemes       https, ssh',
      'intervals     1h to as set',
      'new mirrors   interval adaptive, tags all, divergence keep, deletions ignore, LFS off',
      'push mirrors  not allowed',
      'per owner     any number of pull mirrors',
      'per user      20 pull mirrors',
      '',
    ]);
    const shown = JSON.parse((await run(['policy', 'set', '--refuse-hosts', '', '--json'])).out) as object;
    expect(shown).toMatchObject({ refused_hosts: [], schemes: ['https', 'ssh'], settings: { min_interval: '10m' } });
    expect(await store.policy()).toMatchObject({ refusedHosts: [], minIntervalMs: 3_600_000, mirrorsPerUser: 20 });
  });

  it.each([
    ['--schemes', 'https,ftp'],
    ['--mirrors-per-user', 'many'],
    ['--min-interval', '1s'],
    ['--allow-hosts', 'https://example.org'],
  ])('refuses %s %s, and changes nothing', async (flag, value) => {
    const { run, store } = cliBench();
    const before = await store.policy();
    expect(await run(['policy', 'set', flag, value])).toMatchObject({ code: 1 });
    expect(await store.policy()).toEqual(before);
  });

  it('does not hold the server’s admin to who may mirror, but to hosts', async () => {
    const { run } = cliBench();
    await run(['policy', 'set', '--who', 'site_admins', '--refuse-hosts', 'bad.example']);
    const set = (url: string) => run(['mirror', 'set', 'owner/project', '--url', url]);
    expect(await set('https://bad.example/p.git')).toMatchObject({
      code: 1,
      err: expect.stringContaining('host_not_allowed') as string,
    });
    expect(await set('https://upstream.example/p.git')).toMatchObject({ code: 0 });
  });
});
