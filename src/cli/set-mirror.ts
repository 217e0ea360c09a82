import { invalidFields } from '../domain/mirror-options';
import type { SshKeyType } from '../domain/mirror-ssh';
import type { MirrorSettings } from '../sync/mirror-settings';
import { enrolProject } from '../sync/enrol-project';
import type { CliApp, CliDeps } from './cli-deps';
import { parseProjectPath } from './find-mirror';
import { readOptionFlags, type OptionFlags } from './option-flags';
import type { Output } from './output';
import { readPassword, type PasswordOptions } from './read-password';
import { activeRun, describeMirror } from './show-mirror';

export interface SetOptions extends OptionFlags, PasswordOptions {
  readonly url?: string;
  readonly user?: string;
  readonly notifyIssue?: boolean;
  readonly notifyUrl?: string;
  readonly tokenExpires?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly sshKeyType?: SshKeyType;
  readonly sshHostKey?: readonly string[];
}

/** Flags that were not given change nothing. */
export async function readSetOptions(deps: Pick<CliDeps, 'io'>, options: SetOptions): Promise<MirrorSettings> {
  return {
    url: options.url,
    authUser: options.user,
    authPassword: await readPassword(deps.io.in, options),
    tokenExpiresAt: readExpiry(options.tokenExpires),
    enabled: options.enable === true ? true : options.disable === true ? false : undefined,
    options: readOptionFlags(options),
    notify: { issue: options.notifyIssue, url: options.notifyUrl },
    sshKeyType: options.sshKeyType,
    sshHostKeys: options.sshHostKey,
    by: 'server',
  };
}

/** A day or a time; an empty text: not known. */
function readExpiry(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === '') return null;
  const at = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw invalidFields([{ field: '--token-expires', message: 'is no date such as 2027-01-31' }]);
  return at;
}

/** Creates or changes a mirror. The password comes from standard input or a file: an argument could be seen by others. */
export async function setMirror(
  deps: Pick<CliDeps, 'io' | 'present'>,
  app: CliApp,
  output: Output,
  project: string,
  options: SetOptions,
): Promise<number> {
  const path = parseProjectPath(project);
  const enrolled = await enrolProject(app, path, await readSetOptions(deps, options));
  for (const warning of enrolled.warnings) output.warn(warning);
  const mirror = enrolled.mirror;
  const made = enrolled.notifySecret === null ? {} : { notify_secret: enrolled.notifySecret.reveal() };
  const shown = deps.present.mirror(mirror, await activeRun(app, mirror));
  output.result({ ...shown, ...made, warnings: enrolled.warnings }, [
    `The mirror of ${mirror.fullName} was ${enrolled.created ? 'created' : 'changed'}.`,
    ...describeMirror(mirror),
    ...(enrolled.notifySecret === null ? [] : [`secret        ${enrolled.notifySecret.reveal()}`]),
  ]);
  return 0;
}
