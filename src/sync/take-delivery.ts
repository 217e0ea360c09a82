import { createHash } from 'node:crypto';
import type { Secret } from '../domain/credentials';
import { toHeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import { withDelivery, withUsedSecret, type HookPolicy } from '../domain/upstream-hook';
import type { Logger } from '../ports/logger';
import type { SecretBox } from '../ports/secret-box';
import type { Store } from '../ports/store';
import { hookContext } from './hook-secret';

/** A delivery that is sent again within this time is known (WH-02); ms. */
const knownForMs = 7 * 24 * 60 * 60 * 1000;
/** The mirror shows the last delivery no more exactly than this while one waits; ms. */
const shownToMs = 10_000;

export interface DeliveryDeps {
  readonly store: Pick<Store, 'transaction' | 'mirrorOfHook' | 'now'>;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly hookPolicy: HookPolicy;
  readonly log: Logger;
}

export interface OpenedSecret {
  readonly sealed: string;
  readonly secret: Secret;
}

/** The secrets that a delivery at this address may be signed with; none if there is no such address. */
export async function secretsOfHook(
  deps: Pick<DeliveryDeps, 'store' | 'secrets' | 'log'>,
  hookId: string,
): Promise<{ readonly mirror: Mirror | null; readonly secrets: readonly OpenedSecret[] }> {
  const mirror = await deps.store.mirrorOfHook(hookId);
  const secrets = (mirror?.hook?.secrets ?? []).flatMap(({ sealed }) => {
    try {
      return [{ sealed, secret: deps.secrets.open(sealed, hookContext(mirror?.id ?? '', hookId)) }];
    } catch (thrown) {
      deps.log.warn({ mirrorId: mirror?.id, code: toHeadwaterError(thrown).code }, 'a webhook secret cannot be read');
      return [];
    }
  });
  return { mirror, secrets };
}

export interface Delivery {
  /** As it was when the signature was checked. */
  readonly mirror: Mirror;
  /** The secret that it was signed with, sealed. */
  readonly sealed: string;
  /** The sender's name of it. */
  readonly id: string | null;
  /** Does it say that something was pushed? */
  readonly isPush: boolean;
}

/**
 * Writes down that the upstream says it has changed, so that no crash forgets it; what it says has changed is not believed
 * and not read. Answers how long (ms) until `followUp` may ask for a run; null: nothing to ask for, or somebody else will.
 */
export async function takeDelivery(deps: DeliveryDeps, delivery: Delivery): Promise<number | null> {
  if (await isCovered(deps, delivery)) return null;
  return deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(delivery.mirror.id);
    if (mirror?.hook == null) return null;
    const at = await tx.now();
    const used = withUsedSecret({ ...mirror.hook, lastDeliveryAt: at }, delivery.sealed);
    const isNews =
      delivery.isPush &&
      (delivery.id === null || (await tx.noteDelivery(mirror.id, digestOf(delivery.id), at, knownForMs)));
    const hook = isNews ? withDelivery(used, at, deps.hookPolicy) : used;
    await tx.saveMirror({ ...mirror, hook });
    return isNews && hook.dueAt !== null ? Math.max(0, hook.dueAt - at) : null;
  });
}

/** Of a flood, nothing needs to be written while an earlier delivery waits: the run that it gets will see all (WH-04). */
async function isCovered({ store }: DeliveryDeps, { mirror, sealed }: Delivery): Promise<boolean> {
  const { hook } = mirror;
  if (hook === null || hook.dueAt === null || hook.secrets.at(-1)?.sealed !== sealed || hook.secrets.length > 1)
    return false;
  return (await store.now()) - (hook.lastDeliveryAt ?? 0) < shownToMs;
}

/** Names of strangers are kept in one length. */
function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
