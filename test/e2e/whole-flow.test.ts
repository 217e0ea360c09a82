import { Octokit } from '@octokit/rest';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { describeChromium } from '../support/chromium';
import { describeForges } from '../support/forges';
import { InstalledScene } from '../support/installed-scene';
import { MessageReceiver } from '../support/message-receiver';
import { PanelPerson } from '../support/panel-person';
import { describeSshd, SshServer } from '../support/ssh-server';
import { until } from '../support/until';

// A step starts programs and waits for pages; a busy machine takes its time over each.
jest.setTimeout(180_000);

describeChromium('in a browser', () => {
  describeForges('from nothing to mirrors, and back', (choice) => {
    let scene: InstalledScene;
    let person: PanelPerson;
    let settings: string;

    beforeAll(async () => {
      scene = await InstalledScene.start(choice);
      person = await PanelPerson.start(scene.forge.url);
      settings = `${scene.forge.url}/${scene.repo.owner}/${scene.repo.name}/settings`;
    }, 180_000);
    afterAll(async () => {
      await person?.close();
      await scene?.close();
    });

    const says = (text: string | RegExp) => person.says(text);
    const badge = (word: string) => person.badge(word);
    const press = (name: string | RegExp) => person.press(name);
    const follow = (name: RegExp) => person.follow(name);
    const field = (label: string | RegExp) => person.field(label);
    /** The forge's own section: the box with the form for push mirrors. */
    const ownSection = () =>
      person.page
        .locator('.ui.attached.segment', { has: person.page.locator('input[name=action][value=push-mirror-add]') })
        .isVisible();
    /** What the project has. */
    const refOf = async (branch: string) => {
      const dir = scene.forge.repositoryPath(scene.repo.owner, scene.repo.name);
      return (await promisify(execFile)('git', ['-C', dir, 'rev-parse', branch])).stdout.trim();
    };
    const configured = async () => parseEnv(await readFile(scene.place.config, 'utf8')) as Record<string, string>;

    it('an admin installs it, and the doctor finds it sound, down to a webhook that the forge really delivers', async () => {
      const adminToken = ['--admin-token-file', join(scene.place.dir, 'admin-token')];
      const { code, statuses, told } = await scene.examine(...adminToken);
      expect(statuses).toEqual({
        ...{
          configuration: 'ok',
          forge: 'ok',
          forge_address: 'ok',
          clock: 'ok',
          token: 'ok',
          account: 'ok',
          lfs: 'ok',
        },
        ...{ sign_in: 'ok', webhook: 'ok', delivery: 'ok', templates: 'ok' },
        ...{ address: 'ok', same_site: 'ok', proxy: 'ok', framing: 'ok', database: 'ok', redis: 'ok', git: 'ok' },
        disk: expect.stringMatching(/ok|warn/),
        sealing_keys: 'ok',
      });
      expect(code).toBe(0);
      for (const secret of Object.values(await configured()))
        if (!secret.startsWith('http')) expect(told).not.toContain(secret);
      // The project of the test delivery is gone again.
      const itsProjects = dirname(scene.forge.repositoryPath('headwater', 'any'));
      expect(await readdir(itsProjects).catch(() => [])).toEqual([]);
      const manifest: unknown = await (await fetch(`${scene.headwater.url}/plugin-manifest.json`)).json();
      expect(manifest).toEqual(JSON.parse(await readFile(join(__dirname, '../../plugin-manifest.json'), 'utf8')));
    });

    it('a maintainer signs in through the forge, comes back to the settings, and stays signed in', async () => {
      await person.signInToForge(scene.maintainer);
      await person.page.goto(settings);
      await says('Sign in to see and change mirrors.');
      await follow(/^Sign in with/);
      await person.consent();
      await person.page.waitForURL(settings);
      await says('Keep this project in step with repositories elsewhere');
      expect(await ownSection()).toBe(false);

      await scene.headwater.stop();
      await scene.headwater.start();
      await person.page.reload();
      await says('Keep this project in step with repositories elsewhere');
    });

    it('adds a mirror, is told what is wrong with the address, and watches the import', async () => {
      const flag = join(scene.place.dir, 'hold');
      await writeFile(flag, '');
      const wait = `cat > /dev/null; while [ -e '${flag}' ]; do sleep 0.05; done\n`;
      await scene.forge.addGitHook(scene.repo.owner, scene.repo.name, 'pre-receive', wait);
      const address = field('Repository address');
      await address.fill('127.0.0.1/project');
      await says(/Start the address with https:\/\/ or ssh:\/\//);
      await address.fill(scene.upstream.url());
      await person.choose('Username and password');
      await field('Username').fill('reader');
      await field('Password or access token').fill('upstream-passw0rd');
      await press('Test connection');
      await says(/2 branches, 1 tag, default branch/);
      await field('Password or access token').fill('upstream-passw0rd');
      await press('Add mirror');

      await badge('Importing');
      await person.panel.getByRole('progressbar').waitFor();
      await person.page.reload();
      await badge('Importing');
      await rm(flag);
      await badge('Up to date');
      await says('2 branches and 1 tag are the same on both sides.');
      expect(await person.panel.getByText('upstream-passw0rd').count()).toBe(0);
    });

    it('has the panel as high as its contents, in the place of the forge’s own section', async () => {
      expect(await person.still()).toBeGreaterThan(100);
      expect(await ownSection()).toBe(false);
    });

    it('reads what failed when the password was changed there, and mends it in place', async () => {
      scene.upstreamSignIn.password = 'another-passw0rd';
      await press(/^Update now/);
      await badge('Failed');
      await says('127.0.0.1:' + scene.upstream.port + ' refused the username or password.');
      await follow(/^Replace password/);
      await field('Password or access token').fill('another-passw0rd');
      await press('Save and update now');
      await badge('Up to date');
    });

    it('updates now, and finds the run in the history', async () => {
      scene.source.commit('main', 'three');
      await press(/^Update now/);
      await follow(/^History/);
      await says(/^1 changed$/);
      await follow(/1 changed/);
      await says('Moved forward');
      await follow(/^Mirrors$/);
      await badge('Up to date');
    });

    it('has a webhook made, whose secret is shown once, and a call of it updates the mirror', async () => {
      await follow(/^Edit,/);
      await person.unfold(/Update at once when something is pushed there/);
      await press('Make a webhook');
      const hook = await field('Address of the webhook').inputValue();
      const secret = await field('Its secret').inputValue();
      const oid = scene.source.commit('main', 'four');
      const called = await fetch(hook, { method: 'POST', headers: { Authorization: `Bearer ${secret}` } });
      expect(called.status).toBeLessThan(300);
      await until(async () => (await refOf('main')) === oid);
      await person.page.reload();
      await badge('Up to date');
      await follow(/^Edit,/);
      await says(/on, last called/);
      expect(await person.panel.getByText(secret).count()).toBe(0);
    });

    it('has messages sent, signed with a secret that is shown once', async () => {
      const receiver = new MessageReceiver();
      await receiver.start();
      try {
        await person.unfold('Options');
        await field('Send messages to this address').fill(receiver.url);
        await press('Save');
        receiver.secret = await person.panel.getByRole('textbox', { name: 'Secret of the messages' }).inputValue();
        await badge('Up to date');
        scene.source.commit('main', 'five');
        await press(/^Update now/);
        await until(() => receiver.types.includes('mirror.updated'));
        expect(receiver.forged).toEqual([]);
      } finally {
        await receiver.stop();
      }
    });

    it('has a value put back that an update replaced', async () => {
      await person.page.reload();
      await follow(/^Edit,/);
      await person.unfold('Options');
      await field('When a branch was changed here too').selectOption('overwrite_with_backup');
      await field('Send messages to this address').fill('');
      await press('Save');
      await badge('Up to date');
      const before = await refOf('docs');
      scene.source.git(['update-ref', 'refs/heads/docs', 'refs/heads/main']);
      const rewritten = scene.source.commit('docs', 'another');
      await press(/^Update now/);
      await until(async () => (await refOf('docs')) === rewritten);
      await badge('Up to date');
      await follow(/^History/);
      await person.unfold(/Replaced values that are kept/);
      await follow(/^Put back, docs/);
      await press('Put docs back');
      await says('1 put back');
      expect(await refOf('docs')).toBe(before);
      await follow(/^Mirrors$/);
    });

    it('pauses and resumes, and is asked before the mirror is deleted', async () => {
      await press(/^Pause/);
      await badge('Paused');
      await says(/Paused by maintainer/);
      await press(/^Resume/);
      await badge('Up to date');
      await follow(/^Delete,/);
      await says('Delete this mirror?');
      await person.page.keyboard.press('Escape');
      await person.panel.getByText('Delete this mirror?').waitFor({ state: 'detached' });
      await follow(/^Delete,/);
      await press('Delete mirror');
      await says('Keep this project in step with repositories elsewhere');
    });

    it('sees the push mirrors of the forge, and deletes one, where Headwater’s account is an admin of the project', async () => {
      const { owner, name } = scene.repo;
      await scene.place.api('POST', `/repos/${owner}/${name}/push_mirrors`, {
        remote_address: scene.upstream.url('elsewhere.git'),
        interval: '8h0m0s',
        sync_on_commit: false,
      });
      await person.page.reload();
      await says('Pushes to');
      await says(/make headwater an admin of this project/);
      await scene.forge.addCollaborator(owner, name, 'headwater', 'admin');
      await person.page.reload();
      await person.panel.getByRole('button', { name: 'Update all' }).waitFor();
      await says('every 8 hours');
      await follow(/^Delete,/);
      await press('Delete push mirror');
      await says('Keep this project in step with repositories elsewhere');
      await person.panel.getByLabel('Push', { exact: false }).first().waitFor();
    });

    describeSshd('with an SSH server', () => {
      let sshd: SshServer;
      beforeAll(async () => {
        sshd = await SshServer.start();
      });
      afterAll(() => sshd?.close());

      it('adds a mirror over SSH: confirms its keys, installs the mirror’s key there, and starts it', async () => {
        await field('Repository address').fill(sshd.url(scene.source.dir));
        await press('Add mirror and make a key');
        await says(/Is this really 127\.0\.0\.1\?/);
        await says(sshd.fingerprint());
        await person.choose(/These are the right keys/);
        await press(/^Add mirror/);
        await badge('Needs its key');
        sshd.authorize(await field('Copy the public key').inputValue());
        await press('I added it, update now');
        await badge('Up to date');
        await follow(/^Delete,/);
        await press('Delete mirror');
        await says('Keep this project in step with repositories elsewhere');
      });
    });

    it('makes a project and its mirror in one form, from a link in the forge’s top bar, and sees it imported', async () => {
      const { page } = person;
      // Afresh: the panel of the step before may still be on its way to its new height, and the link with it.
      await page.goto(settings);
      await says('Keep this project in step with repositories elsewhere');
      await page.getByRole('link', { name: 'New mirror', exact: true }).click();
      await page.locator('#hw-title', { hasText: 'New mirrored project' }).waitFor();
      await page.getByLabel('Project name').fill('imported');
      await page.getByLabel('Repository address').fill(scene.upstream.url());
      await page.getByLabel('Username and password').check();
      await page.getByLabel('Username', { exact: true }).fill('reader');
      await page.getByLabel('Password or access token').fill('another-passw0rd');
      await page.getByRole('button', { name: 'Create and mirror' }).click();
      await page.getByText('Enter an access token.').waitFor();
      const { token } = await scene.forge.createToken(scene.maintainer, ['write:repository', 'write:user']);
      await page.getByLabel('Password or access token').fill('another-passw0rd');
      await page.getByLabel('Your access token').fill(token);
      await page.getByRole('button', { name: 'Create and mirror' }).click();
      await page.locator('.hw-badge', { hasText: 'Up to date' }).waitFor();
      await page.goto(`${scene.forge.url}/maintainer/imported/settings`);
      await says('2 branches and 1 tag are the same on both sides.');
      // The forge notes that it is empty no longer a moment after the push.
      await until(async () => !(await scene.forge.repo('maintainer', 'imported')).empty);
      expect(await scene.forge.repo('maintainer', 'imported')).toMatchObject({ defaultBranch: 'main' });
    });

    it('has met no error of script or policy; who came is written down, and no token of theirs is left anywhere', async () => {
      expect(person.errors).toEqual([]);
      const octokit = new Octokit({ auth: scene.forge.adminToken, baseUrl: `${scene.headwater.url}/api/v1` });
      const { data } = await octokit.request('GET /admin/audit', { limit: 50 });
      const came = { action: 'session.began', who: 'maintainer', via: 'session', from: '127.0.0.1' };
      expect(data).toContainEqual(expect.objectContaining(came));

      const { headwater } = scene;
      const kept = await Promise.all(
        (await headwater.files()).map((file) => readFile(join(headwater.dataDir, file), 'latin1').catch(() => '')),
      );
      const { HEADWATER_OAUTH_CLIENT_SECRET: clientSecret = '' } = await configured();
      expect([kept.join('').length > 1000, clientSecret.length > 20]).toEqual([true, true]);
      for (const text of [...kept, headwater.output]) {
        // The forge's access tokens are JWTs.
        expect(text).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/);
        for (const secret of [clientSecret, 'upstream-passw0rd', 'another-passw0rd'])
          expect(text).not.toContain(secret);
      }
    });

    it('the doctor finds what is not as it should be: secrets, the forge, the address', async () => {
      const config = await readFile(scene.place.config, 'utf8');
      const wrong = config.replace(/^(HEADWATER_OAUTH_CLIENT_SECRET|HEADWATER_FORGE_TOKEN)=.*$/gm, '$1=wrong');
      await scene.restartWith(wrong);
      const { code, statuses } = await scene.examine();
      expect(code).toBe(1);
      // The delivery: to a loopback address forges deliver nothing unless they are told to.
      const found = { forge: 'ok', token: 'fail', sign_in: 'fail', webhook: 'skipped', delivery: 'warn' };
      expect(statuses).toMatchObject(found);

      await scene.forge.goDown();
      expect((await scene.examine()).statuses).toMatchObject({ forge: 'fail', database: 'ok', git: 'ok' });
      await scene.forge.comeBack();
      await scene.headwater.stop();
      const gone = { forge: 'ok', address: 'fail', framing: 'skipped', redis: 'ok' };
      expect((await scene.examine()).statuses).toMatchObject(gone);
      await scene.restartWith(config);
    });

    it('the admin takes it out again, and the forge has its own section back', async () => {
      expect((await scene.place.uninstall('--remove-account')).code).toBe(0);
      const { customPath } = scene.place;
      expect(await readdir(customPath, { recursive: true }).catch(() => [])).toEqual([]);
      await scene.headwater.stop();
      await person.signInToForge(scene.maintainer);
      await person.page.goto(settings);
      expect(await ownSection()).toBe(true);
      expect(await person.page.locator('[data-headwater-panel]').count()).toBe(0);
      expect(await person.page.getByRole('link', { name: 'New mirror', exact: true }).count()).toBe(0);
    });
  });
});
