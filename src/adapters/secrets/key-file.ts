import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HeadwaterError } from '../../domain/errors';

const keyBytes = 32;

/**
 * The key of an installation that was given none: 32 random bytes, base64, in a file that only its owner may read. Made at
 * the first start; of several processes that start together, all get the same one. Raises config_invalid, disk_full.
 */
export async function loadOrCreateKey(file: string): Promise<Buffer> {
  try {
    return parseKey(file, (await read(file)) ?? (await create(file)));
  } catch (thrown) {
    if (thrown instanceof HeadwaterError) throw thrown;
    const { code = 'unknown error' } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new HeadwaterError('disk_full', {}, { cause: thrown });
    throw new HeadwaterError(
      'config_invalid',
      { faults: `the key file ${file} cannot be read or written (${code})` },
      { cause: thrown },
    );
  }
}

async function read(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

async function create(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(8).toString('hex')}.new`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
      // Secrets will be sealed with it: it must outlive a power cut as they do.
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A link appears whole or not at all, and refuses to replace what another starter made.
    await link(draft, file).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EEXIST') throw thrown;
    });
    await syncFolder(dirname(file));
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseKey(file: string, text: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyBytes || key.toString('base64') !== text.trim())
    throw new HeadwaterError('config_invalid', { faults: `the key file ${file} does not hold 32 bytes in base64` });
  return key;
}
