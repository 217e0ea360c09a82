import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileVariable, settingList } from '../../../src/config/settings';

const root = join(__dirname, '../../..');
const files = [...readdirSync(join(root, 'deploy')).map((name) => `deploy/${name}`), 'docs/install.md'];
const known = new Set(settingList.flatMap((setting) => [setting.name, fileVariable(setting)]));

describe('What an admin copies', () => {
  it.each(files)('%s names only settings that exist', (file) => {
    const named = readFileSync(join(root, file), 'utf8').match(/HEADWATER_[A-Z_]+/g) ?? [];
    const others = new Set(['HEADWATER_HOST']);
    expect(named.filter((name) => !known.has(name) && !others.has(name))).toEqual([]);
  });

  it('builds in the container what the set-up builds, the script of the panel too', () => {
    const setUp = readFileSync(join(root, 'scripts/setup.mjs'), 'utf8');
    const built = /'--build', ([^\]]+)\]/.exec(setUp)?.[1]?.replace(/[',]/g, '').trim();
    expect(built).toMatch(/^tsconfig\.json \S/);
    expect(readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')).toContain(`tsc --build ${built} &&`);
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
