import type { Command } from 'commander';
import { resealSecrets, type Unreadable } from '../sync/reseal-secrets';
import type { CommandKit, CommonOptions } from './project-commands';

const words = {
  password: 'password',
  ssh_key: 'SSH key',
  webhook_secret: 'webhook secret',
  notify_secret: 'secret of messages',
} as const;

/** What is stored sealed, as a whole. */
export function addSecretsCommands({ command, withApp }: CommandKit, program: Command): void {
  const secrets = program.command('secrets').description('Look after the keys that seal stored passwords');
  command(
    'reseal',
    'seal all stored secrets with the first key of HEADWATER_SECRET_KEY; servers may go on',
    secrets,
  ).action((options: CommonOptions) =>
    withApp(options, async (app, output) => {
      const { resealed, current, unreadable } = await resealSecrets(app);
      output.result({ resealed, current, unreadable }, [
        `${resealed} sealed with the first key now, ${current} were before.`,
        ...unreadable.map(({ project, kinds }) => `${project}: no key opens ${namesOf(kinds)}.`),
        unreadable.length === 0
          ? 'Older keys may be taken out of HEADWATER_SECRET_KEY once every server has the new first key.'
          : 'Add the key that these were sealed with to HEADWATER_SECRET_KEY, or enter them anew.',
      ]);
      return unreadable.length === 0 ? 0 : 1;
    }),
  );
}

function namesOf(kinds: Unreadable['kinds']): string {
  return kinds.map((kind) => `its ${words[kind]}`).join(' and ');
}
