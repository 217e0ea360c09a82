import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productRoot } from './product-root';

/** The compiled script that the forge's settings page loads (src/panel/browser/embed.ts). */
export function loadEmbedScript(): string {
  return readFileSync(join(productRoot(), 'dist/panel/browser/embed.js'), 'utf8');
}
