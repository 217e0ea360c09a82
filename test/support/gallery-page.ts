import type { Browser, Page } from 'playwright-core';
import { gallery, galleryPath, silentPath, type GalleryServer, type GalleryState } from './panel-gallery';

export interface Viewing {
  /** px */
  readonly width: number;
  readonly theme: string;
  /** As inside the forge's page, or as a page of its own. */
  readonly framed: boolean;
}

/** Opens a browser page that shows one state after another. */
export async function openGallery(browser: Browser, viewing: Viewing): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: viewing.width, height: 900 },
    colorScheme: viewing.theme.endsWith('dark') ? 'dark' : 'light',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    extraHTTPHeaders: { 'X-Panel-Framed': viewing.framed ? 'yes' : 'no' },
  });
  return context.newPage();
}

export function stateNamed(name: string): GalleryState {
  const state = gallery.find((each) => each.name === name);
  if (state === undefined) throw new Error(`there is no state "${name}"`);
  return state;
}

/** What of the page is the panel. */
export const panelPart = '#hw, .hw-loading, [data-headwater-notice]';

export async function showState(page: Page, server: GalleryServer, state: GalleryState, theme: string): Promise<void> {
  await server.show(state);
  const path = state.form === undefined ? state.path : '';
  const place = state.kind === 'silent' ? silentPath : (state.page ?? galleryPath);
  // A page that still loads is looked at before its end.
  const waitUntil = state.kind === 'loading' ? 'commit' : 'load';
  await page.goto(`${server.url}${place}${path}${path.includes('?') ? '&' : '?'}theme=${theme}`, { waitUntil });
  await page.locator(panelPart).first().waitFor();
  if (state.form !== undefined) await sendForm(page, `${galleryPath}${state.path}`, state.form);
}

/** As the page's own form would. */
async function sendForm(page: Page, path: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const { open, ...sent } = fields;
  const all = { _csrf: 'csrf-token', lfs_shown: 'yes', lfs: 'yes', follow_default: 'yes', ...sent };
  const loaded = page.waitForEvent('load');
  await page.evaluate(
    `(() => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = ${JSON.stringify(path)};
      for (const [name, value] of Object.entries(${JSON.stringify(all)})) {
        const input = document.createElement('input');
        input.name = name;
        input.value = value;
        form.append(input);
      }
      document.body.append(form);
      HTMLFormElement.prototype.submit.call(form);
    })()`,
  );
  await loaded;
  if (open === 'options') await page.locator('details.hw-more > summary').first().click();
}
