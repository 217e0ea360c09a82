/**
 * Takes the pictures of docs/panel.md: every state of the panel in light and dark and at the width of a phone.
 * Usage: npm run screenshots. In the look of a real forge where one is on PATH, otherwise in the plain one of the tests.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../../test/support/chromium';
import { openGallery, panelPart, showState } from '../../test/support/gallery-page';
import { gallery, GalleryServer, type GalleryState } from '../../test/support/panel-gallery';
import { findForgeBinary, startRealForge } from '../../test/support/real-forge';
import { docPage } from './doc-page';
import { toPalettePng } from './palette-png';
import { topics } from './topics';

const docs = resolve(__dirname, '../../../docs');
const folder = join(docs, 'panel');
const looks = [
  { name: 'light', theme: 'forgejo-light', width: 760 },
  { name: 'dark', theme: 'forgejo-dark', width: 760 },
  { name: 'phone', theme: 'forgejo-light', width: 390 },
] as const;

async function main(): Promise<void> {
  const binary = findForgeBinary();
  const forge = binary === null ? null : await startRealForge(binary);
  const server = await GalleryServer.start(forge?.url ?? null);
  const browser = await startChromium();
  try {
    await mkdir(folder, { recursive: true });
    for (const old of await readdir(folder)) if (old.endsWith('.png')) await rm(join(folder, old));
    let bytes = 0;
    for (const look of looks)
      for (const topic of Object.keys(topics)) {
        const states = gallery.filter((state) => state.topic === topic);
        const sheet = toPalettePng(await takeSheet(browser, server, states, look));
        await writeFile(join(folder, `${topic}-${look.name}.png`), sheet);
        bytes += sheet.length;
        console.log(`${topic}-${look.name}.png: ${states.length} states, ${Math.round(sheet.length / 1000)} kB`);
      }
    await writeFile(join(docs, 'panel.md'), docPage(gallery));
    console.log(
      `${Math.round(bytes / 1000)} kB in all, in the look of ${forge === null ? 'the tests' : 'a real forge'}`,
    );
  } finally {
    await browser.close();
    await server.close();
    await forge?.close();
  }
}

type Look = (typeof looks)[number];

/** The states of one topic below each other, each with its caption. */
async function takeSheet(
  browser: Browser,
  server: GalleryServer,
  states: readonly GalleryState[],
  look: Look,
): Promise<Buffer> {
  const page = await openGallery(browser, { width: look.width, theme: look.theme, framed: true });
  try {
    const shots: { caption: string; png: Buffer }[] = [];
    for (const state of states) {
      await showState(page, server, state, look.theme);
      shots.push({ caption: state.caption, png: await picture(page) });
    }
    return await paste(page, shots, look);
  } finally {
    await page.context().close();
  }
}

async function picture(page: Page): Promise<Buffer> {
  // A long history looks the same from the seventh run on.
  await page.evaluate(
    "document.querySelectorAll('.hw-runs > li:nth-child(n + 7):not(:has(.is-open))').forEach((run) => run.remove())",
  );
  return page.locator(panelPart).first().screenshot({ animations: 'disabled' });
}

async function paste(page: Page, shots: readonly { caption: string; png: Buffer }[], look: Look): Promise<Buffer> {
  const [back, ink] = look.name === 'dark' ? ['#0b0d0f', '#c9cbd0'] : ['#e9eaee', '#3c3d42'];
  const figures = shots.map(
    ({ caption, png }) =>
      `<figure><figcaption>${caption}</figcaption><img src="data:image/png;base64,${png.toString('base64')}"></figure>`,
  );
  // Of its own, where the panel's rules about styles do not hold.
  await page.goto('about:blank');
  await page.setContent(
    `<style>body{margin:0;padding:12px;background:${back};color:${ink};font:13px sans-serif;width:${look.width}px;box-sizing:content-box}
    figure{margin:0 0 16px}figcaption{margin:0 0 4px}img{display:block;max-width:100%}</style>${figures.join('')}`,
  );
  await page.setViewportSize({ width: look.width + 24, height: 600 });
  return page.screenshot({ fullPage: true });
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
