import type { Browser } from 'playwright-core';
import { describeChromium, startChromium } from '../../support/chromium';
import { openGallery, showState } from '../../support/gallery-page';
import { gallery, GalleryServer } from '../../support/panel-gallery';

/** A gate that requests wait at. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
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

  it('keeps a box that was opened while news made the page load itself again', async () => {
    const page = await openGallery(browser, { width: 760, theme: 'forgejo-light', framed: true });
    const [news, box, again] = [gate(), gate(), gate()];
    let told = 0;
    await page.route(/\/events/, async (route) => {
      await news.opened;
      told += 1;
      const body = told === 1 ? 'event: live\ndata: {"state":"another","progress":null}\n\n' : '';
      await route.fulfill({ contentType: 'text/event-stream', body });
    });
    const fine = gallery.find(({ name }) => name === 'fine');
    if (fine === undefined) throw new Error('there is no state "fine"');
    await showState(page, server, fine, 'forgejo-light');

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
});
