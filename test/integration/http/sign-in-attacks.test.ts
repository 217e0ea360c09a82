import { describeForges } from '../../support/forges';
import type { BrowserPage, ForgeBrowser } from '../../support/forge-browser';
import type { ForgeDouble } from '../../support/forge-double/forge-double';
import { SignInScene } from '../../support/sign-in-scene';

describeForges('attacks on signing in', (choice) => {
  let scene: SignInScene;
  beforeAll(async () => {
    scene = await SignInScene.start(choice, { rightsCacheMs: 0 });
    // The consent was given once.
    await scene.signedIn();
  });
  afterAll(() => scene.close());

  const meStatus = async (browser: ForgeBrowser) => (await browser.go(`${scene.url}/page/me`)).status;
  /** Begins to sign in, and stops where the forge sends the browser back. */
  const begun = async (browser: ForgeBrowser): Promise<URL> => {
    await browser.signInToForge(scene.maintainer);
    const stopAt = /\/oauth\/callback\?/;
    return new URL((await browser.goConsenting(`${scene.url}/oauth/login?return_to=/page/me`, { stopAt })).url);
  };
  const expectRefused = async (page: BrowserPage, browser: ForgeBrowser, status: number) => {
    expect(page.status).toBe(status);
    expect(page.text).toContain('Signing in did not work');
    expect(await meStatus(browser)).toBe(401);
  };

  it('AUTH-05: refuses a state that is missing, made up, or of another browser', async () => {
    for (const change of ['missing', 'made up'] as const) {
      const browser = scene.browser();
      const callback = await begun(browser);
      if (change === 'missing') callback.searchParams.delete('state');
      else callback.searchParams.set('state', 'x'.repeat(43));
      await expectRefused(await browser.go(callback.href), browser, 400);
    }
    // Login CSRF: the attacker's own callback, opened by the victim, would sign the victim in as the attacker.
    const callback = await begun(scene.browser());
    const victim = scene.browser();
    await expectRefused(await victim.go(callback.href), victim, 400);
  });

  it('AUTH-05: takes a callback once, and a code once even with its cookie put back', async () => {
    const browser = scene.browser();
    const callback = await begun(browser);
    const kept = [...browser.cookies];
    expect((await browser.go(callback.href)).status).toBe(200);
    browser.forget(/panel_session/);
    await expectRefused(await browser.go(callback.href), browser, 400);
    for (const [name, cookie] of kept) browser.cookies.set(name, cookie);
    const replayed = await browser.go(callback.href);
    expect(replayed.status).toBeGreaterThanOrEqual(400);
    expect(await meStatus(browser)).toBe(401);
  });

  it("AUTH-05: refuses another sign-in's code, whose verifier does not fit", async () => {
    const [one, other] = [scene.browser(), scene.browser()];
    const [first, second] = [await begun(one), await begun(other)];
    first.searchParams.set('code', second.searchParams.get('code') ?? '');
    const page = await one.go(first.href);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(await meStatus(one)).toBe(401);
  });

  it('AUTH-05: refuses an answer that comes too late', async () => {
    const browser = scene.browser();
    const callback = await begun(browser);
    scene.clock.aheadMs = 11 * 60_000;
    await expectRefused(await browser.go(callback.href), browser, 400);
    scene.clock.aheadMs = 0;
  });

  it('AUTH-05: tells the forge only its own callback address, and the forge takes no other', async () => {
    const browser = scene.browser();
    await browser.signInToForge(scene.maintainer);
    const stopAt = /\/login\/oauth\/authorize/;
    const asked = new URL(
      (await browser.go(`${scene.url}/oauth/login?redirect_uri=https://evil.example`, { stopAt })).url,
    );
    expect(asked.searchParams.get('redirect_uri')).toBe(`${scene.url}/oauth/callback`);
    asked.searchParams.set('redirect_uri', 'https://evil.example/oauth/callback');
    const page = await browser.go(asked.href);
    expect(new URL(page.url).origin).toBe(scene.forge.url);
    expect(page.url).not.toContain('code=');
  });

  it('AUTH-05: an answer of a forge that says no is told as such', async () => {
    const browser = scene.browser();
    const callback = await begun(browser);
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    const page = await browser.go(callback.href);
    expect(page.text).toContain('you did not allow it');
    await expectRefused(page, browser, 403);
  });

  it('AUTH-05, AUTH-08: two tabs sign in at once, and two tabs renew at once; both stay signed in', async () => {
    const browser = scene.browser();
    const first = await begun(browser);
    const second = await begun(browser);
    expect((await browser.go(first.href)).status).toBe(200);
    expect((await browser.go(second.href)).status).toBe(200);
    scene.clock.aheadMs = 58 * 60_000;
    const tabs = await Promise.all([meStatus(browser), meStatus(browser)]);
    scene.clock.aheadMs = 0;
    expect(tabs).toEqual([200, 200]);
    expect(await meStatus(browser)).toBe(200);
  });

  it('AUTH-05: the forge going away in the middle is told, and the next try works', async () => {
    const browser = scene.browser();
    const callback = await begun(browser);
    await scene.forge.goDown();
    const page = await browser.go(callback.href);
    expect(page.status).toBe(503);
    expect(page.text).toContain('does not answer');
    await scene.forge.comeBack();
    // A forge may keep its sessions in memory.
    await browser.signInToForge(scene.maintainer);
    expect((await browser.goConsenting(`${scene.url}/oauth/login?return_to=/page/me`)).status).toBe(200);
  });

  it('AUTH-09: a session ends when it is 8 hours old, when nothing came for an hour, and with the account', async () => {
    const browser = await scene.signedIn();
    scene.clock.aheadMs = 61 * 60_000;
    expect(await meStatus(browser)).toBe(401);
    scene.clock.aheadMs = 0;

    const busy = await scene.signedIn();
    for (let minutes = 50; minutes < 480; minutes += 50) {
      scene.clock.aheadMs = minutes * 60_000;
      expect([minutes, await meStatus(busy)]).toEqual([minutes, 200]);
    }
    scene.clock.aheadMs = 481 * 60_000;
    expect(await meStatus(busy)).toBe(401);
    scene.clock.aheadMs = 0;
  });

  it('AUTH-09: nobody goes on whom the forge has switched off, whose right was taken away, or who is gone', async () => {
    const user = await scene.forge.createUser('helper');
    await scene.forge.addCollaborator('maintainer', 'project', 'helper', 'admin');
    const browser = await scene.signedIn(user);
    const page = () => browser.go(`${scene.url}/page/maintainer/project`);
    expect((await page()).status).toBe(200);
    await scene.forge.addCollaborator('maintainer', 'project', 'helper', 'write');
    expect((await page()).status).toBe(404);
    await scene.forge.addCollaborator('maintainer', 'project', 'helper', 'admin');
    expect((await page()).status).toBe(200);
    await scene.forge.blockUser('helper', true);
    expect((await page()).status).toBe(401);
    // The session is gone for good, not only as long as the account is switched off.
    await scene.forge.blockUser('helper', false);
    expect(await meStatus(browser)).toBe(401);
  });

  if (choice.name.includes('double')) {
    it('AUTH-05: refuses an id token of another forge, and reads the issuer anew after that', async () => {
      const { oauth } = scene.forge as ForgeDouble;
      const browser = scene.browser();
      const callback = await begun(browser);
      oauth.issuerInTokens = 'https://other-forge.example/';
      await expectRefused(await browser.go(callback.href), browser, 403);
      oauth.issuerInTokens = null;
      oauth.issuerSlash = false;
      expect(await meStatus(await scene.signedIn())).toBe(200);
      oauth.issuerSlash = true;
    });

    it('AUTH-08: never sends a refresh token', async () => {
      const { oauth } = scene.forge as ForgeDouble;
      expect(oauth.grantTypes).not.toContain('refresh_token');
      expect(oauth.grantTypes.length).toBeGreaterThan(5);
    });
  }
});
