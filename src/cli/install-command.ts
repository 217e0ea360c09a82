import { HeadwaterError } from '../domain/errors';
import { forgeName } from '../install/forge-support';
import { install, type Installed } from '../install/install';
import { isChange, type InstallStep } from '../install/plan-install';
import { readAdminToken } from './admin-token';
import type { CliDeps } from './cli-deps';
import { describeInstallStep, describeReload } from './install-texts';
import type { Output } from './output';
import { readHttpUrl } from './read-http-url';

export interface ForgeCommandOptions {
  readonly adminTokenFile?: string;
  readonly forgeBinary?: string;
  readonly forgeConfig?: string;
  readonly reloadCommand?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export interface InstallOptions extends ForgeCommandOptions {
  readonly forge: string;
  readonly forgePublicUrl?: string;
  readonly publicUrl?: string;
  readonly account?: string;
  readonly siteAdmin?: boolean;
  readonly writeConfig?: string;
  readonly customPath?: string;
  readonly out?: string;
}

export async function installCommand(
  { io, installer }: Pick<CliDeps, 'io' | 'installer'>,
  output: Output,
  options: InstallOptions,
): Promise<number> {
  const forgeUrl = readHttpUrl('--forge', options.forge);
  const dryRun = options.dryRun === true;
  const request = {
    forgeUrl,
    forgePublicUrl:
      options.forgePublicUrl === undefined ? null : readHttpUrl('--forge-public-url', options.forgePublicUrl),
    publicUrl: options.publicUrl === undefined ? null : readHttpUrl('--public-url', options.publicUrl),
    login: options.account ?? null,
    siteAdmin: options.siteAdmin === true,
    dryRun,
  };
  if (options.writeConfig === undefined && !dryRun) throw new HeadwaterError('install_needs_config');
  const adminToken = await readAdminToken(io, options.adminTokenFile, installer.adminToken());
  const { admin, probe } = installer.openForge(forgeUrl, adminToken);
  const folder =
    options.customPath !== undefined
      ? installer.liveFolder(options.customPath, {
          binary: options.forgeBinary,
          config: options.forgeConfig,
          command: options.reloadCommand,
        })
      : options.out !== undefined
        ? installer.copyFolder(options.out)
        : null;
  const deps = {
    ...{ admin, probe, adminToken, folder },
    manifest: installer.manifest(),
    script: installer.script(),
    settings: options.writeConfig === undefined ? null : installer.settingsFile(options.writeConfig),
    page: installer.page,
    newSecret: installer.newSecret,
    onDone: (step: InstallStep) => {
      if (!output.json && isChange(step)) output.note(describeInstallStep(step, 'done'));
    },
  };
  const result = await install(deps, request);
  output.result(present(result, dryRun), describe(result, options));
  return result.shown === false ? 1 : 0;
}

function present({ about, steps, changed, reload, shown, byHand }: Installed, dryRun: boolean): object {
  return {
    dry_run: dryRun,
    forge: forgeName(about),
    changed,
    steps: steps.map((step) => ({ part: step.kind, action: step.action, text: describeInstallStep(step, 'plan') })),
    templates_to_reload_by: reload?.done === false ? reload.command : null,
    templates_not_reloaded_why: reload?.done === false ? reload.why : null,
    templates_shown: shown,
    files_by_hand: byHand.map(({ path, kind, text }) => ({ path, kind, text })),
  };
}

function describe(result: Installed, options: InstallOptions): string[] {
  const { about, steps, changed, reload, shown, byHand } = result;
  const { dryRun, writeConfig, out } = options;
  const plan = dryRun === true ? steps.map((step) => describeInstallStep(step, 'plan')) : [];
  const verdict =
    dryRun === true
      ? changed
        ? 'Nothing was changed: this was a dry run.'
        : 'Nothing is to be done: everything is installed.'
      : changed
        ? `Headwater is installed in ${forgeName(about)}.`
        : `Nothing was changed: everything is installed in ${forgeName(about)}.`;
  const copy =
    out === undefined || dryRun === true
      ? []
      : [`Copy what is in ${out} into the forge's custom folder; README.txt there tells how.`];
  const command = reload?.done === false ? describeReload(reload) : [];
  const elsewhere =
    shown === false
      ? [
          `But the forge does not show it: ${options.customPath ?? 'the folder'} is not its custom folder.`,
          'Its Site Administration, Configuration, Summary shows the right one as Custom file root path. Install again with that.',
        ]
      : [];
  const next =
    dryRun === true || writeConfig === undefined || shown === false
      ? []
      : [`Start it with: headwater serve --config ${writeConfig}`];
  return [...plan, ...describeByHand(byHand), verdict, ...copy, ...command, ...elsewhere, ...next];
}

/** Files for somebody to put there: templates in full, the script by its length alone. */
function describeByHand(files: Installed['byHand']): string[] {
  if (files.length === 0) return [];
  return [
    "The forge's custom folder was not named. Name it with --custom-path, or get its files with --out FOLDER:",
    ...files.map(({ path, kind, text }) =>
      kind === 'whole' ? `  ${path} (${text.length} bytes)` : `  ${path}: ${text}`,
    ),
  ];
}
