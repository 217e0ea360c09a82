import { describeForges } from '../../support/forges';
import type { ForgeBrowser } from '../../support/forge-browser';
import { SignInScene } from '../../support/sign-in-scene';

interface Me {
  readonly login: string;
  readonly id: number;
  readonly csrf: string;
}

describeForges('signing in through the forge', (choice) => {
  let scene: SignInScene;

  beforeAll(async () => {
    scene = await SignInScene.start(choice);
  });

  afterAll(() => scene.close());

  const me = async (browser: ForgeBrowser) => JSON.parse((await browser.go(`${scene.url}/page/me`)).text) as Me;
  const projectPage = (browser: ForgeBrowser) => browser.go(`${scene.url}/page/maintainer/project`);

  it('leads to the forge and back to the page, with a session that knows who it is', async () => {
    const browser = await scene.signedIn();
    expect(await me(browser)).toMatchObject({ login: 'maintainer', id: scene.maintainer.id });
    const asked = new URL(browser.visited.find((url) => url.includes('/login/oauth/authorize')) ?? '');
    expect(asked.origin).toBe(scene.forge.url);
    expect(asked.searchParams.get('scope')).toBe('openid profile read:user read:repository');
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
    expect((await projectPage(browser)).status).toBe(200);
  });

  it('asks for consent once; the next sign-in goes straight through', async () => {
    await scene.signedIn();
    const browser = scene.browser();
    await browser.signInToForge(scene.maintainer);
    const page = await browser.go(`${scene.url}/oauth/login?return_to=/page/me`);
    expect(page.url).toBe(`${scene.url}/page/me`);
    expect(page.status).toBe(200);
  });

  it('keeps the id hashed, nothing in the clear, and sends the cookie to itself alone', async () => {
    const browser = await scene.signedIn();
    const cookie = browser.cookie(/panel_session/);
    expect(cookie?.attributes).toContain('HttpOnly');
    expect(cookie?.attributes).toContain('SameSite=Lax');
    const id =
      decodeURIComponent(cookie?.value ?? '')
        .slice(2)
        .split('.')[0] ?? '';
    expect(id.length).toBeGreaterThan(20);
    expect([...scene.sessions.records.keys()].join(' ')).not.toContain(id);
    expect(browser.cookie(/panel_signin/)).toBeUndefined();
  });

  it('renews the id of the session at each sign-in', async () => {
    const browser = await scene.signedIn();
    const before = browser.cookie(/panel_session/)?.value;
    await browser.go(`${scene.url}/oauth/login?return_to=/page/me`);
    expect(browser.cookie(/panel_session/)?.value).not.toBe(before);
    expect((await me(browser)).login).toBe('maintainer');
  });

  it('renews an access token that has ended by itself when a page is loaded, and keeps forms good', async () => {
    const browser = await scene.signedIn();
    const { csrf } = await me(browser);
    scene.clock.aheadMs = 58 * 60_000;
    try {
      const page = await projectPage(browser);
      expect(page.status).toBe(200);
      expect(browser.visited.at(-2)).toContain('/oauth/callback');
      const form = { _csrf: csrf };
      const sent = await browser.go(`${scene.url}/page/maintainer/project`, { method: 'POST', form });
      expect(sent.status).toBe(200);
    } finally {
      scene.clock.aheadMs = 0;
    }
  });

  it('tells who is not signed in how to, and answers scripts with 401', async () => {
    const browser = scene.browser();
    const page = await projectPage(browser);
    expect(page.status).toBe(401);
    expect(page.text).toContain('/oauth/login?return_to=%2Fpage%2Fmaintainer%2Fproject');
    const script = await browser.go(`${scene.url}/page/me`, { headers: { accept: '*/*' } });
    expect([script.status, (JSON.parse(script.text) as { code: string }).code]).toEqual([401, 'session_missing']);
    const posted = await browser.go(`${scene.url}/page/maintainer/project`, { method: 'POST', form: {} });
    expect(posted.status).toBe(401);
    expect(scene.sessions.records.size).toBeLessThan(20);
  });

  it('leads back to the settings of the project in the forge', async () => {
    const browser = scene.browser();
    await browser.signInToForge(scene.maintainer);
    const stopAt = /\/settings$/;
    const page = await browser.goConsenting(`${scene.url}/oauth/login?back_to=maintainer/project`, { stopAt });
    expect(page.url).toBe(`${scene.forge.url}/maintainer/project/settings`);
  });

  it.each([
    '//evil.example/',
    '/\\evil.example',
    'https://evil.example/',
    '/%0d%0aX: y',
    '/\t/evil.example',
    'page/me',
  ])('never leads to %s', async (place) => {
    const browser = await scene.signedIn();
    const address = `${scene.url}/oauth/login?return_to=${encodeURIComponent(place)}`;
    const page = await browser.go(address);
    expect(new URL(page.url).origin).toBe(scene.url);
  });

  it('ends with signing out, which needs the token of the form', async () => {
    const browser = await scene.signedIn();
    const { csrf } = await me(browser);
    const forged = await browser.go(`${scene.url}/oauth/logout`, { method: 'POST', form: {} });
    expect(forged.status).toBe(403);
    expect((await me(browser)).login).toBe('maintainer');
    const old = browser.cookie(/panel_session/);
    const form = { _csrf: csrf, return_to: '/page/me' };
    expect((await browser.go(`${scene.url}/oauth/logout`, { method: 'POST', form })).status).toBe(401);
    expect(browser.cookie(/panel_session/)).toBeUndefined();
    if (old !== undefined) browser.cookies.set('panel_session', old);
    expect((await projectPage(browser)).status).toBe(401);
  });
});
