import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';
import type { SshKeyType } from '../domain/mirror-ssh';
import { enrolProject } from '../sync/enrol-project';
import type { CliApp, CliDeps } from './cli-deps';
import { parseProjectPath } from './find-mirror';
import { readOptionFlags, type OptionFlags } from './option-flags';
import type { Output } from './output';
import { activeRun, describeMirror } from './show-mirror';

export interface SetOptions extends OptionFlags {
  readonly url?: string;
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly sshKeyType?: SshKeyType;
  readonly sshHostKey?: readonly string[];
}

const longestPassword = 16_384;

/** Creates or changes a mirror. The password comes from standard input or a file: an argument could be seen by others. */
export async function setMirror(
  deps: Pick<CliDeps, 'io' | 'present'>,
  app: CliApp,
  output: Output,
  project: string,
  options: SetOptions,
): Promise<number> {
  const path = parseProjectPath(project);
  const enrolled = await enrolProject(app, path, {
    url: options.url,
    authUser: options.user,
    authPassword: await readPassword(deps.io.in, options),
    enabled: options.enable === true ? true : options.disable === true ? false : undefined,
    options: readOptionFlags(options),
    sshKeyType: options.sshKeyType,
    sshHostKeys: options.sshHostKey,
  });
  for (const warning of enrolled.warnings) output.warn(warning);
  const mirror = enrolled.mirror;
  output.result({ ...deps.present.mirror(mirror, await activeRun(app, mirror)), warnings: enrolled.warnings }, [
    `The mirror of ${mirror.fullName} was ${enrolled.created ? 'created' : 'changed'}.`,
    ...describeMirror(mirror),
  ]);
  return 0;
}

/** undefined: leave the stored one as it is; an empty text removes it. */
async function readPassword(input: Readable, options: SetOptions): Promise<Secret | undefined> {
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
