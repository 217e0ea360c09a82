import { audited, byAdmin } from './compose/actors';
import type { App, ComposeOptions } from './compose/app';
import { openParts, type Parts } from './compose/open-parts';
import { Releaser } from './compose/releaser';
import { serveHttp } from './compose/serve-http';
import { work } from './compose/work';
import type { Config } from './config';

export type { App } from './compose/app';

/** The composition root. Raises config_invalid, store_unavailable, database_newer, disk_full; then nothing stays open. */
export async function compose(config: Config, options: ComposeOptions): Promise<App> {
  const releaser = new Releaser();
  try {
    const opened = await openParts(config, options, releaser);
    const parts = options.roles.length === 0 ? byCommandLine(config, opened) : opened;
    const url = options.roles.length === 0 ? null : await serveHttp(config, options, parts, releaser);
    if (options.roles.includes('worker')) work(config, options, parts, releaser);
    return { ...parts, url, close: () => releaser.close() };
  } catch (thrown) {
    // What made us stop is the truth; a failure to close behind it is not.
    await releaser.close().catch(() => undefined);
    throw thrown;
  }
}

/** What the command line changes is written down under the name of who runs it. */
function byCommandLine(config: Config, parts: Parts): Parts {
  return { ...parts, store: audited(parts, config, byAdmin()) };
}
