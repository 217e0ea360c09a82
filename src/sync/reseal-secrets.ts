import { HeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import type { SecretBox } from '../ports/secret-box';
import type { Store } from '../ports/store';
import { replaceSealed, type SealedKind } from './sealed-values';

export interface ResealDeps {
  readonly store: Pick<Store, 'mirrors' | 'transaction'>;
  readonly secrets: SecretBox;
}

/** Values of one mirror that no key opens. */
export interface Unreadable {
  /** Owner and name of the project when it was last seen. */
  readonly project: string;
  readonly kinds: readonly SealedKind[];
}

/** How many values there are, by the place of their key in the list; the first is the one that seals. */
export interface SealedSurvey {
  readonly byKey: readonly number[];
  readonly unreadable: readonly Unreadable[];
}

export interface Resealed {
  /** Values that were sealed with the first key. */
  readonly resealed: number;
  /** Those that were so before. */
  readonly current: number;
  readonly unreadable: readonly Unreadable[];
}

const pageSize = 200;
/** Mirrors that come and go shift the pages, so it is gone through until nothing is found any more. */
const mostRounds = 10;

/**
 * Seals every stored secret with the first key, whichever key opens it. What no key opens stays as it is. Idempotent, and a
 * broken-off one is finished by the next. Each mirror is read and written under its lock, so servers may go on running, if
 * they have both keys. Raises store_unavailable.
 */
export async function resealSecrets(deps: ResealDeps): Promise<Resealed> {
  let resealed = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    let found = 0;
    for await (const mirror of allMirrors(deps))
      if (isOutdated(deps.secrets, mirror)) found += await reseal(deps, mirror.id);
    resealed += found;
    if (found === 0) break;
  }
  const { byKey, unreadable } = await surveySecrets(deps);
  return { resealed, current: (byKey[0] ?? 0) - resealed, unreadable };
}

/** Which keys are in use. Opens everything, and changes nothing. Raises store_unavailable. */
export async function surveySecrets(
  deps: Pick<ResealDeps, 'secrets'> & { readonly store: Pick<Store, 'mirrors'> },
): Promise<SealedSurvey> {
  const byKey: number[] = [];
  const unreadable: Unreadable[] = [];
  for await (const mirror of allMirrors(deps)) {
    const kinds = new Set<SealedKind>();
    replaceSealed(mirror, (sealed, context, kind) => {
      const place = placeOf(deps.secrets, sealed, context);
      if (place === null) kinds.add(kind);
      else byKey[place] = (byKey[place] ?? 0) + 1;
      return sealed;
    });
    if (kinds.size > 0) unreadable.push({ project: mirror.fullName, kinds: [...kinds] });
  }
  return { byKey: Array.from(byKey, (count) => count ?? 0), unreadable };
}

/** Answers how many values were sealed anew. */
async function reseal({ store, secrets }: ResealDeps, mirrorId: string): Promise<number> {
  return store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) return 0;
    let count = 0;
    const after = replaceSealed(mirror, (sealed, context) => {
      const place = placeOf(secrets, sealed, context);
      if (place === null || place === 0) return sealed;
      count += 1;
      return secrets.seal(secrets.open(sealed, context), context);
    });
    if (count > 0) await tx.saveResealed(after);
    return count;
  });
}

function isOutdated(secrets: SecretBox, mirror: Mirror): boolean {
  let outdated = false;
  replaceSealed(mirror, (sealed, context) => {
    outdated ||= (placeOf(secrets, sealed, context) ?? 0) > 0;
    return sealed;
  });
  return outdated;
}

/** null: no key opens it, or it was tampered with. */
function placeOf(secrets: SecretBox, sealed: string, context: string): number | null {
  try {
    secrets.open(sealed, context);
    return secrets.keyOf(sealed);
  } catch (thrown) {
    if (thrown instanceof HeadwaterError && thrown.code === 'secret_unreadable') return null;
    throw thrown;
  }
}

async function* allMirrors({ store }: { readonly store: Pick<Store, 'mirrors'> }): AsyncGenerator<Mirror> {
  for (let page = 1; ; page += 1) {
    const { items } = await store.mirrors({ page, limit: pageSize });
    yield* items;
    if (items.length < pageSize) return;
  }
}
