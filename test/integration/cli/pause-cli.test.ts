import { cliBench } from './cli-bench';

describe('pausing on the command line', () => {
  const bench = async () => {
    const made = cliBench();
    await made.run(['mirror', 'set', 'owner/project', '--url', 'https://upstream.example/p.git']);
    return {
      ...made,
      mirror: (verb: string, ...more: string[]) => made.run(['mirror', verb, 'owner/project', ...more]),
    };
  };

  it('pauses, refuses to update, and resumes with an update', async () => {
    const { mirror, queue } = await bench();
    expect((await mirror('pause')).out).toBe('The mirror of owner/project is paused until it is resumed.\n');
    expect((await mirror('show')).out).toContain('paused by the admin');
    expect(await mirror('sync')).toMatchObject({ code: 1, err: expect.stringContaining('mirror_paused') });
    queue.lose();
    expect((await mirror('resume')).out).toBe('The mirror of owner/project is resumed and updates now.\n');
    expect(queue.waiting).toHaveLength(1);
    expect((await mirror('resume')).out).toBe('The mirror of owner/project was not paused.\n');
  });

  it('stops the run under way', async () => {
    const { mirror } = await bench();
    expect((await mirror('stop')).out).toBe('The run was stopped (owner/project).\n');
    expect((await mirror('stop')).out).toBe('No run of this mirror was under way (owner/project).\n');
    expect(JSON.parse((await mirror('show', '--json')).out)).toMatchObject({ active_run: null, paused: false });
  });
});
