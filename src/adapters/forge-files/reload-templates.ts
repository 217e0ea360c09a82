import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { HeadwaterError } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';
import type { Reload } from '../../ports/forge-folder';

export interface ReloadOptions {
  /** CUSTOM_PATH of the forge. */
  readonly customPath: string;
  /** The forge's program; null: forgejo or gitea on the usual path. */
  readonly binary: string | null;
  /** Its app.ini; null: conf/app.ini in the custom folder. */
  readonly config: string | null;
  /** What a person does for it where the forge runs elsewhere; nothing is tried then. */
  readonly command?: string | undefined;
  /** Where to look for programs, like PATH. */
  readonly searchPath?: string;
}

const usualSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const timeoutMs = 60_000;

/**
 * Has the running forge read its templates anew: `forgejo manager reload-templates`, as the owner of the custom folder, since a
 * forge refuses to run as anybody else. It keeps what it had when a template has a fault. Raises templates_refused.
 */
export async function reloadTemplates(options: ReloadOptions): Promise<Reload> {
  if (options.command !== undefined) return { done: false, command: options.command, why: null };
  const customPath = resolve(options.customPath);
  const config = resolve(options.config ?? join(customPath, 'conf/app.ini'));
  const binary = options.binary ?? (await findProgram(options.searchPath ?? usualSearchPath));
  const args = ['--config', config, '--custom-path', customPath, 'manager', 'reload-templates'];
  const undone = (why: string) => ({ done: false, command: [binary ?? 'forgejo', ...args].join(' '), why }) as const;
  if (binary === null) return undone("The forge's program was not found; --forge-binary names it.");
  if (!(await isThere(config))) return undone(`There is no app.ini at ${config} to read; --forge-config names it.`);

  const { ok, said } = await run(binary, args, await ownerOf(customPath));
  if (ok) return { done: true };
  const fault = /template error:\s*(.+)/i.exec(said)?.[1] ?? /(template: .+)/.exec(said)?.[1];
  if (fault === undefined) return undone(`The forge's program could not do it: ${showRemoteText(lastLine(said))}`);
  throw new HeadwaterError('templates_refused', { why: showRemoteText(fault).replace(/\.$/, '') });
}

/** Without the time and place that a line of its log begins with. */
function lastLine(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? '';
  return line.replace(/^.*\[[A-Z]\] /, '') || 'it said nothing.';
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Only root can become somebody else. */
async function ownerOf(folder: string): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null;
  const { uid, gid } = await stat(folder);
  return uid === 0 ? null : { uid, gid };
}

function run(binary: string, args: readonly string[], owner: Owner | null): Promise<{ ok: boolean; said: string }> {
  return new Promise((resolveRun) => {
    execFile(
      binary,
      args,
      // Nothing of our own environment, which holds secrets.
      { timeout: timeoutMs, env: { PATH: usualSearchPath, HOME: '/nonexistent' }, cwd: '/', ...(owner ?? {}) },
      (error, stdout, stderr) => resolveRun({ ok: error === null, said: `${stdout}\n${stderr}` }),
    );
  });
}

async function findProgram(searchPath: string): Promise<string | null> {
  for (const name of ['forgejo', 'gitea']) {
    for (const folder of searchPath.split(delimiter)) {
      if (await isThere(join(folder, name), constants.X_OK)) return join(folder, name);
    }
  }
  return null;
}

function isThere(path: string, mode = constants.R_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
