import express, { Router, type Request } from 'express';
import { LRUCache } from 'lru-cache';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { verifyDelivery } from './verify-delivery';

const noncePattern = /^[0-9a-f]{32}$/;

/**
 * Where a test delivery of the forge arrives: `POST /{nonce}` notes one that is signed with the webhook's secret, and
 * `GET /{nonce}` tells whether it came, or one that was not signed so, and how the question itself came. So `headwater doctor` sees that the forge reaches Headwater and that both have the
 * same secret. Kept in memory for five minutes: with several servers behind one address, the two may meet different ones.
 * Raises delivery_refused, body_too_large.
 */
export function createDeliveryProbe(secrets: readonly Secret[]): Router {
  const seen = new LRUCache<string, true>({ max: 100, ttl: 300_000 });
  // Apart, so that strangers who send rubbish push out nothing that was signed.
  const refused = new LRUCache<string, true>({ max: 100, ttl: 300_000 });
  const router = Router();
  const bytes = express.raw({ limit: '1mb', inflate: false, type: () => true });
  const candidates = secrets.map((secret) => ({ secret }));
  router.post('/:nonce', bytes, (request, response) => {
    const { nonce } = request.params;
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const known = noncePattern.test(nonce);
    if (!known || verifyDelivery(request.headers, body, candidates) === null) {
      if (known) refused.set(nonce, true);
      throw new HeadwaterError('delivery_refused');
    }
    seen.set(nonce, true);
    response.status(202).json({ status: 'seen' });
  });
  router.get('/:nonce', (request, response) => {
    const { nonce } = request.params;
    response.json({
      seen: seen.get(nonce) === true,
      refused: refused.get(nonce) === true,
      forwarded: forwardedBy(request),
    });
  });
  return router;
}

/** Did a proxy say whose request this is, and is it believed? */
function forwardedBy(request: Request<{ nonce: string }>): 'nobody' | 'believed' | 'not_believed' {
  if (request.headers['x-forwarded-for'] === undefined) return 'nobody';
  return request.ips.length > 0 ? 'believed' : 'not_believed';
}
