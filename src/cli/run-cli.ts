import { Command, CommanderError, Option } from 'commander';
import { toHeadwaterError } from '../domain/errors';
import { addAccessFlags, addSshKeyFlag } from './access-flags';
import { backupsCommand, restoreCommand } from './backup-commands';
import type { CliApp, CliDeps, Role } from './cli-deps';
import { addForgeCommands } from './forge-commands';
import { hookCommand, type HookOptions } from './hook-command';
import { listMirrors } from './list-mirrors';
import { addNotifyFlags, notifySecretCommand } from './notify-command';
import { Output } from './output';
import { addOptionFlags } from './option-flags';
import { pauseCommand, resumeCommand, stopCommand } from './pause-commands';
import { acceptCommand, planCommand, undoCommand } from './plan-commands';
import { addPolicyCommands } from './policy-commands';
import { addProjectCommands, type CommonOptions } from './project-commands';
import { addPushCommands } from './push-commands';
import { removeCommand } from './remove-command';
import { addSecretsCommands } from './secrets-commands';
import { setMirror, type SetOptions } from './set-mirror';
import { showMirror } from './show-mirror';
import { hostKeysCommand, sshKeyCommand, type HostKeysOptions, type SshKeyOptions } from './ssh-commands';
import { readTimeout, syncCommand } from './sync-command';

