import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createLfsPointers } from '../adapters/cache/create-lfs-pointers';
import { createLfsCopy } from '../adapters/lfs/create-lfs-copy';
import { createUpstream } from '../adapters/upstream/create-upstream';
import { createWebhookSender } from '../adapters/webhooks/create-webhook-sender';
import type { Config } from '../config';
import { startWorker } from '../sync/worker';
import { audited, byItself } from './actors';
import type { Releaser } from './releaser';
import type { ComposeOptions } from './app';
import type { Parts } from './open-parts';

const longestRoundMs = 60_000;

/** Takes up the work of the queue, until the releaser closes. */
export function work(config: Config, options: ComposeOptions, parts: Parts, releaser: Releaser): void {
  const upstream = createUpstream({
    policy: parts.addressPolicy,
    idleTimeoutMs: config.fetchIdleTimeoutMs,
    totalTimeoutMs: config.fetchTimeoutMs,
    maxListingBytes: config.listingMaxBytes,
    maxFetchBytes: config.fetchMaxBytes,
    maxFetchMemoryBytes: config.fetchMemoryBytes,
    keepSpareChild: true,
    fetchChildEntry: options.fetchChildEntry,
  });
  releaser.add(() => upstream.close());
  const lfsCopy = createLfsCopy({
    allowedAddresses: config.allowedUpstreams,
    forgeUrl: config.forgeUrl,
    forgeToken: config.forgeToken,
    idleTimeoutMs: config.fetchIdleTimeoutMs,
  });
  releaser.add(() => lfsCopy.close());
  const webhooks = createWebhookSender({ policy: parts.addressPolicy });
  releaser.add(() => webhooks.close());
  const worker = startWorker({
    ...parts,
    store: audited(parts, config, byItself),
    upstream,
    webhooks,
    lfs: { pointers: createLfsPointers(), copy: lfsCopy },
    workerId: `${hostname()}/${process.pid}/${randomUUID()}`,
    leaseMs: config.leaseMs,
    portionSize: config.pushPortion,
    backupRule: { perRef: config.backupsPerRef, ageMs: config.backupAgeMs },
    concurrency: config.concurrency,
    reconcileMs: config.reconcileMs,
    // Never later than what it looks for can happen.
    roundMs: Math.min(longestRoundMs, config.passIntervalMs, config.minIntervalMs, config.leaseMs),
  });
  releaser.add(() => worker.stop(config.shutdownGraceMs));
}
