import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
const text = readFileSync(join(root, 'docs/features.md'), 'utf8');
const proofs = [...text.matchAll(/`(test\/[\w/.-]+)`: “(.+?)” \|$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']);

describe('The table of features', () => {
  it('proves its claims', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| feature |'));
    expect(proofs.length).toBeGreaterThan(40);
    // All but those that claim nothing a test could show.
    expect(rows.filter((row) => row.endsWith('| — |'))).toHaveLength(2);
  });

  it.each(proofs)('names a test of %s that exists: %s', (file, name) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(readFileSync(join(root, file), 'utf8')).toContain(name);
  });
});
