import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { configFileVariable, fileVariable, settingList } from '../../../src/config/settings';

const root = join(__dirname, '../../..');
const files = [...readdirSync(join(root, 'deploy')).map((name) => `deploy/${name}`), 'docs/install.md'];
const known = new Set(settingList.flatMap((setting) => [setting.name, fileVariable(setting)]));

describe('What an admin copies', () => {
  it.each(files)('%s names only settings that exist', (file) => {
    const named = readFileSync(join(root, file), 'utf8').match(/HEADWATER_[A-Z_]+/g) ?? [];
    const others = new Set(['HEADWATER_HOST', configFileVariable]);
    expect(named.filter((name) => !known.has(name) && !others.has(name))).toEqual([]);
  });

  it('builds in the container what the set-up builds, the script of the panel too', () => {
    // One plain build makes everything: the root's tsconfig.json names the parts.
    for (const file of ['scripts/setup.mjs', 'scripts/check.mjs'])
      expect(readFileSync(join(root, file), 'utf8')).toMatch(/'--build'[\])]/);
    expect(readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')).toContain('tsc --build &&');
    const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
      references: { path: string }[];
    };
    expect(references.map(({ path }) => path)).toEqual(['./tsconfig.server.json', './src/panel/page']);
  });

  it('SEC-11: lets nobody write a copy of its memory to the disk', () => {
    expect(readFileSync(join(root, 'deploy/headwater.service'), 'utf8')).toMatch(/^LimitCORE=0$/m);
    expect(readFileSync(join(root, 'deploy/compose.yaml'), 'utf8')).toMatch(
      /^ {2}headwater:[^]*^ {4}ulimits: \{ core: 0 \}$/m,
    );
  });

  it('names only files that exist', () => {
    const dockerfile = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      (match) => match[1]?.split(' ') ?? [],
    );
    expect(copied.length).toBeGreaterThan(2);
    for (const file of [...copied, 'bin/headwater', 'deploy/Caddyfile', 'deploy/headwater.service'])
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  });
});
