import type { Browser, Page } from 'playwright-core';
import { describeChromium, startChromium } from '../../support/chromium';
import { openGallery, showState } from '../../support/gallery-page';
import { gallery, galleryPath, GalleryServer, type GalleryState } from '../../support/panel-gallery';

/** A gate that requests wait at. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

function stateOf(name: string): GalleryState {
  const state = gallery.find((each) => each.name === name);
  if (state === undefined) throw new Error(`there is no state "${name}"`);
  return state;
}

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
    await showState(page, server, stateOf(name), 'forgejo-light');
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
    await server.show(stateOf('fine'));
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
    await page.waitForFunction('told.length > 0');
    const inside = await page.frameLocator('iframe').locator('#hw').boundingBox();
    const told = await page.evaluate<number[]>('told');
    expect(Math.abs(Math.max(...told) - (inside?.height ?? 0))).toBeLessThan(24);
  });
});
