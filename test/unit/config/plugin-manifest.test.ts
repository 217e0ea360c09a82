import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(__dirname, '../../..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

const path = z.string().regex(/^\/[a-z0-9/]+$/);
const manifest = z.strictObject({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  version: z.string(),
  forges: z.array(z.enum(['forgejo', 'gitea'])),
  account: z.strictObject({ scopes: z.array(z.string()), projectPermission: z.enum(['read', 'write', 'admin']) }),
  api: z.strictObject({ base: path }),
  health: z.strictObject({ live: path, ready: path }),
});

describe('plugin-manifest.json', () => {
  it('has the shape that it promises, and the name and version of the package', () => {
    const found = manifest.parse(read('plugin-manifest.json'));
    const { name, version, description } = z
      .object({ name: z.string(), version: z.string(), description: z.string() })
      .parse(read('package.json'));
    expect(found).toMatchObject({ name, version, description });
    expect(found.account.scopes).toEqual(['write:repository', 'read:user']);
  });
});
