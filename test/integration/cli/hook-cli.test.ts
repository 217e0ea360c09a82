import { cliBench } from './cli-bench';

describe("an upstream's webhook on the command line", () => {
  const url = 'https://github.com/octo/repo.git';
  const bench = async () => {
    const made = cliBench();
    await made.run(['mirror', 'set', 'owner/project', '--url', url]);
    return { ...made, webhook: (...more: string[]) => made.run(['mirror', 'webhook', 'owner/project', ...more]) };
  };

  it('is made, shown with its secret once, and explained', async () => {
    const { webhook, run } = await bench();
    expect((await webhook()).out).toContain('no webhook');
    const made = await webhook('--rotate');
    expect(made.out).toMatch(
      /^address {7}https:\/\/headwater\.example\/hooks\/upstream\/[\w-]{32}\nsecret {8}[\w-]{43}\n/,
    );
    expect(made.out).toContain('https://github.com/octo/repo/settings/hooks/new');
    const secret = /secret {8}(\S+)/.exec(made.out)?.[1] ?? '';
    const shown = (await webhook()).out + (await run(['mirror', 'show', 'owner/project', '--json'])).out;
    expect(shown).toContain('/hooks/upstream/');
    expect(shown).not.toContain(secret);
  });

  it('gets a new secret at the same address, and goes', async () => {
    const { webhook } = await bench();
    type Shown = { webhook: { url: string | null; secret?: string } };
    const json = async (...more: string[]) => (JSON.parse((await webhook('--json', ...more)).out) as Shown).webhook;
    const [first, second] = [await json('--rotate'), await json('--rotate')];
    expect([second.url, second.secret === first.secret]).toEqual([first.url, false]);
    expect(await json('--remove')).toMatchObject({ url: null, has_secret: false });
    expect((await webhook('--rotate', '--remove')).code).toBe(2);
  });
});

describe('whom a mirror tells, on the command line', () => {
  const url = 'https://receiver.example/hook';
  const set = ['mirror', 'set', 'owner/project', '--url', 'https://upstream.example/p.git'];

  it('is set with the mirror, and its secret printed once', async () => {
    const { run } = cliBench();
    const { out } = await run([...set, '--notify-url', url, '--notify-issue', '--json']);
    const made = JSON.parse(out) as Record<string, unknown>;
    expect(made).toMatchObject({
      notify_url: url,
      notify_issue: true,
      notify_secret: expect.stringMatching(/^whsec_/),
    });
    const later = await run(['mirror', 'set', 'owner/project', '--no-notify-issue', '--json']);
    expect(JSON.parse(later.out)).toMatchObject({ notify_url: url, notify_issue: false, has_notify_secret: true });
    expect(later.out).not.toContain(made.notify_secret);
  });

  it('gets a new secret', async () => {
    const { run } = cliBench();
    const first = /secret {8}(whsec_\S+)/.exec((await run([...set, '--notify-url', url])).out)?.[1];
    const second = await run(['mirror', 'notify-secret', 'owner/project']);
    expect(second.out).toMatch(/^whsec_\S+\n$/);
    expect(second.out.trim()).not.toBe(first);
  });
});
