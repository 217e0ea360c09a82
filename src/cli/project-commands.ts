import type { Command } from 'commander';
import { addAccessFlags, addSshKeyFlag } from './access-flags';
import type { CliApp, CliDeps } from './cli-deps';
import { createCommand, type CreateOptions } from './create-command';
import { addNotifyFlags } from './notify-command';
import { addOptionFlags } from './option-flags';
import type { Output } from './output';
import { testCommand, type TestOptions } from './test-command';

/** What every command may be told. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly config?: string;
}

/** How commands come to be. */
export interface CommandKit {
  readonly deps: CliDeps;
  /** Adds a command with the common options below a parent. */
  readonly command: (usage: string, description: string, parent?: Command) => Command;
  /** Opens what the command needs, and closes it whatever happens. */
  readonly withApp: (options: CommonOptions, work: (app: CliApp, output: Output) => Promise<number>) => Promise<void>;
}

/** The commands that make projects and test connections. */
export function addProjectCommands({ deps, command, withApp }: CommandKit): void {
  const create = command('create <OWNER/NAME>', 'make a project in the forge and its mirror, and import it')
    .option('--public', 'for everybody to see; private otherwise')
    .option('--description <text>', 'description of the project')
    .action((path: string, options: CreateOptions & CommonOptions) =>
      withApp(options, (app, output) => createCommand(deps, app, output, path, options)),
    );
  addOptionFlags(addSshKeyFlag(addAccessFlags(create)));
  addNotifyFlags(create);
  const test = command('test <OWNER/REPO>', 'connect with these settings, over the stored ones; saves nothing').action(
    (path: string, options: TestOptions & CommonOptions) =>
      withApp(options, (app, output) => testCommand(deps, app, output, path, options)),
  );
  addAccessFlags(test);
}
