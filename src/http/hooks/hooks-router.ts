import express, { Router } from 'express';
import { HeadwaterError } from '../../domain/errors';
import { secretsOfHook, takeDelivery } from '../../sync/take-delivery';
import type { HttpDeps } from '../http-deps';
import { deliveryFacts } from './delivery-facts';
import { takeForgeDelivery } from './forge-hook';
import { verifyDelivery } from './verify-delivery';

/** What GitHub sends may be larger, with thousands of commits in one push; the clock sees to those. */
const bodyLimit = '1mb';

/**
 * `POST /hooks/upstream/{id}`: an upstream says that something was pushed. Signed in by the webhook's secret and by nothing
 * else, over the bytes as they came. A wrong address and a wrong signature look alike.
 * Raises delivery_refused, body_too_large.
 */
export function createHooksRouter(deps: HttpDeps): Router {
  const router = Router();
  const bytes = express.raw({ limit: bodyLimit, inflate: false, type: () => true });
  router.post('/forge', bytes, takeForgeDelivery(deps));
  router.post('/upstream/:id', bytes, async (request, response) => {
    const { mirror, secrets } = await secretsOfHook(deps, request.params.id);
    // A request without a body has none that was read.
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const signedWith = verifyDelivery(request.headers, body, secrets);
    if (mirror === null || signedWith === null) throw new HeadwaterError('delivery_refused');
    const { meaning, id } = deliveryFacts(request.headers);
    const delayMs = await takeDelivery(deps, { mirror, sealed: signedWith.sealed, id, isPush: meaning === 'refs' });
    if (delayMs !== null) deps.hookTimers.set(mirror.id, delayMs);
    response.status(202).json({ status: { refs: 'accepted', ping: 'pong', other: 'ignored' }[meaning] });
  });
  return router;
}
