import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** One way in which a page can be seen. */
export interface Look {
  readonly theme: string;
  /** px */
  readonly width: number;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly any: readonly { readonly message: string }[] }[];
}

/** The axe that its wrapper for playwright brings; the wrapper itself hands it to the page anew for each look, and brings all that is well back. */
const { source } = createRequire(require.resolve('@axe-core/playwright'))('axe-core') as { readonly source: string };

// What runs inside the page is text: this program knows no DOM. The panel's own pages have no frames.
const run = `axe.run(document, { iframes: false, resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, any }) => ({ html, any })) })))`;

/**
 * All that axe finds in a page, in one look after another, and whether anything stands beyond its right edge. The page is loaded and
 * given axe once, since that takes far longer than looking at it; width and theme are style alone.
 */
export async function faultsInLooks(page: Page, looks: readonly Look[]): Promise<string[]> {
  const faults: string[] = [];
  await page.evaluate(source);
  for (const look of looks) {
    await wear(page, look);
    const found = await page.evaluate<Violation[]>(run);
    const sideways = await page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
    const where = `${look.theme}, ${look.width} px`;
    for (const { id, nodes } of found)
      for (const { html, any } of nodes) faults.push(`${where}: ${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`);
    if (sideways) faults.push(`${where}: scrolls sideways`);
  }
  return faults;
}

async function wear(page: Page, { theme, width }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: theme.endsWith('dark') ? 'dark' : 'light' });
  await page.evaluate(`(async () => {
    const root = document.documentElement;
    if (root.dataset.theme !== '${theme}') {
      const sheet = [...document.querySelectorAll('link[rel=stylesheet]')].find(({ href }) => /\\/theme-[^/]*$/.test(href));
      await new Promise((loaded, failed) => {
        Object.assign(sheet, { onload: loaded, onerror: failed });
        sheet.href = sheet.href.replace(/theme-[^/]*$/, 'theme-${theme}.css');
        root.dataset.theme = '${theme}';
      });
    }
    // A colour on its way from one theme to the other is in neither.
    for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
  })()`);
}
