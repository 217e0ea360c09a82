/** A secret that the upstream proves itself with. */
export interface HookSecret {
  /** Sealed (ports/secret-box), bound to the mirror and to the hook's id. */
  readonly sealed: string;
  readonly createdAt: number;
}

/** Where an upstream says that something was pushed. Times are epoch ms by the database's clock. */
export interface UpstreamHook {
  /** Part of its address; random, and told to nobody but those who see the mirror. */
  readonly id: string;
  /** Newest first. Two while a new one waits to be used for the first time; the old one goes then (WH-03). */
  readonly secrets: readonly HookSecret[];
  /** The last delivery that was signed rightly. */
  readonly lastDeliveryAt: number | null;
  /** From when on a run may be asked for; null: nothing was delivered since the last run began to look. */
  readonly dueAt: number | null;
  /** When a run was last asked for because of a delivery. */
  readonly lastAskedAt: number | null;
}

/** Both are settings of the admin, in ms. */
export interface HookPolicy {
  /** A delivery waits this long for others to join it. */
  readonly delayMs: number;
  /** Deliveries ask for at most one run in this time, so that whoever has the secret can do no harm by it (WH-02). */
  readonly intervalMs: number;
}

/** A further secret goes in front of the one that is known to be used; an earlier new one that never was is dropped. */
export function withNewSecret(hook: UpstreamHook, secret: HookSecret): UpstreamHook {
  return { ...hook, secrets: [secret, ...hook.secrets.slice(-1)] };
}

/** A secret that was used makes those before it superfluous. */
export function withUsedSecret(hook: UpstreamHook, sealed: string): UpstreamHook {
  const at = hook.secrets.findIndex((secret) => secret.sealed === sealed);
  return at < 0 ? hook : { ...hook, secrets: hook.secrets.slice(0, at + 1) };
}

/** Several deliveries within the delay, and those that come while one waits, are one. */
export function withDelivery(hook: UpstreamHook, at: number, policy: HookPolicy): UpstreamHook {
  const soonest = Math.max(at + policy.delayMs, (hook.lastAskedAt ?? -Infinity) + policy.intervalMs);
  return { ...hook, lastDeliveryAt: at, dueAt: hook.dueAt ?? soonest };
}

/** A run begins to look: whatever was delivered before is seen by it. */
export function withLookBegun(hook: UpstreamHook | null): UpstreamHook | null {
  return hook === null ? null : { ...hook, dueAt: null };
}
