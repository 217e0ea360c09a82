import type { Browser, Page } from 'playwright-core';
import { describeChromium, startChromium } from '../../support/chromium';
import { describeForges, type TestForge } from '../../support/forges';
import { openGallery, showState } from '../../support/gallery-page';
import { extremes } from '../../support/panel-extremes';
import { gallery, GalleryServer, type GalleryState } from '../../support/panel-gallery';

const theme = 'forgejo-light';

describeChromium('whoever sees little, sees badly or is made dizzy', () => {
  describeForges('in the forge’s own style', (choice) => {
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

    const look = async (
      states: readonly GalleryState[],
      viewing: { readonly width: number; readonly framed: boolean },
      faultOf: (page: Page, state: GalleryState) => Promise<string | null>,
    ) => {
      const page = await openGallery(browser, { ...viewing, theme });
      const faults: string[] = [];
      try {
        for (const state of states) {
          await showState(page, server, state, theme);
          const found = await faultOf(page, state);
          if (found !== null) faults.push(`${state.name}: ${found}`);
        }
      } finally {
        await page.context().close();
      }
      return faults;
    };
    const named = (...names: string[]) => gallery.filter(({ name }) => names.includes(name));

    it('nothing scrolls sideways or leaves its button at 320 px, which is 200 % of 640', async () => {
      // Failures differ in their words alone.
      const states = [...gallery.filter(({ topic }) => topic !== 'failures'), ...extremes];
      // As a page of its own it is narrower still than inside the forge's page.
      expect(await look(states, { width: 320, framed: false }, beyondTheEdge)).toEqual([]);
    }, 300_000);

    it('what is very long stays within its place on a wide page too', async () => {
      expect(await look(extremes, { width: 1180, framed: false }, beyondTheEdge)).toEqual([]);
    }, 120_000);

    it('with forced colours, a bar still shows how far it is and a primary button is another one', async () => {
      const faults = await look(named('importing', 'fine'), { width: 760, framed: true }, async (page, { name }) => {
        await page.emulateMedia({ forcedColors: 'active' });
        if (name === 'importing') {
          const bar = page.locator('#hw-bar');
          const before = await bar.screenshot();
          await page.evaluate("document.getElementById('hw-bar').value = 5");
          return before.equals(await bar.screenshot()) ? 'the bar shows nothing' : null;
        }
        const colours = await page.evaluate(
          "['.ui.primary.button', '.hw-actions .ui.button:not(.primary)'].map((which) => getComputedStyle(document.querySelector(which)).backgroundColor)",
        );
        const [primary, plain] = colours as [string, string];
        return primary === plain ? `both are ${plain}` : null;
      });
      expect(faults).toEqual([]);
    }, 60_000);

    it('nothing moves by itself for whoever asked for little motion', async () => {
      const states = named('importing', 'updating', 'preview-looking', 'loading', 'fine');
      const faults = await look(states, { width: 760, framed: true }, async (page) => {
        const moving = await page.evaluate(
          "document.getAnimations().filter((each) => each.playState === 'running').map((each) => each.animationName ?? each.transitionProperty)",
        );
        return (moving as string[]).length === 0 ? null : String(moving);
      });
      expect(faults).toEqual([]);
    }, 60_000);
  });
});

/** What stands beyond the right edge, or whose words stick out of it. */
async function beyondTheEdge(page: Page): Promise<string | null> {
  return page.evaluate(`(() => {
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) return 'scrolls sideways: ' + root.scrollWidth + ' px';
    const out = [...document.querySelectorAll('#hw :is(a, button, p, dd, dt, li, th, td, h4, h5, summary, span, code)')].find(
      (each) =>
        each.closest('.hw-sr') === null &&
        (each.getBoundingClientRect().right > root.clientWidth + 1 ||
          (each.matches('.button') && each.scrollWidth > each.clientWidth + 1)),
    );
    return out === undefined ? null : 'stands beyond the edge: ' + out.outerHTML.slice(0, 120);
  })()`);
}