/** Runs one command. Answers the exit code: 0 done, 1 failed, 2 wrongly called. Never raises. */
export async function runCli(deps: CliDeps, args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(deps, (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    new Output(deps.io, args.includes('--json')).fail(toHeadwaterError(thrown));
    return 1;
  }
}

function buildProgram(deps: CliDeps, setExitCode: (code: number) => void): Command {
  const program = new Command('headwater')
    .description('Pull mirroring for Gitea and Forgejo')
    .version(deps.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void deps.io.out.write(text),
      writeErr: (text) => void deps.io.err.write(text),
    });
  addServe(program, deps);
  addForgeCommands(program, deps, setExitCode);

  const mirror = program.command('mirror').description('Look after pull mirrors, on the database itself');
  const command = (usage: string, description: string, parent = mirror): Command =>
    parent
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON value')
      .option('--config <file>', 'file of NAME=value lines');
  /** Opens what the command needs, and closes it whatever happens. */
  const withApp = async (options: CommonOptions, work: (app: CliApp, output: Output) => Promise<number>) => {
    const app = await deps.open(options.config);
    try {
      setExitCode(await work(app, new Output(deps.io, options.json === true)));
    } finally {
      await app.close();
    }
  };

  const set = addSshKeyFlag(addAccessFlags(command('set <OWNER/REPO>', 'create the mirror of a project, or change it')))
    .option('--enable', 'switch the mirror on')
    .addOption(new Option('--disable', 'switch the mirror off').conflicts('enable'))
    .action((project: string, options: SetOptions & CommonOptions) =>
      withApp(options, (app, output) => setMirror(deps, app, output, project, options)),
    );
  addOptionFlags(set);
  addNotifyFlags(set);
  addProjectCommands({ deps, command, withApp });
  addPushCommands({ deps, command, withApp }, mirror);
  addPolicyCommands({ deps, command, withApp }, program);
  addSecretsCommands({ deps, command, withApp }, program);
  command('plan <OWNER/REPO>', 'show what the next update would do, without doing it').action(
    (project: string, options: CommonOptions) =>
      withApp(options, (app, output) => planCommand(deps, app, output, project)),
  );
  command('accept <OWNER/REPO> <PLAN>', 'carry out the plan that is held').action(
    (project: string, plan: string, options: CommonOptions) =>
      withApp(options, (app, output) => acceptCommand(deps, app, output, project, plan)),
  );
  command('undo <OWNER/REPO> <RUN>', 'put back the refs that a run moved or deleted').action(
    (project: string, run: string, options: CommonOptions) =>
      withApp(options, (app, output) => undoCommand(deps, app, output, project, run)),
  );
  command('backups <OWNER/REPO>', 'list the overwritten values that are kept').action(
    (project: string, options: CommonOptions) =>
      withApp(options, (app, output) => backupsCommand(deps, app, output, project)),
  );
  command('restore <OWNER/REPO> <BACKUP>', 'put an overwritten value back').action(
    (project: string, backup: string, options: CommonOptions) =>
      withApp(options, (app, output) => restoreCommand(deps, app, output, project, backup)),
  );
  command('show <OWNER/REPO>', 'show the mirror of a project').action((project: string, options: CommonOptions) =>
    withApp(options, (app, output) => showMirror(deps, app, output, project)),
  );
  command('host-keys <OWNER/REPO>', 'show the host keys of an ssh upstream, or trust one')
    .option('--accept <fingerprint>', 'trust this one, which was seen, and no other')
    .action((project: string, options: HostKeysOptions & CommonOptions) =>
      withApp(options, (app, output) => hostKeysCommand(deps, app, output, project, options)),
    );
  command('ssh-key <OWNER/REPO>', 'show the public key to install at an ssh upstream')
    .option('--rotate', 'make a new one; the old one is used until the new one works')
    .addOption(new Option('--type <type>', 'of the new key').choices(['ed25519', 'rsa']))
    .action((project: string, options: SshKeyOptions & CommonOptions) =>
      withApp(options, (app, output) => sshKeyCommand(deps, app, output, project, options)),
    );
  command('pause <OWNER/REPO>', 'end the run under way and begin none until the mirror is resumed').action(
    (project: string, options: CommonOptions) =>
      withApp(options, (app, output) => pauseCommand(deps, app, output, project)),
  );
  command('resume <OWNER/REPO>', 'end a pause, whatever its reason, and update').action(
    (project: string, options: CommonOptions) =>
      withApp(options, (app, output) => resumeCommand(deps, app, output, project)),
  );
  command('stop <OWNER/REPO>', 'end the run that is queued or running; the schedule goes on').action(
    (project: string, options: CommonOptions) =>
      withApp(options, (app, output) => stopCommand(deps, app, output, project)),
  );
  command('webhook <OWNER/REPO>', 'show the webhook that the upstream may call after a push')
    .option('--rotate', 'make it, or give it a new secret; the old one is valid until the new one was used')
    .addOption(new Option('--remove', 'nothing answers at its address any more').conflicts('rotate'))
    .action((project: string, options: HookOptions & CommonOptions) =>
      withApp(options, (app, output) => hookCommand(deps, app, output, project, options)),
    );
  command('notify-secret <OWNER/REPO>', 'make a new secret for the messages that the mirror sends').action(
    (project: string, options: CommonOptions) =>
      withApp(options, (app, output) => notifySecretCommand(deps, app, output, project)),
  );
  command('list', 'list all mirrors').action((options: CommonOptions) =>
    withApp(options, (app, output) => listMirrors(deps, app, output)),
  );
  command('sync <OWNER/REPO>', 'update now and follow the progress; exit code 1 when the run fails')
    .option('--timeout <time>', 'how long to wait for its end, such as 10m (the default); 0 waits for ever')
    .action((project: string, options: { timeout?: string } & CommonOptions) =>
      withApp(options, (app, output) => syncCommand(deps, app, output, project, readTimeout(options.timeout))),
    );
  command('remove <OWNER/REPO>', 'end the mirroring; the project itself stays as it is').action(
    (project: string, options: CommonOptions) => withApp(options, (app, output) => removeCommand(app, output, project)),
  );
  return program;
}

function addServe(program: Command, deps: CliDeps): void {
  program
    .command('serve')
    .description('Serve the API and work on the mirrors, until told to stop')
    .addOption(new Option('--role <role>', 'only one of the two').choices(['web', 'worker']))
    .option('--config <file>', 'file of NAME=value lines')
    .addHelpText('after', `\n${deps.settingsHelp}\n`)
    .action((options: { role?: Role; config?: string }) =>
      deps.serve(options.role === undefined ? ['web', 'worker'] : [options.role], options.config),
    );
}
