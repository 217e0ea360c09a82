import { randomBytes } from 'node:crypto';
import { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import { withNewSecret, type UpstreamHook } from '../domain/upstream-hook';
import type { SecretBox } from '../ports/secret-box';
import type { Store } from '../ports/store';

export interface HookSecretDeps {
  readonly store: Pick<Store, 'transaction'>;
  readonly secrets: Pick<SecretBox, 'seal'>;
}

export interface MadeHookSecret {
  readonly mirror: Mirror;
  /** Shown to who asked for it, and never again. */
  readonly secret: Secret;
}

/**
 * Makes the webhook that an upstream calls, or gives it a new secret; the old one is valid until the new one was used.
 * Raises mirror_not_found.
 */
export async function makeHookSecret(deps: HookSecretDeps, mirrorId: string): Promise<MadeHookSecret> {
  const secret = new Secret(randomBytes(32).toString('base64url'));
  return deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) throw new HeadwaterError('mirror_not_found');
    const hook: UpstreamHook = mirror.hook ?? newHook();
    const sealed = deps.secrets.seal(secret, hookContext(mirrorId, hook.id));
    const changed = { ...mirror, hook: withNewSecret(hook, { sealed, createdAt: await tx.now() }) };
    await tx.saveMirror(changed);
    return { mirror: changed, secret };
  });
}

/** From now on nothing answers at the webhook's address. Idempotent. Raises mirror_not_found. */
export async function removeHook(deps: Pick<HookSecretDeps, 'store'>, mirrorId: string): Promise<Mirror> {
  return deps.store.transaction(async (tx) => {
    const mirror = await tx.lockMirror(mirrorId);
    if (mirror === null) throw new HeadwaterError('mirror_not_found');
    const changed = { ...mirror, hook: null };
    await tx.saveMirror(changed);
    return changed;
  });
}

/** What a webhook's secret belongs to. */
export function hookContext(mirrorId: string, hookId: string): string {
  return ['upstream-hook', mirrorId, hookId].join('|');
}

function newHook(): UpstreamHook {
  return {
    id: randomBytes(24).toString('base64url'),
    secrets: [],
    lastDeliveryAt: null,
    dueAt: null,
    lastAskedAt: null,
  };
}
