import { setTimeout } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { createServer, get as httpGet, type RequestListener, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { patienceMs } from '../../../src/http/panel/first-paint';
import { HeadwaterError } from '../../../src/domain/errors';
import { describeChromium, startChromium } from '../../support/chromium';
import { openGallery } from '../../support/gallery-page';
import { gate } from '../../support/gate';
import { panelBench, panelPath, type PanelBench } from '../../support/panel-bench';

describe('a panel whose forge takes its time', () => {
  let bench: PanelBench;
  let server: Server;
  let url: string;
  let [asked, answer] = [gate(), gate()];

  /** The forge says so when it is allowed to. */
  const forgeAnswers = (say: PanelBench['forge']['callerRights']) => {
    [asked, answer] = [gate(), gate()];
    bench.forge.callerRights = async (...question) => {
      asked.open();
      await answer.opened;
      return say.apply(bench.forge, question);
    };
  };

  beforeEach(async () => {
    bench = panelBench({ forgePublicUrl: 'http://127.0.0.1:9' });
    server = createServer(bench.app as RequestListener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${panelPath}`;
    forgeAnswers(bench.forge.callerRights);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** What comes before the forge has answered, and what in all. Once the frame has come, the forge answers. */
  const read = (headers: Record<string, string>) =>
    new Promise<{ status: number; first: string; all: string }>((resolve, reject) => {
      httpGet(url, { headers: { Accept: 'text/html', ...headers } }, (response) => {
        let [first, all] = ['', ''];
        response.setEncoding('utf8').on('data', (text: string) => {
          all += text;
          if (first !== '' || !all.includes('Loading mirrors')) return;
          first = all;
          answer.open();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, first, all }));
      }).on('error', reject);
    });

  it('sends its frame at once and the rest when it is known, without a script', async () => {
    const { first, all } = await read({ 'Sec-Fetch-Dest': 'iframe' });
    expect(first).toContain('Loading mirrors');
    expect(first).toContain('/panel.css');
    expect(first).not.toContain('Repository address');
    expect(all.match(/<main id="hw"/g)).toHaveLength(1);
    expect(all).toContain('Repository address');
    expect(all.trimEnd()).toMatch(/<\/html>$/);
  });

  it('comes to an end when the forge says no, or nothing at all', async () => {
    forgeAnswers(async () => null);
    const no = await read({ 'Sec-Fetch-Dest': 'document' });
    expect(no.all).toContain('There is no project owner/project, or you may not see it.');
    expect(no.all.trimEnd()).toMatch(/<\/html>$/);
    forgeAnswers(async () => {
      throw new HeadwaterError('forge_unreachable');
    });
    const nothing = await read({ 'Sec-Fetch-Dest': 'document' });
    expect(nothing.all).toContain('Forgejo does not answer.');
    expect(nothing.all.trimEnd()).toMatch(/<\/html>$/);
  });

  it('comes as one for what a script fetches, with its own status', async () => {
    forgeAnswers(async () => null);
    const coming = read({ 'Sec-Fetch-Dest': 'empty' });
    await asked.opened;
    // Others have their frame by now.
    await setTimeout(2 * patienceMs);
    answer.open();
    const { status, all } = await coming;
    expect(status).toBe(404);
    expect(all).not.toContain('Loading mirrors');
  });

  describeChromium('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium();
    });
    afterAll(() => browser.close());

    it('is drawn before the forge has answered, and then gives way to what it stood for', async () => {
      const page = await openGallery(browser, { width: 800, theme: 'forgejo-light', framed: false });
      await page.goto(url, { waitUntil: 'commit' });
      await page.locator('.hw-loading').waitFor();
      await page.waitForFunction(`performance.getEntriesByName('first-contentful-paint').length > 0`);
      expect(await page.locator('#hw').count()).toBe(0);
      answer.open();
      await page.locator('#hw').waitFor();
      await page.waitForLoadState('load');
      expect(await page.locator('.hw-loading').count()).toBe(0);
      await page.context().close();
    });
  });
});
