import { forbidCoreDumps } from './adapters/machine/forbid-core-dumps';
import type { Role } from './cli/cli-deps';
import { runCli } from './cli/run-cli';
import { compose, type App } from './compose';
import { composeInstaller } from './compose-installer';
import { productVersion } from './compose/product-version';
import { loadConfig } from './config';
import { settingsHelp } from './config/settings-help';
import { presentBackup } from './http/api/backup-routes';
import { presentMirror, presentRun } from './http/api/present';
import { presentPolicy } from './http/api/present-policy';
import { presentPushMirror } from './http/api/present-push';

/** Ends what a fault of ours would leave half alive: the database is the truth, and a restart goes on from there. */
function dieOfBugs(app: () => App | null): void {
  const die = (thrown: unknown): void => {
    app()?.log.error({ err: thrown }, 'a bug ended the process');
    process.stderr.write('headwater: Something went wrong inside Headwater, and the process ended. (internal)\n');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  // Whoever read our output went away, as "head" does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    die(error);
  });
}

/** Resolves at the first SIGTERM or SIGINT; the second one ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}

async function main(): Promise<void> {
  const version = productVersion();
  let current: App | null = null;
  dieOfBugs(() => current);
  forbidCoreDumps();

  const serve = async (roles: readonly Role[], configFile: string | undefined): Promise<void> => {
    const stopped = stopSignal();
    const app = await compose(loadConfig({ file: configFile }), { roles });
    current = app;
    app.log.info({ url: app.url, roles, version, pid: process.pid }, 'listening');
    process.stderr.write(`headwater ${version} is listening on ${app.url ?? ''} (${roles.join(', ')})\n`);
    const signal = await stopped;
    app.log.info({ signal }, 'stopping');
    await app.close();
    app.log.info({}, 'stopped');
  };
  const open = async (configFile: string | undefined): Promise<App> => {
    const config = loadConfig({ file: configFile });
    // A command says itself what goes wrong; its log is for looking into bugs.
    const logLevel = config.logLevel === 'debug' ? 'debug' : 'silent';
    current = await compose({ ...config, logLevel }, { roles: [], logTo: 2 });
    return current;
  };

  process.exitCode = await runCli(
    {
      io: { in: process.stdin, out: process.stdout, err: process.stderr },
      version,
      settingsHelp: settingsHelp(),
      open,
      serve,
      installer: composeInstaller(),
      present: {
        mirror: (mirror, run) => presentMirror(mirror, run, current?.publicUrl() ?? ''),
        run: presentRun,
        backup: presentBackup,
        pushMirror: presentPushMirror,
        policy: presentPolicy,
      },
    },
    process.argv.slice(2),
  );
  // Everything is closed; should a library still hold a handle, it does not hold the process.
  setTimeout(() => process.exit(), 1_000).unref();
}

void main();
