import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';
import type { CliIo } from './cli-deps';

/** From the file, else from the environment, else typed on a terminal, which does not show it. Raises admin_token_missing. */
export async function readAdminToken(
  io: CliIo,
  file: string | undefined,
  ofEnvironment: Secret | null,
): Promise<Secret> {
  const token = file === undefined ? (ofEnvironment ?? (await askForToken(io))) : await readTokenFile(file);
  if (token.reveal() === '') throw new HeadwaterError('admin_token_missing');
  return token;
}

async function readTokenFile(file: string): Promise<Secret> {
  try {
    return new Secret((await readFile(file, 'utf8')).trim());
  } catch (thrown) {
    const why = (thrown as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new HeadwaterError('admin_token_missing', {}, { cause: new Error(`the file cannot be read (${why})`) });
  }
}

async function askForToken(io: CliIo): Promise<Secret> {
  if (io.in.isTTY !== true) throw new HeadwaterError('admin_token_missing');
  io.err.write("A site admin's access token (it is not shown): ");
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // As a terminal, so that the line can be corrected; what it would echo goes nowhere.
  const lines = createInterface({ input: io.in, output: nowhere, terminal: true });
  try {
    return await new Promise<Secret>((resolve, reject) => {
      lines.question('', (answer) => resolve(new Secret(answer.trim())));
      lines.once('close', () => reject(new HeadwaterError('admin_token_missing')));
    });
  } finally {
    lines.close();
    io.err.write('\n');
  }
}
