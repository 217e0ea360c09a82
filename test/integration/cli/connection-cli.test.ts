import { HeadwaterError } from '../../../src/domain/errors';
import { cliBench } from './cli-bench';

const url = 'https://upstream.example/group/project.git';
const password = 'canary-passw0rd-51d0';

describe('headwater mirror test', () => {
  it('says what the upstream has and what the project has already, and saves nothing', async () => {
    const bench = cliBench();
    bench.listings.refs.set('refs/heads/main', 'a'.repeat(40)).set('refs/tags/v1', 'b'.repeat(40));
    bench.forge.refs.set(1, new Map([['refs/heads/local', 'c'.repeat(40)]]));
    const args = ['mirror', 'test', 'owner/project', '--url', url, '--user', 'bot', '--password-stdin'];
    const answer = await bench.run(args, { input: `${password}\n` });
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(answer.out).toContain(`${url} answers: 1 branches, 1 tags, default branch main.`);
    expect(answer.out).toContain('already has 1 branches');
    expect(bench.listings.lastPassword).toBe(password);
    expect((await bench.store.mirrors({ page: 1, limit: 1 })).total).toBe(0);
    const json = await bench.run(['mirror', 'test', 'owner/project', '--url', url, '--json']);
    expect(JSON.parse(json.out)).toEqual({
      url,
      branches: 1,
      tags: 1,
      default_branch: 'main',
      project_branches: 1,
      warnings: [],
    });
    expect(bench.open.count).toBe(0);
  });

  it('fails with 1 and the code when the upstream does not answer', async () => {
    const bench = cliBench();
    bench.listings.answer = () =>
      Promise.reject(new HeadwaterError('upstream_not_found', { host: 'upstream.example' }));
    const answer = await bench.run(['mirror', 'test', 'owner/project', '--url', url]);
    expect([answer.code, answer.out]).toEqual([1, '']);
    expect(answer.err).toContain('(upstream_not_found)');
  });
});

describe('headwater mirror create', () => {
  it('makes the project with the add-on’s own account, and its mirror', async () => {
    const bench = cliBench();
    const args = ['mirror', 'create', 'group/imported', '--url', url, '--public', '--tags', 'none', '--password-stdin'];
    const answer = await bench.run([...args, '--user', 'bot'], { input: password });
    expect(answer).toMatchObject({ code: 0, err: '' });
    expect(answer.out).toContain('The project group/imported was made and will be imported.');
    expect(answer.out).not.toContain(password);
    expect(bench.newProjects.done[0]).toBe('create group/imported public');
    expect(bench.queue.waiting).toHaveLength(1);
  });

  it('says what to do when the account may not', async () => {
    const bench = cliBench();
    bench.newProjects.closed.add('group');
    const answer = await bench.run(['mirror', 'create', 'group/imported', '--url', url]);
    expect([answer.code, answer.out]).toEqual([1, '']);
    expect(answer.err).toContain('(project_owner_denied)');
  });
});

describe('headwater mirror push', () => {
  const target = 'https://target.example/a/b.git';
  it('adds, lists, syncs and removes push mirrors with the add-on’s own account', async () => {
    const bench = cliBench();
    const push = (...args: string[]) => bench.run(['mirror', 'push', ...args], { input: password });
    expect((await push('list', 'owner/project')).out).toContain('has no push mirrors');
    const added = await push(
      'add',
      'owner/project',
      '--url',
      target,
      '--user',
      'bot',
      '--password-stdin',
      '--interval',
      '1h',
    );
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toContain(`remote_mirror_1  ${target}  every 1h, on push  last never`);
    expect(bench.pushMirrors.asked.at(-1)).toBe('create owner/project with canary-own-t0ken');
    expect(JSON.parse((await push('list', 'owner/project', '--json')).out)).toMatchObject([
      { url: target, interval: '1h' },
    ]);
    expect((await push('sync', 'owner/project')).code).toBe(0);
    bench.pushMirrors.ends = async () => false;
    const failed = await push('sync', 'owner/project');
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('(push_mirror_sync_failed)')]);
    expect((await push('remove', 'owner/project', 'remote_mirror_9')).code).toBe(1);
    expect((await push('remove', 'owner/project', 'remote_mirror_1')).code).toBe(0);
    expect(JSON.parse((await push('list', 'owner/project', '--json')).out)).toEqual([]);
  });
});

describe('headwater mirror sync --timeout', () => {
  it('ends with a code when no worker comes, and leaves the run to whoever comes', async () => {
    const bench = cliBench();
    await bench.run(['mirror', 'set', 'owner/project', '--url', url]);
    const answer = await bench.run(['mirror', 'sync', 'owner/project', '--timeout', '1s']);
    expect([answer.code, answer.err]).toEqual([1, expect.stringContaining('(run_not_taken)')]);
    expect(bench.queue.waiting).toHaveLength(1);
    const wrong = await bench.run(['mirror', 'sync', 'owner/project', '--timeout', 'soon']);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('--timeout must be a time')]);
  });
});
