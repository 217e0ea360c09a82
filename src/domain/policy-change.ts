import type { FieldFault } from './errors';
import { parseHostRule, showHostRule } from './host-rule';
import { invalidFields } from './mirror-options';
import { narrowSchedule, upstreamSchemes, type DefaultOptions, type Policy } from './policy';
import type { SchedulePolicy } from './schedule';
import { parseInterval, showInterval, type UpdateInterval } from './update-interval';

/** What an admin may say of the policy; what is left out stays. */
export interface PolicyChange extends Partial<
  Pick<Policy, 'whoMayMirror' | 'listed' | 'allowedHosts' | 'refusedHosts' | 'schemes' | 'pushMirrors'>
> {
  /** Durations; null: the settings' bounds. */
  readonly minInterval?: string | null | undefined;
  readonly maxInterval?: string | null | undefined;
  readonly mirrorsPerOwner?: number | null | undefined;
  readonly mirrorsPerUser?: number | null | undefined;
  readonly defaults?: DefaultsChange | undefined;
}

export type DefaultsChange = Partial<Omit<DefaultOptions, 'interval'>> & {
  /** A duration, or adaptive; null: the settings' interval. */
  readonly interval?: string | null | undefined;
};

type Fault = (field: string, message: string) => null;

/** The policy after the change, within the operator's `bounds`. Pure. Raises input_invalid with every field that will not do. */
export function changePolicy(before: Policy, change: PolicyChange, bounds: SchedulePolicy): Policy {
  const faults: FieldFault[] = [];
  const fault: Fault = (field, message) => {
    faults.push({ field, message });
    return null;
  };
  const after: Policy = {
    whoMayMirror: change.whoMayMirror ?? before.whoMayMirror,
    listed: change.listed === undefined ? before.listed : readNames(change.listed, fault),
    allowedHosts: readHosts('allowed_hosts', change.allowedHosts, before.allowedHosts, fault),
    refusedHosts: readHosts('refused_hosts', change.refusedHosts, before.refusedHosts, fault),
    schemes: change.schemes === undefined ? before.schemes : readSchemes(change.schemes, fault),
    minIntervalMs: readBound('min_interval', change.minInterval, before.minIntervalMs, bounds, fault),
    maxIntervalMs: readBound('max_interval', change.maxInterval, before.maxIntervalMs, bounds, fault),
    pushMirrors: change.pushMirrors ?? before.pushMirrors,
    mirrorsPerOwner: change.mirrorsPerOwner === undefined ? before.mirrorsPerOwner : change.mirrorsPerOwner,
    mirrorsPerUser: change.mirrorsPerUser === undefined ? before.mirrorsPerUser : change.mirrorsPerUser,
    defaults: before.defaults,
  };
  const { minIntervalMs: least, maxIntervalMs: most } = after;
  if (least !== null && most !== null && least > most) fault('min_interval', 'must not be longer than "max_interval"');
  const defaults = readDefaults(before.defaults, change.defaults, narrowSchedule(bounds, after), fault);
  if (faults.length > 0) throw invalidFields(faults);
  return { ...after, defaults };
}

/** Names of the forge's accounts, which are not case-sensitive. */
function readNames(names: readonly string[], fault: Fault): string[] {
  if (names.some((name) => !/^[\w.-]{1,255}$/.test(name))) fault('listed', 'has an entry that is no account name');
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

function readHosts(
  field: string,
  texts: readonly string[] | undefined,
  before: readonly string[],
  fault: Fault,
): readonly string[] {
  if (texts === undefined) return before;
  const rules = texts.flatMap((text, index) => {
    const rule = parseHostRule(text);
    return (
      rule ?? fault(`${field}.${index}`, 'is not a host such as example.org, *.example.org or example.org:8443') ?? []
    );
  });
  return [...new Set(rules.map(showHostRule))];
}

function readSchemes(schemes: Policy['schemes'], fault: Fault): Policy['schemes'] {
  if (schemes.length === 0) fault('schemes', 'must name one at least');
  return upstreamSchemes.filter((scheme) => schemes.includes(scheme));
}

function readBound(
  field: string,
  text: string | null | undefined,
  before: number | null,
  bounds: SchedulePolicy,
  fault: Fault,
): number | null {
  if (text === undefined) return before;
  if (text === null || text === '') return null;
  return readTime(field, text, bounds, fault);
}

function readDefaults(
  before: DefaultOptions,
  change: DefaultsChange | undefined,
  bounds: SchedulePolicy,
  fault: Fault,
): DefaultOptions {
  const { interval, ...options } = change ?? {};
  const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...before, ...said, interval: readInterval(interval, before.interval, bounds, fault) };
}

/** One that was within the bounds before and is not any more is refused too: new mirrors could not have it. */
function readInterval(
  text: string | null | undefined,
  before: UpdateInterval,
  bounds: SchedulePolicy,
  fault: Fault,
): UpdateInterval {
  const said = text === undefined ? (typeof before === 'number' ? showInterval(before) : before) : text;
  if (said === null || said === '') return null;
  return said === 'adaptive' ? said : readTime('defaults.interval', said, bounds, fault);
}

function readTime(field: string, text: string, bounds: SchedulePolicy, fault: Fault): number | null {
  const ms = parseInterval(text);
  if (ms === null) return fault(field, 'is not a duration such as 6h, 1h30m or PT6H');
  const { minIntervalMs: least, maxIntervalMs: most } = bounds;
  if (ms >= least && ms <= most) return ms;
  return fault(field, `must be from ${showInterval(least)} to ${showInterval(most)}`);
}
