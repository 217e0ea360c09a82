import { HeadwaterError } from './errors';
import { fitsRule, parseHostRule, placeOf } from './host-rule';
import { defaultOptions, type MirrorOptions } from './mirror-options';
import type { SchedulePolicy } from './schedule';

/** project_admins: every admin of a project; listed: those of them who are listed, or whose project's owner is. */
export type WhoMayMirror = 'project_admins' | 'listed' | 'site_admins';
export const whoMayMirrorChoices = [
  'project_admins',
  'listed',
  'site_admins',
] as const satisfies readonly WhoMayMirror[];

export type UpstreamScheme = 'https' | 'http' | 'ssh';
export const upstreamSchemes = ['https', 'http', 'ssh'] as const satisfies readonly UpstreamScheme[];

/** The options that the admin may choose for mirrors that do not say. */
export type DefaultOptions = Pick<MirrorOptions, 'interval' | 'tags' | 'divergence' | 'deletions' | 'lfs'>;

/**
 * What the site's admins allow on this instance. It narrows what the operator's settings allow and never widens it: private
 * addresses are let in by HEADWATER_ALLOWED_UPSTREAMS alone.
 */
export interface Policy {
  readonly whoMayMirror: WhoMayMirror;
  /** Names of users and organizations, in lower case. */
  readonly listed: readonly string[];
  /** Rules as domain/host-rule shows them; empty: every host. */
  readonly allowedHosts: readonly string[];
  /** Win over the allowed ones. */
  readonly refusedHosts: readonly string[];
  readonly schemes: readonly UpstreamScheme[];
  /** Bounds of a mirror's interval, ms; null: those of the settings. */
  readonly minIntervalMs: number | null;
  readonly maxIntervalMs: number | null;
  readonly defaults: DefaultOptions;
  /** Whether push mirrors may be added through Headwater. */
  readonly pushMirrors: boolean;
  /** Pull mirrors in the projects of one owner, and set up by one user; null: as many as they like (WH-07). */
  readonly mirrorsPerOwner: number | null;
  readonly mirrorsPerUser: number | null;
}

/** What holds as long as no admin has said anything. */
export const openPolicy: Policy = {
  whoMayMirror: 'project_admins',
  listed: [],
  allowedHosts: [],
  refusedHosts: [],
  schemes: upstreamSchemes,
  minIntervalMs: null,
  maxIntervalMs: null,
  defaults: {
    interval: defaultOptions.interval,
    tags: defaultOptions.tags,
    divergence: defaultOptions.divergence,
    deletions: defaultOptions.deletions,
    lfs: defaultOptions.lfs,
  },
  pushMirrors: true,
  mirrorsPerOwner: 500,
  mirrorsPerUser: null,
};

/** Who wants to mirror; null: nobody knows. `server`: whoever may run the command line, who stands above the policy's people. */
export type Asker = { readonly login: string; readonly siteAdmin: boolean } | 'server' | null;

/** Raises mirroring_denied when this person may not mirror in the projects of this owner. */
export function checkAsker({ whoMayMirror, listed }: Policy, asker: Asker, owner: string): void {
  if (whoMayMirror === 'project_admins' || standsAbove(asker)) return;
  const names = [owner, ...(asker === null || asker === 'server' ? [] : [asker.login])];
  if (whoMayMirror === 'listed' && names.some((name) => listed.includes(name.toLowerCase()))) return;
  throw new HeadwaterError('mirroring_denied');
}

/** Site admins and the command line are held neither to who may mirror nor to quotas. */
function standsAbove(asker: Asker): boolean {
  return asker === 'server' || asker?.siteAdmin === true;
}

/** Raises scheme_not_allowed and host_not_allowed. `href` is an address as parseUpstreamUrl writes it. */
export function checkPlace({ schemes, allowedHosts, refusedHosts }: Policy, href: string): void {
  const scheme = new URL(href).protocol.slice(0, -1);
  if (!schemes.some((allowed) => allowed === scheme)) throw new HeadwaterError('scheme_not_allowed', { scheme });
  const place = placeOf(href);
  const isOn = (rules: readonly string[]): boolean =>
    rules.some((text) => {
      const rule = parseHostRule(text);
      return rule !== null && fitsRule(rule, place);
    });
  if (isOn(refusedHosts) || (allowedHosts.length > 0 && !isOn(allowedHosts)))
    throw new HeadwaterError('host_not_allowed', { host: place.host });
}

/** Raises mirror_quota when one mirror more would be too many. The numbers are those of the mirrors that there are. */
export function checkQuota(
  { mirrorsPerOwner, mirrorsPerUser }: Policy,
  asker: Asker,
  count: { readonly ofOwner: number; readonly ofUser: number },
): void {
  if (standsAbove(asker)) return;
  if (mirrorsPerOwner !== null && count.ofOwner >= mirrorsPerOwner)
    throw new HeadwaterError('mirror_quota', {
      who: 'The owner of this project has',
      count: count.ofOwner,
      most: mirrorsPerOwner,
    });
  if (mirrorsPerUser !== null && count.ofUser >= mirrorsPerUser)
    throw new HeadwaterError('mirror_quota', { who: 'You have', count: count.ofUser, most: mirrorsPerUser });
}

/** The schedule within the policy's bounds, which the settings' bounds enclose whatever the policy says. */
export function narrowSchedule(
  base: SchedulePolicy,
  { minIntervalMs, maxIntervalMs }: Pick<Policy, 'minIntervalMs' | 'maxIntervalMs'>,
): SchedulePolicy {
  if (minIntervalMs === null && maxIntervalMs === null) return base;
  const inside = (ms: number) => Math.min(Math.max(ms, base.minIntervalMs), base.maxIntervalMs);
  const most = inside(maxIntervalMs ?? base.maxIntervalMs);
  const least = Math.min(inside(minIntervalMs ?? base.minIntervalMs), most);
  // The usual interval is the operator's word, as long as the policy has none about it.
  const notSooner = Math.max(base.updateIntervalMs, minIntervalMs === null ? 0 : least);
  const updateIntervalMs = Math.min(notSooner, maxIntervalMs === null ? Infinity : most);
  return { ...base, minIntervalMs: least, maxIntervalMs: most, updateIntervalMs };
}

/** What a new mirror gets where nobody says otherwise. */
export function optionsOf({ defaults }: Pick<Policy, 'defaults'>): MirrorOptions {
  return { ...defaultOptions, ...defaults };
}
