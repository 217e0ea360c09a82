import type { Browser, Page } from 'playwright-core';
import { describeChromium, startChromium } from '../../support/chromium';
import { openGallery, showState, stateNamed } from '../../support/gallery-page';
import { GalleryServer } from '../../support/panel-gallery';
import { until } from '../../support/until';

/** What has the focus, and whether anybody could see it. Runs in the page. */
const focused = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const style = getComputedStyle(element);
  const around = element.closest('label') ?? element;
  const box = around.getBoundingClientRect();
  return {
    name: element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent?.trim() ?? element.textContent.trim(),
    id: element.id,
    visible: box.width > 0 && box.height > 0,
    ringed: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.borderColor !== style.backgroundColor,
  };
})()`;

interface Focused {
  readonly name: string;
  readonly id: string;
  readonly visible: boolean;
  readonly ringed: boolean;
}

describeChromium('the panel by keyboard alone', () => {
  let browser: Browser;
  let server: GalleryServer;
  let page: Page;

  beforeAll(async () => {
    browser = await startChromium();
    server = await GalleryServer.start(null);
    page = await openGallery(browser, { width: 760, theme: 'forgejo-light', framed: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const show = (name: string) => showState(page, server, stateNamed(name), 'forgejo-light');
  const focus = () => page.evaluate<Focused | null>(focused);
  /** Tab by tab to what is called so; everything on the way can be seen. */
  const tabTo = async (name: RegExp) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const at = await focus();
      if (at === null) continue;
      expect([at.name, at.visible, at.ringed]).toEqual([at.name, true, true]);
      if (name.test(at.name)) return;
    }
    throw new Error(`no press of Tab led to ${name.source}`);
  };

  it.each([
    'fine',
    'pushes',
    'held',
    'host-key',
    'needs-key',
    'history',
    'backups',
    'webhook',
    'add',
    'edit-ssh',
    'new',
    'how',
  ])('reaches everything that can be pressed, in the order of reading: %s', async (name) => {
    await show(name);
    const wanted = await page.evaluate<number>(
      `[...document.querySelectorAll('#hw :is(a[href], button:not([tabindex]), input:not([type=hidden]), select, textarea, summary)')]
          .filter((each) => each.checkVisibility() && !each.disabled).length`,
    );
    const places: number[] = [];
    for (let presses = 0; presses < wanted + 12; presses += 1) {
      await page.keyboard.press('Tab');
      const place = await page.evaluate<number>(
        `[...document.querySelectorAll('#hw *')].indexOf(document.activeElement)`,
      );
      // Behind the last one the page begins again.
      if (place < 0 || place === places[0]) break;
      if (places.at(-1) !== place) places.push(place);
    }
    const radios = await page.evaluate<number>(
      `[...document.querySelectorAll('#hw input[type=radio]:not(:checked)')].filter((each) => each.checkVisibility()).length`,
    );
    // Of radios that belong together one is a stop; the arrows lead to the others. A date has stops of its own.
    expect(places.length).toBeGreaterThanOrEqual(wanted - radios);
    expect([...places].sort((one, other) => one - other)).toEqual(places);
  });

  it('opens a box with Enter, goes into it, and Escape closes it and gives the focus back', async () => {
    await show('fine');
    await tabTo(/^Delete, /);
    await page.keyboard.press('Enter');
    await page.getByText('Delete this mirror?').waitFor();
    await until(() => page.evaluate<boolean>(`document.activeElement?.textContent === 'Delete mirror'`));
    await page.keyboard.press('Escape');
    await page.getByText('Delete this mirror?').waitFor({ state: 'detached' });
    expect((await focus())?.name).toMatch(/^Delete, /);
  });

  it('opens folds with Space and chooses with the arrows', async () => {
    await show('add');
    await tabTo(/^Options/);
    await page.keyboard.press('Space');
    await tabTo(/^All$/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect((await focus())?.name).toBe('Only names that match');
    await tabTo(/^Pattern for branch names/);
    await page.keyboard.type('main|release/.*');
    expect(await page.getByLabel('Pattern for branch names').inputValue()).toBe('main|release/.*');
    expect(await page.locator('[data-hw-summary]').textContent()).toContain('Branches that match');
  });

  it('takes a form’s fault to the field that has it', async () => {
    await show('add');
    await tabTo(/^Repository address/);
    await page.keyboard.type('github.com/o/r');
    await page.keyboard.press('Enter');
    await until(() => page.evaluate<boolean>(`document.activeElement?.getAttribute('aria-invalid') === 'true'`));
    expect((await focus())?.name).toBe('Repository address');
  });

  it('leads to the mirror after it was added, and to the panel’s title after it was deleted', async () => {
    await show('add');
    await tabTo(/^Repository address/);
    await page.keyboard.type('https://git.example.org/octo-org/library.git');
    await page.keyboard.press('Enter');
    await until(() => page.evaluate<boolean>(`document.activeElement?.id === 'hw-pull-address'`));
    await tabTo(/^Delete, /);
    await page.keyboard.press('Enter');
    await until(() => page.evaluate<boolean>(`document.activeElement?.textContent === 'Delete mirror'`));
    await page.keyboard.press('Enter');
    await until(() => page.evaluate<boolean>(`document.activeElement?.id === 'hw-title'`));
  });

  it('saves with Enter, whatever button stands at a field', async () => {
    for (const name of ['messages', 'edit-ssh']) {
      await show(name);
      await tabTo(/^Repository address/);
      await page.keyboard.press('Enter');
      await page.locator('#hw').getByText('Saved.').waitFor();
    }
  });

  it('leads to a secret that is shown this once', async () => {
    await show('fine');
    await tabTo(/^Edit, /);
    await page.keyboard.press('Enter');
    await page.getByText('Edit this mirror').waitFor();
    await tabTo(/^Update at once/);
    await page.keyboard.press('Space');
    await tabTo(/^Make a webhook/);
    await page.keyboard.press('Enter');
    await until(() => page.evaluate<boolean>(`document.activeElement?.id === 'hw-hook-secret'`));
    await tabTo(/^Copy/);
  });

  it('asks before it puts a value back, and Escape takes the question away', async () => {
    await show('backups');
    await tabTo(/^Put docs back/);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Put docs back' }).waitFor({ state: 'detached' });
    expect((await focus())?.name).toMatch(/^Put back, docs/);
  });
});
