import { openPolicy, type Policy } from '../../../src/domain/policy';
import type { ForgeProject } from '../../../src/ports/forge';
import { panelBench } from '../../support/panel-bench';

const target = 'https://mirror.example/group/project.git';

function bench() {
  const made = panelBench();
  const allow = (changes: Partial<Policy>) =>
    made.store.transaction((tx) => tx.savePolicy({ ...openPolicy, ...changes }));
  const setProject = (changes: Partial<ForgeProject>) => {
    const found = made.forge.projects.get(1);
    if (found !== undefined) made.forge.projects.set(1, { ...found, ...changes });
  };
  return { ...made, allow, setProject };
}

describe('whether push can be chosen', () => {
  const disabled = /name="direction" value="push" disabled/;

  it.each<[string, (on: ReturnType<typeof bench>) => unknown, RegExp]>([
    [
      'Headwater’s account is no admin of the project',
      ({ setProject }) => setProject({ canAdminister: false }),
      /make <code>headwater<\/code> an admin of it under <a href="[^"]*\/owner\/project\/settings\/collaboration"/,
    ],
    ['the admins allow none', ({ allow }) => allow({ pushMirrors: false }), /Your admin does not allow push mirrors\./],
    [
      'the forge has them switched off',
      ({ pushMirrors }) => void (pushMirrors.disabled = true),
      /Push mirrors are switched off in this Forgejo\./,
    ],
  ])('stays in sight when %s, with the reason', async (_when, prepare, why) => {
    const on = bench();
    await prepare(on);
    const { text } = await on.get().expect(200);
    expect(text).toMatch(disabled);
    expect(text).toMatch(why);
    expect(text).toMatch(/name="direction" value="pull" checked/);
  });

  it('is a choice where nothing is in the way', async () => {
    const { text } = await bench().get().expect(200);
    expect(text).toMatch(/name="direction" value="push">/);
    expect(text).not.toMatch(disabled);
  });

  it('is explained beside a pull mirror when somebody asks for it', async () => {
    const { put, get, setProject } = bench();
    setProject({ canAdminister: false });
    await put();
    expect((await get().expect(200)).text).toContain('Add push mirror');
    const { text } = await get('?open=add').expect(200);
    expect(text).toContain('To push from this project, make <code>headwater</code> an admin of it');
    expect(text).not.toContain('Repository address');
  });

  it('is not offered beside a pull mirror where nobody here can change it', async () => {
    const { put, get, allow } = bench();
    await allow({ pushMirrors: false });
    await put();
    expect((await get('?open=add').expect(200)).text).not.toContain('Add push mirror');
  });

  it('nobody is shown a form that the admins would refuse', async () => {
    const { get, allow } = bench();
    await allow({ whoMayMirror: 'site_admins' });
    const { text } = await get().expect(200);
    expect(text).toContain('Your admin does not let you set up mirrors in this project.');
    expect(text).not.toContain('Repository address');
  });
});

describe('the branches of a push mirror', () => {
  const fields = { direction: 'push', address: target, method: 'password', username: 'bot', password: 'canary-push' };

  it('can be chosen where the forge can, and stand in the list', async () => {
    const { get, post, pushMirrors } = bench();
    pushMirrors.can = { ssh: true, branchFilter: true };
    expect((await get().expect(200)).text).toContain('name="push_branches"');
    await post('add', { ...fields, push_branches: ' main , release/* ,' }).expect(303);
    expect(pushMirrors.made.map(({ branchFilter }) => branchFilter)).toEqual(['main,release/*']);
    const { text } = await get().expect(200);
    expect(text).toMatch(/Only branches<\/dt><dd><code>main, release\/\*<\/code>/);
  });

  it('stay in the form, and in the title of its fold, when something else is wrong', async () => {
    const { post, pushMirrors } = bench();
    pushMirrors.can = { ssh: true, branchFilter: true };
    const { text } = await post('add', { ...fields, address: '', push_branches: 'main' }).expect(400);
    expect(text).toMatch(/name="push_branches"[^>]* value="main"/);
    expect(text).toContain('· only main');
  });

  it('cannot be chosen where the forge would ignore it, and neither can an SSH key', async () => {
    const { get, pushMirrors } = bench();
    pushMirrors.can = { ssh: false, branchFilter: false };
    const { text } = await get().expect(200);
    expect(text).not.toContain('name="push_branches"');
    expect(text).toMatch(/hw-method-key hw-only-pull/);
  });

  it('a host that is refused is one to push to, not from', async () => {
    const { post, allow } = bench();
    await allow({ refusedHosts: ['mirror.example'] });
    expect((await post('add', fields).expect(200)).text).toContain(
      'Your admin does not allow mirroring to mirror.example.',
    );
  });
});
