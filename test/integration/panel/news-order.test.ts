import type { Browser, Page, Route } from 'playwright-core';
import { describeChromium, startChromium } from '../../support/chromium';
import { gate } from '../../support/gate';
import { openGallery, showState, stateNamed } from '../../support/gallery-page';
import { galleryPath, GalleryServer } from '../../support/panel-gallery';
import { until } from '../../support/until';

const theme = 'forgejo-light';

describeChromium('news of a mirror and the pages that they ask for, in any order', () => {
  let browser: Browser;
  let server: GalleryServer;
  let page: Page;
  beforeAll(async () => {
    browser = await startChromium();
    server = await GalleryServer.start(null);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    page = await openGallery(browser, { width: 760, theme, framed: true });
  });
  afterEach(() => page.context().close());

  const isPage = (url: URL) => url.pathname.endsWith('/library');
  const badge = (word: string) => page.locator('.hw-badge', { hasText: word }).waitFor();

  /** The page of a mirror that is up to date, whose stream tells one state after another as it is told to. */
  const open = async () => {
    const turns = Array.from({ length: 5 }, gate);
    let [asked, told] = [0, 0];
    await page.route(/\/events/, async (route) => {
      const at = asked;
      asked += 1;
      await turns[at]?.opened;
      const body = `retry: 1\nevent: live\ndata: {"state":"state-${at}","progress":null}\n\n`;
      await route.fulfill({ contentType: 'text/event-stream', body });
    });
    // A stream that stands is not doubled by questions.
    await page.route(/\/state$/, (route) => route.abort());
    await showState(page, server, stateNamed('fine'), theme);
    return {
      /** Tells that the state is another one, and answers when the page has heard it. */
      tell: async () => {
        turns[told]?.open();
        told += 1;
        await until(() => asked > told);
      },
    };
  };
  /** From now on the server has another state. */
  const pause = () => server.show(stateNamed('paused-person'));

  it('shows the last news, though the page that the first of them asked for takes its time', async () => {
    const { tell } = await open();
    const [held, fetched] = [gate(), gate()];
    let loads = 0;
    await page.route(isPage, async (route) => {
      loads += 1;
      if (loads > 1) return route.continue();
      const response = await route.fetch();
      fetched.open();
      await held.opened;
      await route.fulfill({ response });
    });
    await tell();
    await fetched.opened;
    await pause();
    await tell();
    // Were both asked for at once, the second one would be there by now.
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 300))');
    held.open();
    await until(() => loads >= 2);
    await badge('Paused');
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
    await badge('Paused');
  });

  it('shows them on a page that a person asked for before they came', async () => {
    const { tell } = await open();
    const [held, fetched] = [gate(), gate()];
    const isBox = (route: Route) => route.request().url().includes('open=');
    let boxes = 0;
    await page.route(isPage, async (route) => {
      if (!isBox(route) || (boxes += 1) > 1) return route.continue();
      const response = await route.fetch();
      fetched.open();
      await held.opened;
      await route.fulfill({ response });
    });
    await page.getByRole('link', { name: /^Delete, / }).click();
    await fetched.opened;
    await pause();
    await tell();
    await badge('Paused');
    held.open();
    await page.getByText('Delete this mirror?').waitFor();
    await badge('Paused');
  });

  it('tries again when the page that they ask for cannot be had', async () => {
    const { tell } = await open();
    let loads = 0;
    await page.route(isPage, (route) => ((loads += 1) === 1 ? route.abort() : route.continue()));
    await pause();
    await tell();
    await badge('Paused');
    expect(loads).toBe(2);
  });

  it('listens again after its stream was refused, and says so as long as it was', async () => {
    const refused = gate();
    let asked = 0;
    await page.clock.install();
    await page.route(/\/events/, async (route) => {
      asked += 1;
      if (asked === 1) return route.fulfill({ status: 502 });
      refused.open();
    });
    await showState(page, server, stateNamed('fine'), theme);
    await page.locator('#hw-interrupted').waitFor();
    await page.clock.fastForward(10_000);
    await refused.opened;
    expect(await page.locator('#hw-interrupted').count()).toBe(1);
  });

  it('has its hints for an address that was typed before its script came', async () => {
    const script = gate();
    await page.route(/\/panel\.js$/, async (route) => {
      await script.opened;
      await route.continue();
    });
    await server.show(stateNamed('add'));
    await page.goto(`${server.url}${galleryPath}`, { waitUntil: 'commit' });
    await page.getByLabel('Repository address').fill('git@git.example.org:octo-org/library.git');
    script.open();
    await page.getByRole('button', { name: 'Add mirror and make a key' }).waitFor();
    expect(await page.getByLabel('SSH key').isChecked()).toBe(true);
    await page.locator('[data-hw-hints] p').first().waitFor();
  });
});
