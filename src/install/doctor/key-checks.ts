import { fail, ok, skipped, warn, type Check, type Verdict } from './check';
import type { DoctorDeps } from './doctor-deps';

/** Whether every stored secret can be opened, and which of the keys are needed for that. */
export function keyChecks(deps: Pick<DoctorDeps, 'storedSecrets'>): Check[] {
  return [{ id: 'sealing_keys', title: 'Stored secrets', run: () => checkKeys(deps) }];
}

async function checkKeys({ storedSecrets }: Pick<DoctorDeps, 'storedSecrets'>): Promise<Verdict> {
  const found = await storedSecrets();
  if (found === null) return skipped('What is stored is not known while the database is not.');
  const { keys, byKey, unreadable } = found;
  if (unreadable.length > 0) {
    const more = unreadable.length > 5 ? ` and ${unreadable.length - 5} more` : '';
    return fail(
      `No key opens stored secrets of ${unreadable.slice(0, 5).join(', ')}${more}.`,
      'Add the key that they were sealed with to HEADWATER_SECRET_KEY, or enter the passwords anew.',
    );
  }
  const all = byKey.reduce((sum, count) => sum + count, 0);
  const old = all - (byKey[0] ?? 0);
  if (old > 0) {
    const idle = unusedOf(byKey, keys);
    return warn(
      `${old} of ${all} stored secrets are sealed with older keys.${idle === null ? '' : ` ${idle}`}`,
      'Run "headwater secrets reseal"; then the older keys may be taken out of HEADWATER_SECRET_KEY.',
    );
  }
  if (keys > 1)
    return warn(
      `All ${all} stored secrets are sealed with the first key, so ${keys === 2 ? 'the other one is' : 'the others are'} not needed any more.`,
      'Take it out of HEADWATER_SECRET_KEY once every server has the new one; who signed in before that signs in again.',
    );
  return ok(`All ${all} stored secrets can be opened.`);
}

/** Older keys that nothing needs, by their place in the setting; null: there are none. */
function unusedOf(byKey: readonly number[], keys: number): string | null {
  const unused = Array.from({ length: keys }, (_, at) => at).filter((at) => at > 0 && (byKey[at] ?? 0) === 0);
  if (unused.length === 0) return null;
  const places = unused.map((at) => `number ${at + 1}`).join(' and ');
  return `Nothing needs ${places} of the keys any more.`;
}
