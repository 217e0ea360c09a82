import { setTimeout } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { createServer, get as httpGet, type RequestListener, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { HeadwaterError } from '../../../src/domain/errors';
import { describeChromium, startChromium } from '../../support/chromium';
import { openGallery } from '../../support/gallery-page';
import { panelBench, panelPath, type PanelBench } from '../../support/panel-bench';

/** Longer than a page waits before it shows its frame; ms. */
const slow = 1_500;

describe('a panel whose forge takes its time', () => {
  let bench: PanelBench;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    bench = panelBench({ forgePublicUrl: 'http://127.0.0.1:9' });
    server = createServer(bench.app as RequestListener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${panelPath}`;
    const { callerRights } = bench.forge;
    bench.forge.callerRights = async (...asked) => {
      await setTimeout(slow, undefined, { ref: false });
      return callerRights.apply(bench.forge, asked);
    };
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** What has come by which time (ms). */
  const read = (headers: Record<string, string>) =>
    new Promise<{ status: number; firstAt: number; first: string; all: string }>((resolve, reject) => {
      const began = Date.now();
      httpGet(url, { headers: { Accept: 'text/html', ...headers } }, (response) => {
        let [first, all, firstAt] = ['', '', 0];
        response.setEncoding('utf8').on('data', (text: string) => {
          if (all === '') [first, firstAt] = [text, Date.now() - began];
          all += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, firstAt, first, all }));
      }).on('error', reject);
    });

  it('sends its frame at once and the rest when it is known, without a script', async () => {
    const { firstAt, first, all } = await read({ 'Sec-Fetch-Dest': 'iframe' });
    expect(firstAt).toBeLessThan(slow - 300);
    expect(first).toContain('Loading mirrors');
    expect(first).toContain('/panel.css');
    expect(first).not.toContain('Repository address');
    expect(all.match(/<main id="hw"/g)).toHaveLength(1);
    expect(all).toContain('Repository address');
    expect(all.trimEnd()).toMatch(/<\/html>$/);
  });

  it('comes to an end when the forge says no, or nothing at all', async () => {
    bench.forge.callerRights = async () => {
      await setTimeout(slow, undefined, { ref: false });
      return null;
    };
    const no = await read({ 'Sec-Fetch-Dest': 'document' });
    expect(no.all).toContain('There is no project owner/project, or you may not see it.');
    expect(no.all.trimEnd()).toMatch(/<\/html>$/);
    bench.forge.callerRights = async () => {
      await setTimeout(slow, undefined, { ref: false });
      throw new HeadwaterError('forge_unreachable');
    };
    const nothing = await read({ 'Sec-Fetch-Dest': 'document' });
    expect(nothing.all).toContain('Forgejo does not answer.');
    expect(nothing.all.trimEnd()).toMatch(/<\/html>$/);
  });

  it('comes as one for what a script fetches, with its own status', async () => {
    bench.forge.callerRights = async () => {
      await setTimeout(slow, undefined, { ref: false });
      return null;
    };
    const { status, all } = await read({ 'Sec-Fetch-Dest': 'empty' });
    expect(status).toBe(404);
    expect(all).not.toContain('Loading mirrors');
  });

  describeChromium('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium();
    });
    afterAll(() => browser.close());

    it('is drawn long before the forge has answered, and then gives way to what it stood for', async () => {
      const page = await openGallery(browser, { width: 800, theme: 'forgejo-light', framed: false });
      await page.goto(url, { waitUntil: 'commit' });
      await page.locator('.hw-loading').waitFor();
      await page.locator('#hw').waitFor();
      await page.waitForLoadState('load');
      const paints = await page.evaluate<number[]>(
        `performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)`,
      );
      expect(paints).toHaveLength(1);
      expect(paints[0]).toBeLessThan(slow - 200);
      expect(await page.locator('.hw-loading').count()).toBe(0);
      await page.context().close();
    });
  });
});
