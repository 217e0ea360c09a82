import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** From package.json, which stands above both src/ and dist/src/. */
export function productVersion(): string {
  for (let dir = __dirname; ; dir = dirname(dir)) {
    try {
      return (JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { version: string }).version;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(dir) === dir) throw thrown;
    }
  }
}
