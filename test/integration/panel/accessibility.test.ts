import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { describeChromium, startChromium } from '../../support/chromium';
import { describeForges, type TestForge } from '../../support/forges';
import { openGallery, showState } from '../../support/gallery-page';
import { gallery, GalleryServer } from '../../support/panel-gallery';

/** In the forge's own themes where a real one is at hand; its style sheets count as much as ours. */
describeChromium('every state of the panel', () => {
  describeForges('as axe sees it', (choice) => {
    let browser: Browser;
    let server: GalleryServer;
    let forge: TestForge | null = null;

    beforeAll(async () => {
      browser = await startChromium();
      if (!choice.name.includes('double')) forge = await choice.start();
      server = await GalleryServer.start(forge?.url ?? null);
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await forge?.close();
    });

    it.each([
      ['forgejo-light', 1180],
      ['forgejo-dark', 1180],
      ['forgejo-light', 390],
      ['forgejo-dark', 390],
    ] as const)(
      'has no fault in %s at a width of %d px',
      async (theme, width) => {
        const page = await openGallery(browser, { width, theme, framed: false });
        const faults: string[] = [];
        // Failures differ in their words alone, so one look at them is enough.
        const all = theme === 'forgejo-light' && width === 1180;
        const states = gallery.filter(({ topic }) => all || topic !== 'failures');
        for (const state of states) {
          await showState(page, server, state, theme);
          faults.push(...(await faultsOf(page, state.name)));
        }
        expect(faults).toEqual([]);
        await page.context().close();
      },
      300_000,
    );
  });
});

/** What axe finds, and whether anything stands beyond the right edge. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const sideways = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  return [
    ...violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${name}: ${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
    ),
    ...(sideways === true ? [`${name}: scrolls sideways`] : []),
  ];
}
