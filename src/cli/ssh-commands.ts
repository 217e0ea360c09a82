import { acceptHostKey, detectHostKeys } from '../sync/host-keys';
import { rotateSshKey } from '../sync/rotate-ssh-key';
import type { SshKeyType } from '../domain/mirror-ssh';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import type { Output } from './output';
import { activeRun } from './show-mirror';

const longestDetectionMs = 60_000;

export interface HostKeysOptions {
  readonly accept?: string;
}

/** Detects the upstream's host keys, or trusts one that was seen. */
export async function hostKeysCommand(
  deps: Pick<CliDeps, 'present'>,
  app: CliApp,
  output: Output,
  project: string,
  options: HostKeysOptions,
): Promise<number> {
  const found = await findMirror(app, output, project);
  if (options.accept !== undefined) {
    const { mirror, warning } = await acceptHostKey(app, found.id, options.accept, null);
    if (warning !== null) output.warn(warning);
    output.result(deps.present.mirror(mirror, await activeRun(app, mirror)), [
      `The mirror of ${mirror.fullName} trusts ${options.accept} from now on, and no other.`,
    ]);
    return 0;
  }
  const seen = await detectHostKeys(app, found, AbortSignal.timeout(longestDetectionMs));
  const pinned = found.ssh?.hostKeys ?? [];
  output.result(
    seen.map(({ type, fingerprint, key }) => ({ type, fingerprint_sha256: fingerprint, key })),
    [
      ...seen.map(({ type, fingerprint, key }) => {
        const state = pinned.some((known) => known.key === key) ? '  (confirmed)' : '';
        return `${type.padEnd(20)} ${fingerprint}${state}`;
      }),
      'Compare with what the upstream publishes, then confirm one: headwater mirror host-keys OWNER/REPO --accept FINGERPRINT',
    ],
  );
  return 0;
}

export interface SshKeyOptions {
  readonly rotate?: boolean;
  readonly type?: SshKeyType;
}

/** Shows the public key to install at the upstream, or makes a new one beside it. */
export async function sshKeyCommand(
  deps: Pick<CliDeps, 'present'>,
  app: CliApp,
  output: Output,
  project: string,
  options: SshKeyOptions,
): Promise<number> {
  const found = await findMirror(app, output, project);
  const mirror = options.rotate === true ? await rotateSshKey(app, found, options.type) : found;
  output.result(deps.present.mirror(mirror, await activeRun(app, mirror)), [
    mirror.ssh?.keys[0]?.publicKey ?? 'This mirror has no SSH key: its upstream is not an ssh address.',
  ]);
  if (options.rotate === true)
    output.note('install this key at the upstream; the old one is tried as well until this one has worked.');
  return 0;
}
