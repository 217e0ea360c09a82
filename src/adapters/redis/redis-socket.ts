import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HeadwaterError } from '../../domain/errors';

/** sockaddr_un holds 108 bytes, the final zero included. */
const maxSocketPathBytes = 107;

/**
 * Where the private Redis of a data folder listens. Every process that uses the folder comes to the same answer. Raises
 * config_invalid.
 */
export async function redisSocketPath(folder: string): Promise<string> {
  const usual = join(resolve(folder), 'redis.sock');
  if (Buffer.byteLength(usual) <= maxSocketPathBytes) return usual;
  const digest = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16);
  const short = join(tmpdir(), `headwater-${digest}`);
  await mkdir(short, { recursive: true, mode: 0o700 });
  // Anybody may make a folder there first, and would be handed the queue.
  const found = await lstat(short);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new HeadwaterError('config_invalid', { faults: `${short} belongs to somebody else` });
  await chmod(short, 0o700);
  return join(short, 'redis.sock');
}
