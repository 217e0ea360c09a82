import { Command, Option } from 'commander';
import type { CliDeps } from './cli-deps';
import { doctorCommand, type DoctorOptions } from './doctor-command';
import { installCommand, type InstallOptions } from './install-command';
import { Output } from './output';
import { uninstallCommand, type UninstallOptions } from './uninstall-command';

/** install, uninstall and doctor: what an admin does to the forge, and whether it is as it should be. */
export function addForgeCommands(program: Command, deps: CliDeps, setExitCode: (code: number) => void): void {
  const common = (command: Command): Command =>
    command
      .option(
        '--admin-token-file <file>',
        "file with a site admin's token, - for the standard input; else HEADWATER_ADMIN_TOKEN, else it is asked for",
      )
      .option('--forge-binary <file>', "the forge's program, for reloading its templates; else forgejo or gitea")
      .option('--forge-config <file>', "the forge's app.ini; else conf/app.ini in its custom folder")
      .option('--reload-command <text>', 'what to tell you to run for that, where the forge runs elsewhere')
      .option('--dry-run', 'show each step and change nothing')
      .option('--json', 'print one JSON value');

  common(
    program
      .command('install')
      .description(
        'Install Headwater into a forge: account, token, sign-in, webhook, templates. A second run changes nothing',
      )
      .requiredOption('--forge <url>', 'address of the forge, as this machine reaches it')
      .option('--forge-public-url <url>', 'address of the forge as browsers reach it; by default as it calls itself')
      .option('--public-url <url>', "Headwater's address, as browsers and the forge reach it")
      .option('--account <login>', "name of Headwater's account; by default the manifest's")
      .option('--site-admin', 'make the account a site admin, so that it may push to every project')
      .option('--write-config <file>', 'file that "headwater serve --config" reads; keeps what is in it')
      .option('--custom-path <folder>', "the forge's custom folder (CUSTOM_PATH), for templates and the script")
      .addOption(
        new Option('--out <folder>', 'write those files to this folder, to copy them by hand').conflicts('customPath'),
      ),
  ).action(async (options: InstallOptions) => {
    setExitCode(await installCommand(deps, new Output(deps.io, options.json === true), options));
  });

  common(
    program
      .command('uninstall')
      .description('Take away what "headwater install" made in the forge, and nothing else')
      .requiredOption('--config <file>', 'the file that "headwater install" wrote')
      .option('--remove-account', 'also the account, if the installer made it'),
  ).action(async (options: UninstallOptions) => {
    setExitCode(await uninstallCommand(deps, new Output(deps.io, options.json === true), options));
  });

  program
    .command('doctor')
    .description('Check everything that is known to go wrong, with the cure beside it; exit code 1 when a check fails')
    .option('--config <file>', 'file of NAME=value lines')
    .option(
      '--admin-token-file <file>',
      "file with a site admin's token, for what only an admin sees; else HEADWATER_ADMIN_TOKEN",
    )
    .option('--json', 'print one JSON value')
    .action(async (options: DoctorOptions) => {
      setExitCode(await doctorCommand(deps, new Output(deps.io, options.json === true), options));
    });
}
