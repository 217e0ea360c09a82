import { fault, HeadwaterError } from '../../../src/domain/errors';
import { hostKeyNamed } from '../../fakes/fake-ssh';
import { buildMirrorSsh } from '../../support/builders';
import { panelBench, panelPath, type PanelBench } from '../../support/panel-bench';

const httpAddress = 'https://git.example/octo-org/library.git';
const sshAddress = 'git@git.example:octo-org/library.git';

describe('the settings panel', () => {
  let bench: PanelBench;
  beforeEach(() => {
    bench = panelBench();
    bench.forge.addToken('reader', 'read');
    bench.forge.addToken('stranger', 'stranger');
  });

  const as = (token: string) => ({
    userId: 2,
    login: token,
    token,
    tokenExpiresAt: 2e15,
    tokenRenewAt: 2e15,
    since: 0,
  });
  const mirror = () => bench.store.mirrorOfProject(1);

  it('stands open where nothing is mirrored, in the look of the forge', async () => {
    const { text, headers } = await bench.get('?theme=forgejo-dark').expect(200);
    expect(text).toContain('data-theme="forgejo-dark"');
    expect(text).toContain('href="https://forge.example/assets/css/index.css"');
    expect(text).toContain('href="https://forge.example/assets/css/theme-forgejo-dark.css"');
    expect(text).toContain('Keep this project in step with repositories elsewhere');
    expect(text).toContain(`action="${panelPath}/add"`);
    expect(headers['content-security-policy']).toContain('frame-ancestors https://forge.example');
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/^panel_theme=forgejo-dark; Path=\//)]);
  });

  it('takes no theme that is none', async () => {
    const { text } = await bench.get('?theme=../../x').expect(200);
    expect(text).toContain('data-theme="forgejo-auto"');
  });

  it('has no script and no style inside the page', async () => {
    await bench.put();
    for (const path of ['', '?open=edit', '?open=delete', '/history', '/status']) {
      const { text } = await bench.get(path).expect(200);
      expect(text).not.toMatch(/<script(?![^>]* src=)[^>]*>|<style|\son\w+=|\sstyle=/);
    }
  });

  it('tells who is not signed in how to', async () => {
    bench.signIn(null);
    const { text } = await bench.get().expect(401);
    expect(text).toContain('Sign in to see and change mirrors.');
    expect(text).toContain('Sign in with Forgejo');
    expect(text).toMatch(/href="\/oauth\/login\?return_to=/);
    await bench.post('update').expect(401);
  });

  it('shows those without the right where they can look, and strangers nothing', async () => {
    await bench.put();
    bench.signIn(as('reader'));
    const noRight = await bench.get().expect(403);
    expect(noRight.text).toContain('Only admins of owner/project can change its mirrors.');
    expect(noRight.text).not.toContain('upstream.example');
    const tab = await bench.get('/status').expect(200);
    expect(tab.text).toContain('https://upstream.example/group/project.git');
    expect(tab.text).not.toMatch(/<form|<button/);
    bench.signIn(as('stranger'));
    expect((await bench.get().expect(404)).text).toContain('There is no project owner/project, or you may not see it.');
    await bench.post('update').expect(404);
    await bench.get('/history').expect(404);
  });

  it('changes nothing without the token of its forms', async () => {
    await bench.put();
    const { text } = await bench.postWithout('pause').expect(403);
    expect(text).toContain('This page was too old to act on. Nothing was changed; try again.');
    expect((await mirror())?.pause).toBeNull();
  });

  it('shows the last known list without buttons while the forge is down', async () => {
    await bench.put({ lastSuccessAt: 1, proof: { behind: 0, diverged: [], divergedTotal: 0, inSyncAt: 1 } });
    await bench.get().expect(200);
    bench.forge.down = true;
    const { text } = await bench.get().expect(200);
    expect(text).toContain('Forgejo does not answer.');
    expect(text).toMatch(/Up to date at/);
    expect(text).not.toMatch(/<button|Delete/);
    expect(text).toContain('Look now');
    const fresh = panelBench();
    fresh.forge.down = true;
    expect((await fresh.get().expect(503)).text).toContain('Mirrors can’t be shown or changed now.');
  });

  it('explains a mirror of the forge’s own, and the way to convert it', async () => {
    bench.forge.projects.set(1, { ...nativeProject, originalUrl: httpAddress });
    const { text } = await bench.get().expect(200);
    expect(text).toContain('This project is a read-only mirror that Forgejo updates itself.');
    expect(text).toContain('https://forge.example/owner/project/settings#convert-mirror-repo-modal');
    expect(text).toContain(`<code>${httpAddress}</code>`);
    expect(text).not.toContain('Repository address');
    bench.forge.projects.set(1, { ...nativeProject, nativeMirror: false, canPush: true, originalUrl: httpAddress });
    expect((await bench.get().expect(200)).text).toContain(`value="${httpAddress}"`);
  });
  const nativeProject = {
    id: 1,
    owner: 'owner',
    name: 'project',
    empty: false,
    archived: false,
    private: false,
    nativeMirror: true,
    defaultBranch: 'main',
    canPush: false,
    ownerId: 7,
    hasPullRequests: true,
  };

  it('says which account to add where Headwater may not push', async () => {
    bench.forge.projects.set(1, { ...nativeProject, nativeMirror: false });
    const { text } = await bench.get().expect(200);
    expect(text).toContain('Headwater delivers as <code>headwater</code>');
    expect(text).toContain('https://forge.example/owner/project/settings/collaboration');
  });

  it('adds a mirror with a password, which never comes back', async () => {
    const password = 'canary-0f1e';
    const fields = {
      address: httpAddress,
      method: 'password',
      username: 'bot',
      password,
      lfs_shown: 'yes',
      follow_default: 'yes',
    };
    const added = await bench.post('add', fields).expect(303);
    expect(added.headers['location']).toBe(`${panelPath}?said=added`);
    expect(await mirror()).toMatchObject({ url: httpAddress, authUser: 'bot', enabled: true, options: { lfs: false } });
    const { text } = await bench.get('?said=added&open=edit').expect(200);
    expect(text).toContain('Added.');
    expect(text.split('The first update starts within a minute.')).toHaveLength(2);
    expect(text).toContain('Stored. Leave empty to keep it');
    expect(text).not.toContain(password);
    expect(bench.queue.ensured).toHaveLength(1);
  });

  it('keeps what was typed when something is wrong with it, but no password', async () => {
    const fields = { address: 'github.com/o/r', method: 'password', username: 'bo:t', password: 'canary-77' };
    const { text } = await bench.post('add', fields).expect(400);
    expect(text).toContain('value="github.com/o/r"');
    expect(text).toContain('Start the address with https:// or ssh://.');
    expect(text).not.toContain('upstream');
    expect(text).toMatch(/Did you mean <button[^>]*name="meant"[^>]*value="https:\/\/github.com\/o\/r"/);
    expect(text).toContain('aria-invalid="true"');
    expect(text).not.toContain('canary-77');
    const meant = await bench.post('add', { ...fields, meant: 'https://github.com/o/r' }).expect(200);
    expect(meant.text).toContain('value="https://github.com/o/r"');
    expect(await mirror()).toBeNull();
  });

  it('marks the field that is to blame', async () => {
    const colon = await bench.post('add', { address: httpAddress, method: 'password', username: 'a:b', password: 'x' });
    expect(colon.text).toContain('A username has no colon.');
    const pattern = await bench.post('add', {
      address: httpAddress,
      method: 'none',
      branches: 'pattern',
      pattern: '(',
    });
    expect(pattern.text).toContain('This is not an RE2 pattern.');
    expect(pattern.text).toMatch(/<details class="hw-more hw-only-pull" open>/);
    const blocked = await bench.post('add', { address: 'https://127.0.0.1/x.git', method: 'none' });
    expect(blocked.text).toContain('Your admin does not allow mirroring from 127.0.0.1.');
  });

  it('tests a connection before saving', async () => {
    bench.listings.refs.set('refs/heads/main', 'a'.repeat(40)).set('refs/tags/v1', 'b'.repeat(40));
    const good = await bench.post('add', { address: httpAddress, method: 'none', do: 'test' }).expect(200);
    expect(good.text).toContain('<b>Connected.</b> 1 branch, 1 tag');
    expect(await mirror()).toBeNull();
    bench.listings.answer = () => Promise.reject(new HeadwaterError('upstream_not_found', { host: 'git.example' }));
    const bad = await bench.post('add', { address: httpAddress, method: 'none', do: 'test' }).expect(200);
    expect(bad.text).toContain('git.example has no repository at this address.');
  });

  it('has the keys of an ssh server confirmed, then waits for its own key to be installed', async () => {
    const key = hostKeyNamed('server');
    const shown = await bench.post('add', { address: sshAddress, method: 'key' }).expect(200);
    expect(shown.text).toContain('Is this really git.example?');
    expect(shown.text).toContain(key.fingerprint);
    expect(await mirror()).toBeNull();
    const fields = { address: sshAddress, method: 'key', host_key: `${key.type} ${key.key}` };
    const unticked = await bench.post('add', fields).expect(400);
    expect(unticked.text).toContain('Confirm the server’s keys first.');
    await bench.post('add', { ...fields, keys_confirmed: 'yes' }).expect(303);
    expect(await mirror()).toMatchObject({
      enabled: false,
      ssh: { hostKeys: [{ key: 'server', confirmedBy: 'admin-person' }] },
    });
    expect(bench.queue.ensured).toHaveLength(0);
    const { text } = await bench.get().expect(200);
    expect(text).toContain('Needs its key');
    expect(text).toContain('ssh-ed25519 key-1 headwater owner/project');
    expect(text).toContain('I added it, update now');
    await bench.post('resume').expect(303);
    expect(await mirror()).toMatchObject({ enabled: true });
    expect(bench.queue.ensured).toHaveLength(1);
  });

  it('adds, updates and deletes push mirrors of the forge for admins of the project', async () => {
    const both = await bench.get().expect(200);
    expect(both.text).toContain('The other repository becomes a copy of this project.');
    const address = 'https://mirror.example/octo-org/library.git';
    const fields = {
      direction: 'push',
      address,
      method: 'password',
      username: 'bot',
      password: 'canary-push',
      interval: '1h0m0s',
    };
    const added = await bench.post('add', fields).expect(303);
    expect(added.headers['location']).toBe(`${panelPath}?said=addedPush`);
    expect(bench.pushMirrors.made).toMatchObject([{ intervalMs: 3_600_000, syncOnCommit: false }]);
    const { text } = await bench.get().expect(200);
    expect(text).toContain('Pushes to');
    expect(text).toContain(address);
    expect(text).not.toContain('canary-push');
    await bench.post('push/update').expect(303);
    const asked = await bench.get('?open=delete&push=remote_mirror_1').expect(200);
    expect(asked.text).toContain('Delete this push mirror?');
    await bench.post('push/delete', { push: 'remote_mirror_1' }).expect(303);
    expect(bench.pushMirrors.mirrors).toEqual([]);
    const audit = await bench.store.auditEntries({ repoId: 1 }, { page: 1, limit: 10 });
    expect(audit.items.map(({ action, who }) => `${who} ${action}`).sort()).toEqual([
      'admin-person push_mirror.created',
      'admin-person push_mirror.deleted',
    ]);
  });

  it('shows push mirrors without buttons where Headwater’s account is no admin of the project', async () => {
    bench.forge.projects.set(1, { ...nativeProject, nativeMirror: false, canPush: true, canAdminister: false });
    bench.pushMirrors.mirrors = [
      {
        name: 'remote_mirror_1',
        url: 'https://mirror.example/x.git',
        intervalMs: 0,
        syncOnCommit: true,
        branchFilter: null,
        publicKey: null,
        createdAt: null,
        lastUpdateAt: null,
        lastError: null,
      },
    ];
    const { text } = await bench.get().expect(200);
    expect(text).toContain('https://mirror.example/x.git');
    expect(text).toContain('make <code>headwater</code> an admin of this project');
    expect(text).not.toContain('Update all');
    await bench.post('push/update').expect(403);
  });

  it('connects to no more than 20 servers a minute for one person, and keeps what was filled in (SSRF-09)', async () => {
    const fields = { direction: 'pull', address: httpAddress, method: 'none', do: 'test' };
    for (let count = 0; count < 20; count += 1)
      expect((await bench.post('add', fields).expect(200)).text).not.toContain('Too many requests');
    const { text } = await bench.post('add', fields).expect(200);
    expect(text).toContain('Too many requests of this kind in a short time.');
    expect(text).toContain(httpAddress);
  });

  it('leads back to the panel who sends a form after the session has ended', async () => {
    bench.signIn(null);
    const { text } = await bench.post('pause').expect(401);
    expect(text).toContain('Sign in to see and change mirrors.');
    expect(text).toContain(encodeURIComponent(panelPath));
  });

  describe('new mirrored project', () => {
    const fields = { owner: 'octo-org', name: 'library', private: 'yes', address: httpAddress, method: 'none' };

    it('makes a project with the token that is given once, and its mirror', async () => {
      const { text } = await bench.at('/panel/new').expect(200);
      expect(text).toContain('New mirrored project');
      expect(text).toContain('value="admin-person"');
      const without = await bench.sendTo('/panel/new', fields).expect(400);
      expect(without.text).toContain('Enter an access token.');
      const made = await bench.sendTo('/panel/new', { ...fields, token: 'canary-token-9' }).expect(303);
      expect(made.headers['location']).toBe('/panel/octo-org/library?said=added');
      expect(bench.newProjects.done).toEqual([
        'create octo-org/library private',
        'let headwater push to octo-org/library',
      ]);
      expect(bench.log()).not.toContain('canary-token-9');
      const { items } = await bench.store.auditEntries({}, { page: 1, limit: 10 });
      expect(items.map(({ action, who, via }) => `${who} ${action} ${via}`)).toEqual([
        'admin-person mirror.created session',
      ]);
    });

    it('says at the field what the forge did not take', async () => {
      bench.newProjects.closed.add('octo-org');
      const denied = await bench.sendTo('/panel/new', { ...fields, token: 'canary-token-9' }).expect(400);
      expect(denied.text).toContain('The token may not make projects for this owner.');
      expect(denied.text).not.toContain('canary-token-9');
      const taken = { ...fields, owner: 'owner', name: 'project', token: 'x' };
      await bench.put();
      expect((await bench.sendTo('/panel/new', taken).expect(400)).text).toContain(
        'There is a project of this name already.',
      );
    });

    it('wants the token of its forms', async () => {
      const { text } = await bench.sendTo('/panel/new', { ...fields, _csrf: 'another' }).expect(403);
      expect(text).toContain('This page was too old to act on.');
    });
  });

  it('asks in place before it deletes', async () => {
    await bench.put({ authUser: 'bot', sealedPassword: 'sealed' });
    const { text } = await bench.get('?open=delete').expect(200);
    expect(text).toContain('Branches, tags and LFS files stay in this project. Its password and history are erased.');
    expect(text).toMatch(/<button class="ui red tiny button">Delete mirror<\/button>/);
    expect((await bench.post('delete').expect(303)).headers['location']).toBe(`${panelPath}?said=deleted`);
    expect(await mirror()).toBeNull();
  });

  it.each([
    ['update', 'started'],
    ['pause', 'paused'],
    ['resume', 'resumed'],
    ['stop', 'stopped'],
  ])('carries out "%s" and says so', async (action, said) => {
    await bench.put({ nextUpdateAt: 1 });
    const { headers } = await bench.post(action).expect(303);
    expect(headers['location']).toBe(`${panelPath}?said=${said}`);
    if (action === 'pause') expect((await mirror())?.pause).toMatchObject({ reason: 'person', by: 'admin-person' });
  });

  it('replaces a password without touching anything else', async () => {
    await bench.put({
      authUser: 'bot',
      sealedPassword: 'old',
      lastError: fault('upstream_credentials_refused', { host: 'x' }),
    });
    expect((await bench.get('?open=password').expect(200)).text).toContain(
      'Replaces the stored one. Nothing else changes.',
    );
    await bench.post('password', { username: 'bot', password: '' }).expect(303);
    expect((await mirror())?.sealedPassword).toBe('old');
    await bench.post('password', { username: 'bot', password: 'new' }).expect(303);
    expect((await mirror())?.sealedPassword).not.toBe('old');
  });

  it('accepts exactly the change that stood on the page', async () => {
    const held = {
      id: 'plan-1',
      runId: 'r',
      at: 1,
      reasons: [],
      refs: [],
      total: 0,
      lost: [],
      lostTotal: 0,
      accepted: false,
    };
    await bench.put({ held });
    const stale = await bench.post('accept', { plan_id: 'plan-0' }).expect(409);
    expect(stale.text).toContain('The change is another one by now.');
    await bench.post('accept', { plan_id: 'plan-1' }).expect(303);
    expect((await mirror())?.held?.accepted).toBe(true);
  });

  it('accepts a changed host key that was shown', async () => {
    const lastError = fault('upstream_host_key_changed', { host: 'u', seen: 'y', confirmed: 'x' });
    await bench.put({ url: 'ssh://git@u.example/x.git', ssh: buildMirrorSsh(), lastError });
    const { text } = await bench.get().expect(200);
    expect(text).toMatch(/name="fingerprint" value="SHA256:y"/);
    await bench.post('accept-key', { fingerprint: 'SHA256:y' }).expect(303);
    expect((await mirror())?.ssh?.hostKeys.map((key) => key.fingerprint)).toEqual(['SHA256:y']);
  });

  it('escapes what comes from elsewhere', async () => {
    const diverged = ['refs/heads/<script>alert(1)</script>'];
    await bench.put({ proof: { behind: 0, diverged, divergedTotal: 1, inSyncAt: null } });
    const { text } = await bench.get().expect(200);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>alert');
  });
});
