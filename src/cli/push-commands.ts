import type { Command } from 'commander';
import { fault } from '../domain/errors';
import { showInterval } from '../domain/update-interval';
import type { ForgeProject } from '../ports/forge';
import type { PushMirror } from '../ports/push-mirrors';
import { addPushMirror, removePushMirror } from '../sync/push-mirrors';
import { parseProjectPath } from './find-mirror';
import type { CliApp } from './cli-deps';
import type { CommandKit, CommonOptions } from './project-commands';
import { readPassword, type PasswordOptions } from './read-password';
import { showTime } from './texts';
import { Option } from 'commander';

interface AddOptions extends PasswordOptions {
  readonly url: string;
  readonly user?: string;
  readonly interval?: string;
  readonly syncOnCommit?: boolean;
  readonly branches?: string;
}

/** The forge's own push mirrors, with Headwater's own account, which must be an admin of the project for it. */
export function addPushCommands({ deps, command, withApp }: CommandKit, parent: Command): void {
  const push = parent.command('push').description("Look after the forge's push mirrors of a project");
  command('list <OWNER/REPO>', 'list the push mirrors', push).action((path: string, options: CommonOptions) =>
    withApp(options, async (app, output) => {
      const mirrors = await app.pushMirrors.list(app.ownToken, await find(app, path));
      const none = `${path} has no push mirrors.`;
      output.result(mirrors.map(deps.present.pushMirror), mirrors.length === 0 ? [none] : mirrors.map(describe));
      return 0;
    }),
  );
  command('add <OWNER/REPO>', 'add a push mirror, which overwrites its target', push)
    .requiredOption('--url <url>', 'address to push to')
    .option('--user <name>', 'user name for it')
    .option('--password-stdin', 'read the password or token from standard input')
    .addOption(new Option('--password-file <file>', 'read it from a file').conflicts('passwordStdin'))
    .option('--interval <time>', 'such as 8h or 1h30m; 0 for never by the clock')
    .option('--no-sync-on-commit', 'do not push at once what is pushed to the project')
    .option('--branches <globs>', 'only these branches, where the forge can do that')
    .action((path: string, options: AddOptions & CommonOptions) =>
      withApp(options, async (app, output) => {
        const { mirror, warnings } = await addPushMirror(app, app.ownToken, await find(app, path), {
          by: 'server',
          url: options.url,
          authUser: options.user,
          authPassword: await readPassword(deps.io.in, options),
          interval: options.interval,
          syncOnCommit: options.syncOnCommit,
          branchFilter: options.branches,
        });
        for (const warning of warnings) output.warn(warning);
        const key = mirror.publicKey === null ? [] : [`Install this key there: ${mirror.publicKey}`];
        output.result({ ...deps.present.pushMirror(mirror), warnings }, [describe(mirror), ...key]);
        return 0;
      }),
    );
  command('remove <OWNER/REPO> <NAME>', 'remove a push mirror; what it pushed stays', push).action(
    (path: string, name: string, options: CommonOptions) =>
      withApp(options, async (app, output) => {
        await removePushMirror(app, app.ownToken, await find(app, path), name);
        output.result({ removed: name }, [`The push mirror ${name} is removed.`]);
        return 0;
      }),
  );
  command('sync <OWNER/REPO>', 'push to all push mirrors and wait; exit code 1 when one fails', push).action(
    (path: string, options: CommonOptions) =>
      withApp(options, async (app, output) => {
        const project = await find(app, path);
        const done = await app.pushMirrors.sync(app.ownToken, project, new AbortController().signal);
        const mirrors = await app.pushMirrors.list(app.ownToken, project);
        if (!done) output.warn(fault('push_mirror_sync_failed'));
        output.result({ status: done ? 'finished' : 'failed', push_mirrors: mirrors.map(deps.present.pushMirror) }, [
          ...mirrors.map(describe),
        ]);
        return done ? 0 : 1;
      }),
  );
}

function find(app: CliApp, path: string): Promise<ForgeProject> {
  const { owner, name } = parseProjectPath(path);
  return app.forge.projectByPath(owner, name);
}

function describe(mirror: PushMirror): string {
  const often = mirror.intervalMs === 0 ? 'when asked' : `every ${showInterval(mirror.intervalMs)}`;
  const last = mirror.lastError ?? `last ${showTime(mirror.lastUpdateAt) ?? 'never'}`;
  return `${mirror.name}  ${mirror.url}  ${often}${mirror.syncOnCommit ? ', on push' : ''}  ${last}`;
}
