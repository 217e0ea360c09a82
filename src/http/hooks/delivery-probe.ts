import express, { Router } from 'express';
import { LRUCache } from 'lru-cache';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { verifyDelivery } from './verify-delivery';

const noncePattern = /^[0-9a-f]{32}$/;

/**
 * Where a test delivery of the forge arrives: `POST /{nonce}` notes one that is signed with the webhook's secret, and
 * `GET /{nonce}` tells whether it came. So `headwater doctor` sees that the forge reaches Headwater and that both have the
 * same secret. Kept in memory for five minutes: with several servers behind one address, the two may meet different ones.
 * Raises delivery_refused, body_too_large.
 */
export function createDeliveryProbe(secrets: readonly Secret[]): Router {
  const seen = new LRUCache<string, true>({ max: 100, ttl: 300_000 });
  const router = Router();
  const bytes = express.raw({ limit: '1mb', inflate: false, type: () => true });
  const candidates = secrets.map((secret) => ({ secret }));
  router.post('/:nonce', bytes, (request, response) => {
    const { nonce } = request.params;
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!noncePattern.test(nonce) || verifyDelivery(request.headers, body, candidates) === null)
      throw new HeadwaterError('delivery_refused');
    seen.set(nonce, true);
    response.status(202).json({ status: 'seen' });
  });
  router.get('/:nonce', (request, response) => {
    response.json({ seen: seen.get(request.params.nonce) === true });
  });
  return router;
}
