import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateKey } from '../../../src/adapters/secrets/key-file';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the key file', () => {
  it('is made once, for its owner alone, with nothing beside it', async () => {
    const file = join(folder, 'data', 'secret.key');
    const key = await loadOrCreateKey(file);
    expect(key).toHaveLength(32);
    expect(await loadOrCreateKey(file)).toEqual(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'data'))).toEqual(['secret.key']);
    expect((await readFile(file, 'utf8')).trim()).toBe(key.toString('base64'));
  });

  it('gives the same key to all who start together', async () => {
    const file = join(folder, 'secret.key');
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateKey(file)));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toEqual(['secret.key']);
  });

  it('differs between installations', async () => {
    const [one, two] = [await loadOrCreateKey(join(folder, 'one')), await loadOrCreateKey(join(folder, 'two'))];
    expect(one).not.toEqual(two);
  });

  it.each(['', 'short', Buffer.alloc(31).toString('base64'), Buffer.alloc(32).toString('hex')])(
    'is never replaced when it is damaged: "%s"',
    async (text) => {
      const file = join(folder, 'secret.key');
      await writeFile(file, text);
      await expect(loadOrCreateKey(file)).rejects.toMatchObject({ code: 'config_invalid' });
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );

  it('names the fault when it cannot be read', async () => {
    await expect(loadOrCreateKey(folder)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('EISDIR'),
    });
    await writeFile(join(folder, 'plain'), '');
    await chmod(join(folder, 'plain'), 0o600);
    await expect(loadOrCreateKey(join(folder, 'plain', 'secret.key'))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('ENOTDIR'),
    });
  });
});
