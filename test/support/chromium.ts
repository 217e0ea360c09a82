import { chromium, type Browser } from 'playwright-core';
import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser of this machine, without a window and without calls home. */
export async function startChromium(...more: readonly string[]): Promise<Browser> {
  const executablePath = places.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error(`there is no browser at ${places.join(', ')}`);
  return chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', ...more],
    ],
  });
}

function hasChromium(): boolean {
  return places.some((place) => existsSync(place));
}

/** A suite that needs a browser; where there is none it says so. */
export function describeChromium(title: string, suite: () => void): void {
  if (hasChromium()) describe(title, suite);
  else
    describe.skip(`${title}: skipped, there is no browser at ${places.join(', ')}`, () => {
      it.todo('needs Chromium');
    });
}
