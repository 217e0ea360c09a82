import type { Browser, Page } from 'playwright-core';
import { describeChromium, startChromium } from '../../support/chromium';
import { openGallery, showState, stateNamed } from '../../support/gallery-page';
import { gate } from '../../support/gate';
import { galleryPath, GalleryServer } from '../../support/panel-gallery';
import { until } from '../../support/until';

describeChromium('a page of the panel that is kept true', () => {
  let browser: Browser;
  let server: GalleryServer;
  beforeAll(async () => {
    browser = await startChromium();
    server = await GalleryServer.start(null);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  // A page of the test before would go on asking.
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  /** A state of the panel, and news that come when they are told to. */
  const open = async (name: string): Promise<{ page: Page; news: ReturnType<typeof gate> }> => {
    const page = await openGallery(browser, { width: 760, theme: 'forgejo-light', framed: true });
    const news = gate();
    let told = 0;
    await page.route(/\/events/, async (route) => {
      await news.opened;
      told += 1;
      const body = told === 1 ? 'event: live\ndata: {"state":"another","progress":null}\n\n' : '';
      await route.fulfill({ contentType: 'text/event-stream', body });
    });
    await showState(page, server, stateNamed(name), 'forgejo-light');
    return { page, news };
  };
  /** The page has loaded itself again, and has had the time to show that. */
  const loadedAgain = async (page: Page): Promise<void> => {
    await page.waitForResponse((response) => response.url().includes('/library?'));
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 300))');
  };

  it('keeps a box that was opened while news made the page load itself again', async () => {
    const [box, again] = [gate(), gate()];
    const { page, news } = await open('fine');
    let loads = 0;
    await page.route(
      (url) => url.pathname.endsWith('/library'),
      async (route) => {
        const isBox = route.request().url().includes('open=delete');
        if (!isBox) loads += 1;
        const isFirst = !isBox && loads === 1;
        await (isBox ? box.opened : isFirst ? again.opened : Promise.resolve());
        await route.continue();
      },
    );
    // The box is asked for, then the news comes; the box is there before the page has loaded itself again.
    const asked = page.waitForRequest(/open=delete/);
    await page.getByRole('link', { name: /^Delete, / }).click();
    await asked;
    const reloading = page.waitForRequest(
      (request) => !request.url().includes('open=') && request.url().includes('/library?'),
    );
    news.open();
    await reloading;
    box.open();
    await page.getByText('Delete this mirror?').waitFor();
    const settled = page.waitForResponse((response) => response.url().includes('open=delete'));
    again.open();
    await settled;
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
    expect(await page.getByText('Delete this mirror?').isVisible()).toBe(true);
  });

  it('gives a press its click, though news came between press and release', async () => {
    const { page, news } = await open('fine');
    const pause = page.getByRole('button', { name: /^Pause, / });
    await pause.hover();
    await page.mouse.down();
    news.open();
    await loadedAgain(page);
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.mouse.up();
    expect(new URL((await sent).url()).pathname).toMatch(/\/pause$/);
  });

  it('gives the space bar its click in the same way', async () => {
    const { page, news } = await open('fine');
    await page.getByRole('button', { name: /^Pause, / }).focus();
    await page.keyboard.down(' ');
    news.open();
    await loadedAgain(page);
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.keyboard.up(' ');
    expect(new URL((await sent).url()).pathname).toMatch(/\/pause$/);
  });

  it('leaves a box ticked that somebody has ticked', async () => {
    const { page, news } = await open('host-keys-open');
    const box = page.getByLabel(/These are the right keys/);
    await box.check();
    news.open();
    await loadedAgain(page);
    expect(await box.isChecked()).toBe(true);
  });

  it('tells the page around it no height before it has a width', async () => {
    const page = await openGallery(browser, { width: 760, theme: 'forgejo-light', framed: true });
    await server.show(stateNamed('fine'));
    const around = `${server.url}/around`;
    const body = `<!doctype html><script>var told = []; onmessage = ({ data }) => told.push(data.height)</script>
      <iframe style="width: 0" src="${server.url}${galleryPath}"></iframe>`;
    await page.route(around, (route) => route.fulfill({ contentType: 'text/html', body }));
    // The last thing that the panel does at its start, which may be before the page counts as loaded.
    const watching = page.waitForRequest(/\/events/);
    await page.goto(around);
    await watching;
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
    expect(await page.evaluate('told')).toEqual([]);
    await page.evaluate(`document.querySelector('iframe').style.width = '700px'`);
    const inside = () => page.frameLocator('iframe').locator('#hw').boundingBox();
    const told = () => page.evaluate<number[]>('told');
    await until(async () => Math.abs(((await told()).at(-1) ?? 0) - ((await inside())?.height ?? 0)) < 24);
    // Nor one that its contents never had.
    expect(Math.max(...(await told())) - ((await inside())?.height ?? 0)).toBeLessThan(24);
  });
});
