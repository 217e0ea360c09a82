import { Command, CommanderError, Option } from 'commander';
import { toHeadwaterError } from '../domain/errors';
import type { CliApp, CliDeps, Role } from './cli-deps';
import { listMirrors } from './list-mirrors';
import { Output } from './output';
import { removeCommand } from './remove-command';
import { setMirror, type SetOptions } from './set-mirror';
import { showMirror } from './show-mirror';
import { syncCommand } from './sync-command';

/** What every command may be told. */
interface CommonOptions {
  readonly json?: boolean;
  readonly config?: string;
}

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

  const mirror = program.command('mirror').description('Look after pull mirrors, on the database itself');
  const command = (usage: string, description: string): Command =>
    mirror
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

  command('set <OWNER/REPO>', 'create the mirror of a project, or change it')
    .option('--url <url>', 'address of the upstream, as "git clone" takes it')
    .option('--user <name>', 'user name for the upstream')
    .option('--password-stdin', 'read the password or token from standard input')
    .addOption(new Option('--password-file <file>', 'read it from a file').conflicts('passwordStdin'))
    .option('--enable', 'switch the mirror on')
    .addOption(new Option('--disable', 'switch the mirror off').conflicts('enable'))
    .action((project: string, options: SetOptions & CommonOptions) =>
      withApp(options, (app, output) => setMirror(deps, app, output, project, options)),
    );
  command('show <OWNER/REPO>', 'show the mirror of a project').action((project: string, options: CommonOptions) =>
    withApp(options, (app, output) => showMirror(deps, app, output, project)),
  );
  command('list', 'list all mirrors').action((options: CommonOptions) =>
    withApp(options, (app, output) => listMirrors(deps, app, output)),
  );
  command('sync <OWNER/REPO>', 'update now and follow the progress; exit code 1 when the run fails').action(
    (project: string, options: CommonOptions) =>
      withApp(options, (app, output) => syncCommand(deps, app, output, project)),
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
