import { Option, type Command } from 'commander';
import { deletionChoices, divergences, invalidFields, tagChoices } from '../domain/mirror-options';
import {
  whoMayMirrorChoices,
  type Policy,
  type UpstreamScheme,
  upstreamSchemes,
  type WhoMayMirror,
} from '../domain/policy';
import type { DefaultsChange, PolicyChange } from '../domain/policy-change';
import { showInterval, type UpdateInterval } from '../domain/update-interval';
import { setPolicy } from '../sync/set-policy';
import type { CliApp, CliDeps } from './cli-deps';
import type { Output } from './output';
import type { CommandKit, CommonOptions } from './project-commands';

interface PolicyFlags {
  readonly who?: WhoMayMirror;
  readonly listed?: string;
  readonly allowHosts?: string;
  readonly refuseHosts?: string;
  readonly schemes?: string;
  readonly minInterval?: string;
  readonly maxInterval?: string;
  readonly defaultInterval?: string;
  readonly defaultTags?: NonNullable<DefaultsChange['tags']>;
  readonly defaultDivergence?: NonNullable<DefaultsChange['divergence']>;
  readonly defaultDeletions?: NonNullable<DefaultsChange['deletions']>;
  readonly defaultLfs?: boolean;
  readonly pushMirrors?: boolean;
  readonly mirrorsPerOwner?: string;
  readonly mirrorsPerUser?: string;
}

/** What this instance allows; the same as the API's /admin/policy. */
export function addPolicyCommands({ deps, command, withApp }: CommandKit, program: Command): void {
  const policy = program.command('policy').description('Say who may mirror, which hosts, and within which bounds');
  command('show', 'show the policy', policy).action((options: CommonOptions) =>
    withApp(options, async (app, output) => tell(deps, app, output, await app.store.policy())),
  );
  command('set', 'change the policy; lists are separated by commas, an empty text takes a value away', policy)
    .addOption(new Option('--who <who>', 'who may set up mirrors').choices(whoMayMirrorChoices))
    .option('--listed <names>', 'users and organizations, for --who listed')
    .option('--allow-hosts <hosts>', 'the only hosts to mirror with, such as *.example.org,git.example.com:8443')
    .option('--refuse-hosts <hosts>', 'hosts not to mirror with, be they allowed or not')
    .option('--schemes <schemes>', 'https, http, ssh')
    .option('--min-interval <time>', 'shortest interval of a mirror, such as 1h')
    .option('--max-interval <time>', 'longest interval of a mirror')
    .option('--default-interval <time>', 'of new mirrors: a time, adaptive, or empty for the usual')
    .addOption(new Option('--default-tags <which>', 'of new mirrors').choices(tagChoices))
    .addOption(new Option('--default-divergence <what>', 'of new mirrors').choices(divergences))
    .addOption(new Option('--default-deletions <what>', 'of new mirrors').choices(deletionChoices))
    .option('--default-lfs', 'new mirrors mirror LFS objects')
    .option('--no-default-lfs', 'new mirrors mirror no LFS objects')
    .option('--push-mirrors', 'push mirrors may be added')
    .option('--no-push-mirrors', 'no push mirrors may be added')
    .option('--mirrors-per-owner <number>', 'pull mirrors in the projects of one owner; empty for no limit')
    .option('--mirrors-per-user <number>', 'pull mirrors that one user answers for; empty for no limit')
    .action((options: PolicyFlags & CommonOptions) =>
      withApp(options, async (app, output) => tell(deps, app, output, await setPolicy(app, readFlags(options)))),
    );
}

function tell(deps: Pick<CliDeps, 'present'>, app: CliApp, output: Output, policy: Policy): number {
  output.result(deps.present.policy(policy, app.policy), describe(policy));
  return 0;
}

function readFlags(flags: PolicyFlags): PolicyChange {
  return {
    whoMayMirror: flags.who,
    listed: readList(flags.listed),
    allowedHosts: readList(flags.allowHosts),
    refusedHosts: readList(flags.refuseHosts),
    schemes: readSchemes(flags.schemes),
    minInterval: flags.minInterval,
    maxInterval: flags.maxInterval,
    defaults: {
      interval: flags.defaultInterval,
      tags: flags.defaultTags,
      divergence: flags.defaultDivergence,
      deletions: flags.defaultDeletions,
      lfs: flags.defaultLfs,
    },
    pushMirrors: flags.pushMirrors,
    mirrorsPerOwner: readNumber('--mirrors-per-owner', flags.mirrorsPerOwner),
    mirrorsPerUser: readNumber('--mirrors-per-user', flags.mirrorsPerUser),
  };
}

function readList(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function readSchemes(text: string | undefined): UpstreamScheme[] | undefined {
  const names = readList(text);
  const schemes = names?.flatMap((name) => upstreamSchemes.filter((scheme) => scheme === name));
  if (schemes?.length === names?.length) return schemes;
  throw invalidFields([{ field: '--schemes', message: `are of ${upstreamSchemes.join(', ')}` }]);
}

function readNumber(field: string, text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === '') return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw invalidFields([{ field, message: 'is no whole number from 0 to 999999' }]);
}

function describe(policy: Policy): string[] {
  const { defaults } = policy;
  const list = (names: readonly string[], none: string) => (names.length === 0 ? none : names.join(', '));
  const who = {
    project_admins: 'admins of projects',
    listed: `those listed: ${list(policy.listed, 'nobody')}`,
    site_admins: 'site admins',
  };
  const rows: [string, string][] = [
    ['may mirror', who[policy.whoMayMirror]],
    ['allowed hosts', list(policy.allowedHosts, 'all')],
    ['refused hosts', list(policy.refusedHosts, 'none')],
    ['schemes', policy.schemes.join(', ')],
    ['intervals', `${time(policy.minIntervalMs, 'as set')} to ${time(policy.maxIntervalMs, 'as set')}`],
    [
      'new mirrors',
      `interval ${time(defaults.interval, 'as set')}, tags ${defaults.tags}, divergence ${defaults.divergence}, deletions ${defaults.deletions}, LFS ${defaults.lfs ? 'on' : 'off'}`,
    ],
    ['push mirrors', policy.pushMirrors ? 'allowed' : 'not allowed'],
    ['per owner', `${policy.mirrorsPerOwner ?? 'any number of'} pull mirrors`],
    ['per user', `${policy.mirrorsPerUser ?? 'any number of'} pull mirrors`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)}${value}`);
}

function time(interval: UpdateInterval, none: string): string {
  return typeof interval === 'number' ? showInterval(interval) : (interval ?? none);
}
