import type { Browser, Page } from 'playwright-core';
import request from 'supertest';
import { routes } from '../../../src/http/api/routes';
import { describeChromium, startChromium } from '../../support/chromium';
import { startForgeDouble } from '../../support/forge-double/forge-double';
import { describeForges } from '../../support/forges';
import { SignInScene } from '../../support/sign-in-scene';
import { httpBench } from './http-bench';

// Pages that a test makes up count as pages of the internet, from which browsers ask before they go to this machine.
const reachesThisMachine = '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests';

describe('who may frame what (AUTH-06)', () => {
  const paths = [
    ...routes.map(({ method, path }) => [method, `/api/v1${path}`] as const),
    ...(['/healthz', '/readyz', '/plugin-manifest.json', '/', '/nowhere', '/hooks/upstream/x'] as const).map(
      (path) => ['get', path] as const,
    ),
    ['get', '/api/v4/projects/1/mirror/pull'] as const,
  ];

  it.each(paths)('nobody frames %s %s', async (method, path) => {
    const answer = await request(httpBench().app)[method](path.replace(/:\w+/g, 'x'));
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it.each(['/panel/owner/project', '/panel/owner/project/status', '/panel/new', '/oauth/callback', '/oauth/nowhere'])(
    'the forge alone frames %s',
    async (path) => {
      const { headers } = await request(httpBench().app).get(path).set('Accept', 'text/html');
      expect(headers['content-security-policy']).toMatch(/frame-ancestors https:\/\/forge\.example$/);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
      expect(headers['x-frame-options']).toBeUndefined();
    },
  );
});

describeChromium('in a browser', () => {
  describeForges('a page inside a page (AUTH-06, AUTH-07)', (choice) => {
    let scene: SignInScene;
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      scene = await SignInScene.start(choice);
      browser = await startChromium(reachesThisMachine);
    });
    afterAll(async () => {
      await browser.close();
      await scene.close();
    });
    beforeEach(async () => {
      page = await (await browser.newContext()).newPage();
    });
    afterEach(() => page.context().close());

    const signIn = async () => {
      await page.goto(`${scene.url}/oauth/login?return_to=/page/me`);
      await page.fill('input[name=user_name]', scene.maintainer.name);
      await page.fill('input[name=password]', scene.maintainer.password);
      await page.press('input[name=password]', 'Enter');
      await page.waitForURL(/\/login\/oauth\/authorize|\/page\/me/);
      if (page.url().includes('authorize')) await page.click('#authorize-app, button[value=true]');
      await page.waitForURL(/\/page\/me/);
    };
    /** A page at `address` that holds `body`, whatever is there otherwise. */
    const put = async (address: string, body: string) => {
      await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html>${body}` }));
    };
    const framed = `${'<iframe width=600 height=300 src='}`;
    const textOfFrame = async (url: string) => {
      const frame = page.frames().find((each) => each.url().startsWith(url));
      return frame === undefined ? null : await frame.locator('body').innerText();
    };

    it('works in a page of the forge, with nobody asked to sign in again', async () => {
      await signIn();
      await put(`${scene.forge.url}/maintainer/project/settings`, `${framed}${scene.url}/page/maintainer/project>`);
      await page.goto(`${scene.forge.url}/maintainer/project/settings`);
      expect(await textOfFrame(`${scene.url}/page/`)).toContain('"login":"maintainer"');
    });

    it('leads out of the frame to sign in, and back to the page of the forge', async () => {
      const settings = `${scene.forge.url}/maintainer/project/settings`;
      await put(settings, `${framed}${scene.url}/page/maintainer/project>`);
      await signIn();
      await page.context().clearCookies({ name: 'panel_session' });
      await page.goto(settings);
      const link = page.frameLocator('iframe').getByRole('link', { name: 'Sign in' });
      expect(await link.getAttribute('target')).toBe('_top');
      await link.click();
      await page.waitForURL(settings);
      // Playwright lets redirects through to the real server, which knows nothing of the frame.
      await page.goto(settings);
      expect(await textOfFrame(`${scene.url}/page/`)).toContain('"login":"maintainer"');
    });

    it('shows nothing in a page of anybody else, nor in a page of the forge that somebody else frames', async () => {
      await signIn();
      const settings = `${scene.forge.url}/maintainer/project/settings`;
      await put('http://evil.test/', `${framed}${scene.url}/page/maintainer/project>`);
      await page.goto('http://evil.test/');
      expect(await textOfFrame(`${scene.url}/page/`)).toBeNull();
      await put(settings, `${framed}${scene.url}/page/maintainer/project>`);
      await put('http://evil.test/nested', `${framed}${settings}>`);
      await page.goto('http://evil.test/nested');
      expect(await textOfFrame(`${scene.url}/page/`)).toBeNull();
    });

    it("does nothing for a form or a script of another site, which has the person's browser but not the form's token", async () => {
      await signIn();
      const target = `${scene.url}/page/maintainer/project`;
      await put('http://evil.test/', `<form method=post action="${target}"><button>win</button></form>`);
      await page.goto('http://evil.test/');
      const [answer] = await Promise.all([page.waitForResponse(target), page.click('button')]);
      expect([401, 403]).toContain(answer.status());
      await page.goto('http://evil.test/');
      const status = await page.evaluate(
        (url) =>
          fetch(url, { method: 'POST', credentials: 'include' }).then(
            () => 'read',
            () => 'refused',
          ),
        target,
      );
      expect(status).toBe('refused');
    });
  });

  describe('where the forge is another site (AUTH-07)', () => {
    it('says that the panel opens as a page of its own, and leads there', async () => {
      const choice = {
        name: 'double',
        start: () => startForgeDouble(),
      };
      const scene = await SignInScene.start(choice, { forgePublicUrl: 'http://forge.test' });
      const browser = await startChromium(reachesThisMachine);
      try {
        const page = await browser.newPage();
        await page.route('http://forge.test/', (route) =>
          route.fulfill({ contentType: 'text/html', body: `<iframe src=${scene.url}/page/maintainer/project>` }),
        );
        await page.goto('http://forge.test/');
        const frame = page.frameLocator('iframe');
        expect(await frame.locator('main').innerText()).toContain('as a page of their own');
        const link = frame.getByRole('link', { name: 'Sign in' });
        expect(await link.getAttribute('target')).toBe('_top');
        expect(await link.getAttribute('href')).toBe('/oauth/login?return_to=%2Fpage%2Fmaintainer%2Fproject');
      } finally {
        await browser.close();
        await scene.close();
      }
    });
  });
});
