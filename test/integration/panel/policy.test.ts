import { openPolicy, type Policy } from '../../../src/domain/policy';
import { panelBench } from '../../support/panel-bench';

const address = 'https://upstream.example/group/project.git';

function bench() {
  const made = panelBench();
  const allow = (changes: Partial<Policy>) =>
    made.store.transaction((tx) => tx.savePolicy({ ...openPolicy, ...changes }));
  const mirrors = async () => (await made.store.mirrors({ page: 1, limit: 10 })).total;
  return { ...made, allow, mirrors };
}

describe('what the admins do not allow, in the panel', () => {
  it.each<[string, Partial<Policy>, Record<string, string>, string]>([
    [
      'a host',
      { refusedHosts: ['upstream.example'] },
      {},
      'Your admin does not allow mirroring from upstream.example.',
    ],
    ['a scheme', { schemes: ['ssh'] }, {}, 'Your admin does not allow mirroring over https.'],
    ['a person', { whoMayMirror: 'site_admins' }, {}, 'Your admin does not let you set up mirrors in this project.'],
    ['one mirror more', { mirrorsPerOwner: 0 }, {}, 'Your admin allows 0 mirrors here, and there are as many already.'],
    ['a test', { refusedHosts: ['*'] }, { do: 'test' }, 'Your admin does not allow mirroring from upstream.example.'],
  ])('%s is refused in words of its own', async (_, changes, more, words) => {
    const { allow, post, mirrors } = bench();
    await allow(changes);
    const { text } = await post('add', { address, method: 'none', ...more });
    expect(text).toContain(words);
    expect(await mirrors()).toBe(0);
  });

  it('a new mirror’s form starts with the admins’ defaults and bounds, and saves them', async () => {
    const { allow, get, post, store } = bench();
    const defaults = { ...openPolicy.defaults, tags: 'none', deletions: 'follow' } as const;
    await allow({ defaults, minIntervalMs: 12 * 3_600_000 });
    const { text } = await get().expect(200);
    expect(text).toContain('12 hours');
    expect(text).toMatch(/name="tags">(<option[^>]*>[^<]*<\/option>)*<option value="none" selected>/);
    await post('add', { address, method: 'none', tags: 'none', deletions: 'follow' }).expect(303);
    expect((await store.mirrorOfProject(1))?.options).toMatchObject({ tags: 'none', deletions: 'follow' });
  });

  it('a project that was made public is told of, until it is saved anew', async () => {
    const { put, get } = bench();
    const visibility = { private: false, madePublicAt: 1 };
    await put({ sealedPassword: 'sealed', visibility });
    const words = 'This project was made public, so everybody may see what is mirrored';
    expect((await get().expect(200)).text).toContain(words);
    const quiet = bench();
    await quiet.put({ visibility });
    expect((await quiet.get().expect(200)).text).not.toContain(words);
  });

  it('AUTH-01: whoever confirms a mirror whose maintainer lost the right answers for it', async () => {
    const { put, get, post, store } = bench();
    const maintainer = { id: 99, login: 'gone', siteAdmin: false };
    await put({ pause: { reason: 'right_revoked', by: null, at: 1 }, maintainer, nextUpdateAt: null });
    const { text } = await get().expect(200);
    expect(text).toContain('Paused because gone is no admin of this project any more.');
    expect(text).toContain('Confirm mirror');
    await post('resume').expect(303);
    expect(await store.mirrorOfProject(1)).toMatchObject({ pause: null, maintainer: { login: 'admin-person' } });
  });
});
