import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of plugin-manifest.json, which stands above both src/ and dist/src/. */
export function productRoot(): string {
  for (let dir = __dirname; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'plugin-manifest.json'))) return dir;
    if (dirname(dir) === dir) throw new Error('plugin-manifest.json is not above the program');
  }
}
