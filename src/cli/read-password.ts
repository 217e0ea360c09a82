import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
}

const longestPassword = 16_384;

/** undefined: leave the stored one as it is; an empty text removes it. */
export async function readPassword(input: Readable, options: PasswordOptions): Promise<Secret | undefined> {
  if (options.passwordStdin === true) return toSecret(await readAll(input), '--password-stdin');
  if (options.passwordFile === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(options.passwordFile, 'utf8');
  } catch (thrown) {
    throw unusable('--password-file', 'names a file that cannot be read', thrown);
  }
  return toSecret(text, '--password-file');
}

async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Buffer | string);
    length += bytes.length;
    if (length > longestPassword) break;
    chunks.push(bytes);
  }
  if (length > longestPassword) throw unusable('--password-stdin', `is longer than ${longestPassword} bytes`);
  return Buffer.concat(chunks).toString('utf8');
}

function toSecret(text: string, field: string): Secret {
  if (Buffer.byteLength(text) > longestPassword) throw unusable(field, `is longer than ${longestPassword} bytes`);
  // Editors and echo end a line; no token ends with one.
  return new Secret(text.replace(/\r?\n$/, ''));
}

function unusable(field: string, message: string, cause?: unknown): HeadwaterError {
  return new HeadwaterError('input_invalid', { fields: field }, { cause, fieldFaults: [{ field, message }] });
}
