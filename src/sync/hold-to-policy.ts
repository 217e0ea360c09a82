import { HeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import { checkAsker, checkPlace, checkQuota, narrowSchedule, type Asker, type Policy } from '../domain/policy';
import type { SchedulePolicy } from '../domain/schedule';
import type { Caller } from '../ports/forge';
import type { StoreReads } from '../ports/store';

/** Who sets up a mirror or changes it; `server`: whoever runs the command line. */
export type SetUpBy = Caller | 'server';

/** A mirror before and after a change of its settings; before: null for a new one. */
interface Change {
  readonly before: Mirror | null;
  readonly after: Mirror;
  /** Of the project. */
  readonly owner: string;
  readonly by: SetUpBy | null | undefined;
  /** Whether the address is named, be it the same one. */
  readonly namesUrl: boolean;
}

/**
 * Whether this person may make this change. Switching a mirror off is always allowed, and a mirror that is there already is
 * held to the hosts at each run.
 * Raises mirroring_denied, host_not_allowed, scheme_not_allowed.
 */
export function holdToPolicy(policy: Policy, { before, after, owner, by, namesUrl }: Change): void {
  if (before !== null && !after.enabled && isSameButFor(before, after)) return;
  checkAsker(policy, askerOf(by), owner);
  if (before === null || namesUrl) checkPlace(policy, after.url);
  const { lfsUrl } = after.options;
  if (lfsUrl !== null && lfsUrl !== before?.options.lfsUrl) checkPlace(policy, lfsUrl);
}

/** Whether one mirror more is one too many, for the owner or for who makes it. Raises mirror_quota. */
export async function holdToQuota(
  store: Pick<StoreReads, 'countMirrors'>,
  policy: Policy,
  by: SetUpBy | null | undefined,
  countOfOwner: () => Promise<number>,
): Promise<void> {
  const ofOwner = policy.mirrorsPerOwner === null ? 0 : await countOfOwner();
  const person = personOf(by);
  const counted = policy.mirrorsPerUser !== null && person !== null;
  const ofUser = counted ? await store.countMirrors({ maintainerId: person.id }) : 0;
  checkQuota(policy, askerOf(by), { ofOwner, ofUser });
}

/** The schedule as the site's admins narrow it at this moment. */
export async function currentSchedule(
  store: Pick<StoreReads, 'policy'>,
  base: SchedulePolicy,
): Promise<SchedulePolicy> {
  return narrowSchedule(base, await store.policy());
}

/** Of a caller whose token does not tell whose it is, nobody could say later whether the right is still there. Raises token_scope_missing. */
export function knownPerson(person: Caller | null): Caller {
  if (person === null) throw new HeadwaterError('token_scope_missing', { scope: 'read:user' });
  return person;
}

function askerOf(by: SetUpBy | null | undefined): Asker {
  return by ?? null;
}

function personOf(by: SetUpBy | null | undefined): Caller | null {
  return by === 'server' || by === undefined ? null : by;
}

/** What the person could mean by it, apart from switching it off. */
function isSameButFor(before: Mirror, after: Mirror): boolean {
  const said = ({ url, authUser, sealedPassword, tokenExpiresAt, ssh, options }: Mirror) =>
    JSON.stringify([url, authUser, sealedPassword, tokenExpiresAt, ssh, options]);
  return said(before) === said(after);
}
