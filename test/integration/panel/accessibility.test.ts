import type { Browser, Page } from 'playwright-core';
import { faultsInLooks, type Look } from '../../support/axe-look';
import { describeChromium, startChromium } from '../../support/chromium';
import { describeForges, type TestForge } from '../../support/forges';
import { openGallery, showState, stateNamed } from '../../support/gallery-page';
import { gallery, GalleryServer, type GalleryState } from '../../support/panel-gallery';

const first: Look = { theme: 'forgejo-light', width: 1180 };
const looks: readonly Look[] = [
  first,
  { theme: 'forgejo-light', width: 390 },
  { theme: 'forgejo-dark', width: 390 },
  { theme: 'forgejo-dark', width: 1180 },
];
const topics = [...new Set(gallery.map(({ topic }) => topic))];

/** In the forge's own themes where a real one is at hand; its style sheets count as much as ours. */
describeChromium('every state of the panel', () => {
  describeForges('as axe sees it, in light and dark, wide and narrow', (choice) => {
    let browser: Browser;
    let server: GalleryServer;
    let forge: TestForge | null = null;
    let page: Page;

    beforeAll(async () => {
      browser = await startChromium();
      if (!choice.name.includes('double')) forge = await choice.start();
      server = await GalleryServer.start(forge?.url ?? null);
      page = await openGallery(browser, { ...first, framed: false });
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await forge?.close();
    });

    const faultsOf = async (state: GalleryState) => {
      await showState(page, server, state, first.theme);
      return (await faultsInLooks(page, looks)).map((fault) => `${state.name}: ${fault}`);
    };

    it.each(topics)(
      'has no fault: %s',
      async (topic) => {
        const faults: string[] = [];
        for (const state of gallery.filter((each) => each.topic === topic)) faults.push(...(await faultsOf(state)));
        expect(faults).toEqual([]);
      },
      300_000,
    );

    it.each(looks)('would find one that is in $theme at $width px alone', async ({ theme, width }) => {
      const wide = width > 600 ? 'min' : 'max';
      const fault = `@media (${wide}-width: 600px) { [data-theme="${theme}"] .hw-intro { color: #888 !important; background: #999 !important } }`;
      await page.route(/\/panel\.css$/, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${await response.text()}\n${fault}` });
      });
      const found = await faultsOf(stateNamed('add')).finally(() => page.unroute(/\/panel\.css$/));
      const where = `add: ${theme}, ${width} px: color-contrast`;
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter((each) => !each.startsWith(where))).toEqual([]);
    });
  });
});
