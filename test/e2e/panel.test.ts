import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { describeChromium, startChromium } from '../support/chromium';
import { describeForges } from '../support/forges';
import { InstalledScene } from '../support/installed-scene';
import { describeSshd, SshServer } from '../support/ssh-server';

describeChromium('in a browser', () => {
  describeForges('a maintainer, in the settings of a project', (choice) => {
    let scene: InstalledScene;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    /** The panel, where the forge's own section was. */
    let panel: FrameLocator;
    const errors: string[] = [];

    beforeAll(async () => {
      scene = await InstalledScene.start(choice);
      browser = await startChromium();
      context = await browser.newContext();
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && /Content Security|Refused to/.test(message.text()))
          errors.push(message.text().slice(0, 300));
      });
      panel = page.frameLocator('[data-headwater-panel] iframe');
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      await scene?.close();
    });

    const settings = () => `${scene.forge.url}/${scene.repo.owner}/${scene.repo.name}/settings`;
    const says = (text: string | RegExp) => panel.getByText(text).first().waitFor();
    const press = (name: string | RegExp) =>
      panel
        .getByRole('button', { name, exact: typeof name === 'string' })
        .first()
        .click();
    const open = (name: RegExp) => panel.getByRole('link', { name }).first().click();
    const badge = (word: string) => panel.locator('.hw-badge', { hasText: word }).waitFor();

    it('signs in through the forge, and comes back to the settings', async () => {
      await page.goto(`${scene.forge.url}/user/login`);
      await page.locator('input[name=user_name]').fill(scene.maintainer.name);
      await page.locator('input[name=password]').fill(scene.maintainer.password);
      await page.locator('form[action$="/user/login"] button').last().click();
      await page.waitForLoadState('load');

      await page.goto(settings());
      await says('Sign in to see and change mirrors.');
      await panel.getByRole('link', { name: /^Sign in with/ }).click();
      await page.locator('button[value=true], #authorize-app').first().click();
      await page.waitForURL(settings());
      await says('Keep this project in step with repositories elsewhere');
      expect(await page.locator('input[name=action][value=push-mirror-add]').first().isVisible()).toBe(false);
    });

    it('adds a mirror, is told what is wrong with the address, and watches the import', async () => {
      const address = panel.getByLabel('Repository address');
      await address.fill('127.0.0.1/project');
      await says(/Start the address with https:\/\/ or ssh:\/\//);
      await address.fill(scene.upstream.url());
      await panel.getByLabel('Username and password').check();
      await panel.getByLabel('Username', { exact: true }).fill('reader');
      await panel.getByLabel('Password or access token').fill('upstream-passw0rd');
      await press('Test connection');
      await says(/2 branches, 1 tag, default branch/);
      await panel.getByLabel('Password or access token').fill('upstream-passw0rd');
      await press('Add mirror');
      await badge('Up to date');
      await says('2 branches and 1 tag are the same on both sides.');
      expect(await panel.getByText('upstream-passw0rd').count()).toBe(0);
    });

    it('is as high as its contents, and fills the place of the forge’s own section', async () => {
      const frame = await page.locator('[data-headwater-panel] iframe').boundingBox();
      const inside = await panel.locator('#hw').boundingBox();
      expect(inside?.height).toBeGreaterThan(100);
      expect(Math.abs((frame?.height ?? 0) - (inside?.height ?? 0))).toBeLessThan(24);
    });

    it('reads what failed when the password was changed there, and mends it in place', async () => {
      scene.upstreamSignIn.password = 'another-passw0rd';
      await press(/^Update now/);
      await badge('Failed');
      await says('127.0.0.1:' + scene.upstream.port + ' refused the username or password.');
      await open(/^Replace password/);
      await panel.getByLabel('Password or access token').fill('another-passw0rd');
      await press('Save and update now');
      await badge('Up to date');
    });

    it('updates now, and finds the run in the history', async () => {
      scene.source.commit('main', 'three');
      await press(/^Update now/);
      await open(/^History/);
      await says(/^1 changed$/);
      await open(/1 changed/);
      await says('Moved forward');
      await open(/^Mirrors$/);
      await badge('Up to date');
    });

    it('pauses and resumes, and asks before it deletes', async () => {
      await press(/^Pause/);
      await badge('Paused');
      await says(/Paused by maintainer/);
      await press(/^Resume/);
      await badge('Up to date');
      await open(/^Delete,/);
      await says('Delete this mirror?');
      await page.keyboard.press('Escape');
      await panel.getByText('Delete this mirror?').waitFor({ state: 'detached' });
      await open(/^Delete,/);
      await press('Delete mirror');
      await says('Keep this project in step with repositories elsewhere');
    });

    it('sees the push mirrors of the forge, and deletes one, where Headwater’s account is an admin of the project', async () => {
      const { owner, name } = scene.repo;
      await scene.install.api('POST', `/repos/${owner}/${name}/push_mirrors`, {
        remote_address: scene.upstream.url('elsewhere.git'),
        interval: '8h0m0s',
        sync_on_commit: false,
      });
      await page.reload();
      await says('Pushes to');
      await says(/make headwater an admin of this project/);
      await scene.forge.addCollaborator(owner, name, 'headwater', 'admin');
      await page.reload();
      await panel.getByRole('button', { name: 'Update all' }).waitFor();
      await says('every 8 hours');
      await open(/^Delete,/);
      await press('Delete push mirror');
      await says('Keep this project in step with repositories elsewhere');
      await panel.getByLabel('Push', { exact: false }).first().waitFor();
    });

    describeSshd('with an SSH server', () => {
      let sshd: SshServer;
      beforeAll(async () => {
        sshd = await SshServer.start();
      });
      afterAll(() => sshd?.close());

      it('confirms its keys, installs the key of the mirror there, and starts the first update', async () => {
        await panel.getByLabel('Repository address').fill(sshd.url(scene.source.dir));
        await press('Add mirror and make a key');
        await says(/Is this really 127\.0\.0\.1\?/);
        await says(sshd.fingerprint());
        await panel.getByLabel(/These are the right keys/).check();
        await press(/^Add mirror/);
        await badge('Needs its key');
        sshd.authorize(await panel.getByLabel('Copy the public key').inputValue());
        await press('I added it, update now');
        await badge('Up to date');
        await open(/^Delete,/);
        await press('Delete mirror');
        await says('Keep this project in step with repositories elsewhere');
      });
    });

    it('has met no error of script or security policy', () => {
      expect(errors).toEqual([]);
    });
  });
});
