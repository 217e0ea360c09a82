import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';
import type { CliIo } from './cli-deps';

/**
 * From the file ("-": the standard input), else from the environment, else typed on a terminal, which does not show it.
 * Raises admin_token_missing.
 */
export async function readAdminToken(
  io: CliIo,
  file: string | undefined,
  ofEnvironment: Secret | null,
): Promise<Secret> {
  const token =
    file === undefined
      ? (ofEnvironment ?? (await askForToken(io)))
      : new Secret(tokenIn(file === '-' ? await readAll(io.in) : await readTokenFile(file)));
  if (token.reveal() === '') throw missing('what was given is empty');
  // A program that was to print a token has printed why it could not.
  if (/\s/.test(token.reveal())) throw missing('what was given is several words');
  return token;
}

/** A forge's command that prints a token writes its log to the same place, before or after. Two tokens are no answer. */
function tokenIn(text: string): string {
  const [token, ...others] = text.match(/^[0-9a-f]{40}(?=\r?$)/gm) ?? [];
  return token === undefined || others.length > 0 ? text.trim() : token;
}

function missing(why: string): HeadwaterError {
  return new HeadwaterError('admin_token_missing', { why });
}

async function readAll(input: CliIo['in']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as string | Buffer));
  return Buffer.concat(chunks).toString('utf8');
}

async function readTokenFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw missing(`${file} cannot be read (${(thrown as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

async function askForToken(io: CliIo): Promise<Secret> {
  if (io.in.isTTY !== true) throw missing('none was given');
  io.err.write("A site admin's access token (it is not shown): ");
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // As a terminal, so that the line can be corrected; what it would echo goes nowhere.
  const lines = createInterface({ input: io.in, output: nowhere, terminal: true });
  try {
    return await new Promise<Secret>((resolve, reject) => {
      lines.question('', (answer) => resolve(new Secret(answer.trim())));
      lines.once('close', () => reject(missing('none was given')));
    });
  } finally {
    lines.close();
    io.err.write('\n');
  }
}
