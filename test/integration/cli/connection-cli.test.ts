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
