import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createObjectCache } from '../adapters/cache/create-object-cache';
import { createForge } from '../adapters/forge/create-forge';
import { createNewProjects } from '../adapters/forge/new-projects';
import { createPushMirrors } from '../adapters/forge/push-mirrors';
import { createLogger } from '../adapters/log/create-logger';
import { compilePattern } from '../adapters/patterns/compile-pattern';
import { createSecretBox } from '../adapters/secrets/secret-box';
import { openStore } from '../adapters/store/open-store';
import { createRefLister } from '../adapters/upstream/ref-lister';
import { createSsh } from '../adapters/upstream/ssh/create-ssh';
import type { Config } from '../config';
import type { Secret } from '../domain/credentials';
import type { AddressPolicy } from '../git-http/address-policy';
import type { RateCounters } from '../ports/rate-counters';
import { cookieKeysOf } from './cookie-keys';
import { openRedisParts } from './redis-parts';
import type { Releaser } from './releaser';
import { createUpstreamCheck } from './upstream-check';
import type { App, ComposeOptions } from './app';
import { makeDataDir, readAddressPolicy, sealingKeys, secretsOf } from './config-parts';

/** What a process shares, whatever its roles. */
export type Parts = Omit<App, 'url' | 'close'> & {
  readonly pino: ReturnType<typeof createLogger>['pino'];
  readonly addressPolicy: AddressPolicy;
  readonly cookieKeys: readonly Secret[];
  readonly rateCounters: RateCounters | null;
};

/** Opens it all. Raises config_invalid, store_unavailable, database_newer, disk_full; what is open by then, the releaser closes. */
export async function openParts(config: Config, options: ComposeOptions, releaser: Releaser): Promise<Parts> {
  makeDataDir(config.dataDir);
  const { log, pino } = createLogger({
    level: config.logLevel,
    destination: options.logTo ?? 1,
    secrets: secretsOf(config),
  });
  const addressPolicy = readAddressPolicy(config.allowedUpstreams);
  const keys = await sealingKeys(config);
  const secrets = createSecretBox(keys);

  const store = await openStore({
    databaseUrl: config.databaseUrl?.reveal() ?? null,
    file: join(config.dataDir, 'headwater.db'),
    logger: log,
  });
  releaser.add(() => store.close());
  const forge = createForge({
    url: config.forgeUrl,
    token: config.forgeToken,
    pushIdleTimeoutMs: config.pushIdleTimeoutMs,
    pushTotalTimeoutMs: config.stuckAfterMs,
  });
  releaser.add(() => forge.close());
  const redis = await openRedisParts(
    {
      url: config.redisUrl?.reveal() ?? null,
      dir: join(config.dataDir, 'redis'),
      start: options.roles.length > 0,
      log,
    },
    releaser,
  );

  const pushMirrors = createPushMirrors({ url: config.forgeUrl });
  releaser.add(() => pushMirrors.close());
  // For those who wait for an answer; a worker has an upstream of its own, with children to fetch.
  const lister = createRefLister({
    policy: addressPolicy,
    idleTimeoutMs: config.fetchIdleTimeoutMs,
    totalTimeoutMs: config.fetchTimeoutMs,
    maxListingBytes: config.listingMaxBytes,
  });
  releaser.add(() => lister.close());

  return {
    ...redis,
    store,
    forge,
    secrets,
    cookieKeys: cookieKeysOf(keys),
    ssh: createSsh({ policy: addressPolicy }),
    newProjects: createNewProjects({ url: config.forgeUrl }),
    pushMirrors,
    ownToken: config.forgeToken,
    listUpstream: lister.list,
    log,
    pino,
    addressPolicy,
    cache: createObjectCache({ dir: join(config.dataDir, 'cache') }),
    checkUpstream: createUpstreamCheck(addressPolicy),
    compilePattern,
    policy: {
      passIntervalMs: config.passIntervalMs,
      updateIntervalMs: config.updateIntervalMs,
      minIntervalMs: config.minIntervalMs,
      maxIntervalMs: config.maxIntervalMs,
      spreadMs: config.passIntervalMs,
      hostConcurrency: config.hostConcurrency,
      slowConcurrency: Math.max(1, Math.floor(config.concurrency / 2)),
      maxRetries: config.maxRetries,
      stuckAfterMs: config.stuckAfterMs,
      manualRunsPerMinute: config.manualRunsPerMinute,
      manualIntervalMs: config.manualIntervalMs,
    },
    hookPolicy: { delayMs: config.hookDelayMs, intervalMs: config.hookIntervalMs },
    publicUrl: () => config.publicUrl ?? `http://${config.listen.host}:${config.listen.port}`,
    newId: randomUUID,
  };
}
