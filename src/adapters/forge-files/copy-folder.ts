import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ForgeFolder } from '../../ports/forge-folder';
import { createForgeFolder } from './forge-folder';

const readme = `Files for the custom folder of the forge (CUSTOM_PATH, usually "custom" in its work path)

1. Copy public/ as it is.
2. Copy each file below templates/ that the forge has not yet. Where it has one of this name already, put our lines, with the
   two that mark them, at its end.
3. Have the forge read its templates, as the user that it runs as:
     forgejo manager reload-templates
   or start it anew. A template with a fault in it would keep it from starting, so reload first.

To take Headwater out again, remove public/assets/headwater and our lines, and reload.
`;

/** A folder that somebody copies to the forge, with a README that tells how. */
export function createCopyFolder(path: string): ForgeFolder {
  const root = resolve(path);
  return createForgeFolder({
    path: root,
    kind: 'copy',
    prepare: () => {
      mkdirSync(root, { recursive: true });
      writeFileSync(join(root, 'README.txt'), readme);
    },
    reload: async () => ({ done: false, command: 'forgejo manager reload-templates', why: null }),
  });
}
