import { HeadwaterError } from '../domain/errors';
import { uninstall, type UninstallStep } from '../install/uninstall';
import { readAdminToken } from './admin-token';
import type { CliDeps } from './cli-deps';
import type { ForgeCommandOptions } from './install-command';
import { describeReload, describeUninstallStep } from './install-texts';
import type { Output } from './output';

export interface UninstallOptions extends ForgeCommandOptions {
  readonly config: string;
  readonly removeAccount?: boolean;
}

export async function uninstallCommand(
  { io, installer }: Pick<CliDeps, 'io' | 'installer'>,
  output: Output,
  options: UninstallOptions,
): Promise<number> {
  const dryRun = options.dryRun === true;
  const settings = installer.settingsFile(options.config);
  const record = await settings.record();
  if (record === null) throw new HeadwaterError('install_not_recorded', { file: settings.path });
  const adminToken = await readAdminToken(io, options.adminTokenFile, installer.adminToken());
  const deps = {
    settings,
    name: installer.manifest().name,
    admin: installer.openForge(record.forgeUrl, adminToken).admin,
    folderOf: (path: string) =>
      installer.liveFolder(path, {
        binary: options.forgeBinary,
        config: options.forgeConfig,
        command: options.reloadCommand,
      }),
    onDone: (step: UninstallStep) => {
      if (!output.json) output.note(describeUninstallStep(step, 'done'));
    },
  };
  const { steps, reloads, accountLeft } = await uninstall(deps, {
    dryRun,
    removeAccount: options.removeAccount === true,
  });
  const undone = reloads.flatMap((reload) => (reload.done ? [] : [reload]));
  output.result(
    {
      dry_run: dryRun,
      steps: steps.map((step) => ({ part: step.kind, text: describeUninstallStep(step, 'plan') })),
      account_left: accountLeft,
      templates_to_reload_by: undone[0]?.command ?? null,
    },
    [
      ...(dryRun ? steps.map((step) => describeUninstallStep(step, 'plan')) : []),
      dryRun
        ? 'Nothing was changed: this was a dry run.'
        : 'Headwater is taken out of the forge. Mirrored projects stay as they are.',
      ...(accountLeft === null ? [] : [`The account ${accountLeft} stays; --remove-account takes it away.`]),
      ...undone.flatMap(describeReload),
    ],
  );
  return 0;
}
