import { Router } from 'express';
import { toHeadwaterError } from '../domain/errors';
import type { HealthDeps } from './http-deps';

type Check = { readonly status: 'ok' } | { readonly status: 'fault'; readonly code: string };

interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly checks: { readonly database: Check; readonly queue: Check; readonly forge: Check; readonly live: Check };
}

/**
 * /healthz: the process answers. /readyz: database, queue and forge answer too; it also says whether news arrive, without which
 * pages are late and all else works. Both tell nothing that is secret.
 */
export function createHealthRouter(deps: HealthDeps): Router {
  const readiness = createReadiness(deps);
  const router = Router();
  router.get('/healthz', (_request, response) => {
    // The forge's settings page asks it, from another origin, whether Headwater is there.
    response.set('Cross-Origin-Resource-Policy', 'cross-origin');
    response.json({ status: 'ok', version: deps.version });
  });
  router.get('/readyz', async (_request, response) => {
    const found = await readiness();
    response.status(found.status === 'ready' ? 200 : 503).json(found);
  });
  return router;
}

/** Everybody may ask, so those who ask at the same time share one round of checks. */
function createReadiness(deps: HealthDeps): () => Promise<Readiness> {
  const limitMs = deps.checkLimitMs ?? 3000;
  const reuseMs = deps.checkReuseMs ?? 1000;
  let latest: { readonly startedAt: number; readonly found: Promise<Readiness> } | null = null;
  return () => {
    const now = performance.now();
    if (latest === null || now - latest.startedAt >= reuseMs)
      latest = { startedAt: now, found: checkAll(deps, limitMs) };
    return latest.found;
  };
}

async function checkAll(deps: HealthDeps, limitMs: number): Promise<Readiness> {
  const [database, queue, forge, live] = await Promise.all([
    check(() => deps.store.ping(), 'store_unavailable', limitMs),
    check(() => deps.queue.ping(), 'queue_unavailable', limitMs),
    check(() => deps.forge.account(), 'forge_unreachable', limitMs),
    check(() => deps.notices.ping(), 'queue_unavailable', limitMs),
  ]);
  const ready = [database, queue, forge].every((each) => each.status === 'ok');
  return { status: ready ? 'ready' : 'not_ready', checks: { database, queue, forge, live } };
}

async function check(ask: () => Promise<unknown>, onTimeout: string, limitMs: number): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'fault', code: onTimeout }), limitMs);
  });
  const answer = ask().then(
    (): Check => ({ status: 'ok' }),
    (thrown: unknown): Check => ({ status: 'fault', code: toHeadwaterError(thrown).code }),
  );
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
