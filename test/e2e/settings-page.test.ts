import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page, Route } from 'playwright-core';
import { describeChromium, startChromium } from '../support/chromium';
import type { TestUser } from '../support/forge-admin';
import { ForgeInstall } from '../support/forge-install';
import { describeForges, type TestForge } from '../support/forges';
import { PanelStub } from '../support/panel-stub';
import { until } from '../support/until';

describeChromium('in a browser', () => {
  describeForges("the panel in the forge's settings page", (choice) => {
    let forge: TestForge;
    let place: ForgeInstall;
    let panel: PanelStub;
    let browser: Browser;
    let maintainer: TestUser;
    let writer: TestUser;
    let reader: TestUser;
    let page: Page;
    const faults: string[] = [];

    beforeAll(async () => {
      forge = await choice.start();
      place = await ForgeInstall.prepare(forge);
      panel = new PanelStub(forge.url);
      await panel.start();
      expect((await place.install('--public-url', panel.url)).code).toBe(0);
      maintainer = await forge.createUser('maintainer');
      writer = await forge.createUser('writer');
      reader = await forge.createUser('reader');
      for (const name of ['plain', 'archived']) await forge.createRepo('maintainer', name);
      await place.api('POST', '/admin/users/maintainer/repos', { name: 'upstream', auto_init: true });
      await forge.createNativeMirror('maintainer', 'native', `${forge.url}/maintainer/upstream.git`);
      await forge.addCollaborator('maintainer', 'upstream', 'writer', 'write');
      await forge.archive('maintainer', 'archived', true);
      browser = await startChromium();
      page = await signIn(maintainer);
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      await panel?.stop();
      await place?.close();
      await forge?.close();
    });

    const signIn = async (user: TestUser) => {
      const context = await browser.newContext();
      const fresh = await context.newPage();
      fresh.on('pageerror', (error) => faults.push(error.message));
      await fresh.goto(`${forge.url}/user/login`);
      await fresh.fill('[name=user_name]', user.name);
      await fresh.fill('[name=password]', user.password);
      await fresh.press('[name=password]', 'Enter');
      await fresh.waitForURL((url) => !url.pathname.startsWith('/user/login'));
      return fresh;
    };
    /** From now on only a test lets time pass in pages. */
    const stopClock = async () => {
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 60_000);
    };
    const settingsOf = (name: string) => page.goto(`${forge.url}/maintainer/${name}/settings`);
    const frame = () => page.locator('[data-headwater-panel] iframe');
    // What runs inside the page is text: this program knows no DOM.
    const panelFrame = `document.querySelector('[data-headwater-panel] iframe')`;
    const frameHeight = (height: number) => page.waitForFunction(`${panelFrame}?.clientHeight === ${height}`);
    /** The forge's own section: the box with the form for push mirrors. */
    const own = () =>
      page.locator('.ui.attached.segment', { has: page.locator('input[name=action][value=push-mirror-add]') });
    const alert = () => page.locator('[data-headwater-panel] [role=alert]');

    it("stands in place of the forge's own section, as high as it says, and knows theme and project", async () => {
      await settingsOf('plain');
      await frameHeight(321);
      expect(await own().isVisible()).toBe(false);
      expect(await frame().getAttribute('title')).toBe('Mirroring repositories');
      expect(panel.asked.at(-1)).toBe('/panel/maintainer/plain?theme=forgejo-auto');
      expect(await page.frameLocator('[data-headwater-panel] iframe').locator('p').textContent()).toBe('the panel');
      // Right where the forge's own one is, whose heading goes with it.
      const next = await page.locator('[data-headwater-panel] + h4').isVisible();
      expect(next).toBe(false);
      expect(faults).toEqual([]);
    });

    it('believes its own frame alone (AUTH-06)', async () => {
      await settingsOf('plain');
      await frameHeight(321);
      // Every height that it takes from now on.
      await page.evaluate(`{
        const frame = ${panelFrame};
        window.heights = [];
        new MutationObserver(() => window.heights.push(frame.style.height)).observe(frame, { attributeFilter: ['style'] });
      }`);
      await page.evaluate(`window.postMessage({ type: 'headwater:height', height: 999 }, '*')`);
      const inside = page.frames().find((each) => each.url().startsWith(panel.url));
      const lies = [`{ type: 'headwater:other', height: 998 }`, `{ type: 'headwater:height', height: '997px' }`];
      for (const message of [
        ...lies,
        `{ type: 'headwater:height', height: -5 }`,
        `{ type: 'headwater:height', height: NaN }`,
        'null',
      ])
        await inside?.evaluate(`parent.postMessage(${message}, '*')`);
      // Another frame of the same origin.
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('iframe'), { src: '${panel.url}/other' }))`,
      );
      const other = () => page.frames().find((each) => each.url().endsWith('/other'));
      await until(() => other() !== undefined);
      await other()?.waitForLoadState();
      await other()?.evaluate(`parent.postMessage({ type: 'headwater:height', height: 996 }, '*')`);
      await inside?.evaluate(`parent.postMessage({ type: 'headwater:height', height: 456.2 }, '*')`);
      await frameHeight(457);
      expect(await page.evaluate('window.heights')).toEqual(['457px']);
    });

    it('has no fault that axe finds, around the frame and where nobody answers', async () => {
      // Only what is ours counts, and what is inside the frame is looked at elsewhere.
      const faultsOfOurs = async () => {
        const { violations, passes } = await new AxeBuilder({ page }).include('[data-headwater-panel]').analyze();
        expect(passes.length).toBeGreaterThan(0);
        return violations.flatMap(({ id, nodes }) =>
          // A path of several steps leads into a frame.
          nodes.filter(({ target }) => target.length === 1).map(({ html }) => `${id}: ${html}`),
        );
      };
      await settingsOf('plain');
      await frameHeight(321);
      expect(await faultsOfOurs()).toEqual([]);
      await panel.stop();
      try {
        await settingsOf('plain');
        await alert().waitFor();
        expect(await faultsOfOurs()).toEqual([]);
      } finally {
        await panel.start();
      }
    });

    it("stands above the forge's own section of a native mirror, which stays", async () => {
      await settingsOf('native');
      await frameHeight(321);
      expect(await own().isVisible()).toBe(true);
      // 4: it follows.
      const form = `document.querySelector('input[name=action][value=mirror-sync]')`;
      const order = await page.evaluate(`${panelFrame}.compareDocumentPosition(${form}) & 4`);
      expect(order).toBe(4);
    });

    it('stands among the other sections where the forge has none of its own', async () => {
      await settingsOf('archived');
      await frameHeight(321);
      const after = await page.evaluate(`${panelFrame}.parentElement.nextElementSibling.nextElementSibling.innerHTML`);
      expect(after).toContain('value="signing"');
    });

    it('gives the place back when Headwater does not answer, and takes it again when it does', async () => {
      await panel.stop();
      await settingsOf('plain');
      await alert().waitFor();
      expect(await alert().textContent()).toContain('Headwater does not answer.');
      expect(await own().isVisible()).toBe(true);
      expect(await frame().isVisible()).toBe(false);

      await panel.start();
      await page.getByRole('button', { name: 'Try again' }).click();
      await frameHeight(321);
      expect(await alert().count()).toBe(0);
      expect(await own().isVisible()).toBe(false);
    });

    it('gives the place back to one that is silent, after ten seconds', async () => {
      panel.instead = 'silence';
      await stopClock();
      await page.goto(`${forge.url}/maintainer/plain/settings`, { waitUntil: 'domcontentloaded' });
      await frame().waitFor({ state: 'attached' });
      await page.clock.fastForward(9_000);
      expect(await own().isVisible()).toBe(false);
      await page.clock.fastForward(1_100);
      expect(await alert().textContent()).toContain('Headwater does not answer.');
      expect(await own().isVisible()).toBe(true);
      await page.clock.resume();
    });

    it('gives it back again to one that is silent still, whatever became of the first attempt', async () => {
      panel.instead = 'silence';
      const asked: Route[] = [];
      await page.route(`${panel.url}/healthz`, (route) => void asked.push(route));
      await stopClock();
      await page.goto(`${forge.url}/maintainer/plain/settings`, { waitUntil: 'domcontentloaded' });
      await until(() => asked.length === 1);
      await page.clock.fastForward(10_100);
      await page.getByRole('button', { name: 'Try again' }).click();
      await until(() => asked.length === 2);
      const failed = page.waitForEvent('requestfailed', (request) => request === asked[0]?.request());
      await asked[0]?.abort();
      await failed;
      expect(await alert().count()).toBe(0);
      await page.clock.fastForward(10_100);
      await alert().waitFor();
      expect(await own().isVisible()).toBe(true);
      await page.unroute(`${panel.url}/healthz`);
      panel.instead = null;
      await page.clock.resume();
    });

    it("leaves the place to the forge's own pages, where people sign in and consent", async () => {
      panel.instead = { to: `${forge.url}/maintainer/upstream` };
      await stopClock();
      await settingsOf('plain');
      await page.waitForFunction(`${panelFrame}?.contentWindow.location.pathname === '/maintainer/upstream'`);
      await page.frames().at(-1)?.waitForLoadState('load');
      await page.clock.fastForward(20_000);
      expect(await alert().count()).toBe(0);
      expect(await own().isVisible()).toBe(false);
      expect(await frame().isVisible()).toBe(true);
      panel.instead = null;
      await page.clock.resume();
    });

    it('is there for admins of the project; the tab for those who write, the link for all who are signed in', async () => {
      const seen = async (user: TestUser) => {
        const theirs = await signIn(user);
        await theirs.goto(`${forge.url}/maintainer/upstream`);
        const found = {
          tab: await theirs.locator(`a[href="${panel.url}/panel/maintainer/upstream/status"]`).count(),
          link: await theirs.locator(`a[href="${panel.url}/panel/new"]`).count(),
          script: await theirs.locator('script[data-headwater]').count(),
        };
        const settings = await theirs.goto(`${forge.url}/maintainer/upstream/settings`);
        await theirs.context().close();
        return { ...found, settings: settings?.status() };
      };
      expect(await seen(maintainer)).toEqual({ tab: 1, link: 1, script: 0, settings: 200 });
      expect(await seen(writer)).toEqual({ tab: 1, link: 1, script: 0, settings: 404 });
      expect(await seen(reader)).toEqual({ tab: 0, link: 1, script: 0, settings: 404 });
      expect(faults).toEqual([]);
    });
  });
});
