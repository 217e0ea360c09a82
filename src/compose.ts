import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createObjectCache } from './adapters/cache/create-object-cache';
import { createLfsPointers } from './adapters/cache/create-lfs-pointers';
import { createForge } from './adapters/forge/create-forge';
import { createPushMirrors } from './adapters/forge/push-mirrors';
import { createNewProjects } from './adapters/forge/new-projects';
import { createIdentity } from './adapters/identity/create-identity';
import { createLfsCopy } from './adapters/lfs/create-lfs-copy';
import { createLogger, type LogDestination } from './adapters/log/create-logger';
import { loadManifest } from './adapters/manifest/load-manifest';
import { compilePattern } from './adapters/patterns/compile-pattern';
import { loadOrCreateKey } from './adapters/secrets/key-file';
import { createSecretBox } from './adapters/secrets/secret-box';
import { openStore } from './adapters/store/open-store';
import { createUpstream } from './adapters/upstream/create-upstream';
import { createRefLister } from './adapters/upstream/ref-lister';
import { createSsh } from './adapters/upstream/ssh/create-ssh';
import { createWebhookSender } from './adapters/webhooks/create-webhook-sender';
import type { CliApp, Role } from './cli/cli-deps';
import { productVersion } from './compose/product-version';
import { audited, byAdmin, byForge, byItself } from './compose/actors';
import { cookieKeysOf } from './compose/cookie-keys';
import { makeFolder } from './compose/make-folder';
import { openRedisParts } from './compose/redis-parts';
import { Releaser } from './compose/releaser';
import { createUpstreamCheck } from './compose/upstream-check';
import { configInvalid, type Config } from './config';
import { settings } from './config/settings';
import { Secret } from './domain/credentials';
import type { HookPolicy } from './domain/upstream-hook';
import { AllowListError, createAddressPolicy, type AddressPolicy } from './git-http/address-policy';
import { createHealthApp, createHttpApp } from './http/http-app';
import { listen } from './http/listen';
import type { Forge } from './ports/forge';
import type { Identity } from './ports/identity';
import type { Notices } from './ports/notices';
import type { ObjectCache } from './ports/object-cache';
import type { RateCounters } from './ports/rate-counters';
import type { RunQueue } from './ports/run-queue';
import { createForgeNews } from './sync/forge-news';
import { createHookTimers } from './sync/hook-timers';
import { PushSyncs } from './sync/push-syncs';
import { startWorker } from './sync/worker';

export interface ComposeOptions {
  /** web serves the API, worker does the runs; with neither, only what the command line needs is opened. */
  readonly roles: readonly Role[];
  /** Standard output (1) by default. */
  readonly logTo?: LogDestination;
  /** The program of the fetch child; by default that of this build. */
  readonly fetchChildEntry?: string;
}

/** Everything, built and running. */
export interface App extends CliApp {
  readonly queue: RunQueue;
  readonly forge: Forge;
  readonly notices: Notices;
  readonly cache: ObjectCache;
  /** Where the HTTP server listens; null without a role. */
  readonly url: string | null;
  /** Where clients reach it, as far as that is known. */
  readonly publicUrl: () => string;
  readonly hookPolicy: HookPolicy;
  /** Takes no more work, gives runs their grace, and lets go of everything in reverse order. Idempotent. */
  close(): Promise<void>;
}

/** How long (ms) requests under way may take to end. */
const requestGraceMs = 5_000;
const longestRoundMs = 60_000;

/** The composition root. Raises config_invalid, store_unavailable, disk_full; then nothing stays open. */
export async function compose(config: Config, options: ComposeOptions): Promise<App> {
  const releaser = new Releaser();
  try {
    const opened = await openParts(config, options, releaser);
    const parts = options.roles.length === 0 ? byCommandLine(config, opened) : opened;
    const url = options.roles.length === 0 ? null : await serveHttp(config, options, parts, releaser);
    if (options.roles.includes('worker')) work(config, options, parts, releaser);
    return { ...parts, url, close: () => releaser.close() };
  } catch (thrown) {
    // What made us stop is the truth; a failure to close behind it is not.
    await releaser.close().catch(() => undefined);
    throw thrown;
  }
}

/** What the command line changes is written down under the name of who runs it. */
function byCommandLine(config: Config, parts: Parts): Parts {
  return { ...parts, store: audited(parts, config, byAdmin()) };
}

type Parts = Omit<App, 'url' | 'close'> & {
  readonly pino: ReturnType<typeof createLogger>['pino'];
  readonly addressPolicy: AddressPolicy;
  readonly cookieKeys: readonly Secret[];
  readonly rateCounters: RateCounters | null;
};

async function openParts(config: Config, options: ComposeOptions, releaser: Releaser): Promise<Parts> {
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
    },
    hookPolicy: { delayMs: config.hookDelayMs, intervalMs: config.hookIntervalMs },
    publicUrl: () => config.publicUrl ?? `http://${config.listen.host}:${config.listen.port}`,
    newId: randomUUID,
  };
}

async function serveHttp(config: Config, options: ComposeOptions, parts: Parts, releaser: Releaser): Promise<string> {
  const closing = new AbortController();
  let url = config.publicUrl ?? '';
  const hookTimers = createHookTimers(parts);
  releaser.add(() => hookTimers.close());
  const pushSyncs = new PushSyncs(parts);
  releaser.add(() => pushSyncs.close());
  const forgeNews = createForgeNews({ ...parts, store: audited(parts, config, byForge) });
  releaser.add(() => forgeNews.close());
  const deps = {
    ...parts,
    hookTimers,
    pushSyncs,
    forgeNews,
    requestLog: parts.pino,
    version: productVersion(),
    manifest: loadManifest(),
    webhookSecrets: config.webhookSecrets ?? [],
    publicUrl: () => url,
    forgePublicUrl: config.forgePublicUrl ?? config.forgeUrl,
    identity: identityOf(config),
    auditKeepMs: config.auditKeepMs,
    requestsPerMinute: config.requestsPerMinute,
    refusedPerMinute: config.refusedPerMinute,
    trustedProxies: config.trustedProxies,
    rightsCacheMs: config.rightsCacheMs,
    closing: closing.signal,
  };
  const app = options.roles.includes('web') ? createHttpApp(deps) : createHealthApp(deps);
  const listening = await listen(app, config.listen);
  releaser.add(() => {
    closing.abort();
    return listening.close(requestGraceMs);
  });
  url = config.publicUrl ?? listening.url;
  return listening.url;
}

function work(config: Config, options: ComposeOptions, parts: Parts, releaser: Releaser): void {
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
    policy: parts.addressPolicy,
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

function identityOf(config: Config): Identity | null {
  const { forgeUrl, oauthClientId: clientId, oauthClientSecret: clientSecret } = config;
  if (clientId === null || clientSecret === null) return null;
  return createIdentity({ forgeUrl, forgePublicUrl: config.forgePublicUrl ?? forgeUrl, clientId, clientSecret });
}

function makeDataDir(dir: string): void {
  try {
    makeFolder(dir);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw configInvalid([{ field: settings.dataDir.name, message: `cannot be made (${code ?? 'unknown error'})` }]);
  }
}

async function sealingKeys(config: Config): Promise<Buffer[]> {
  if (config.secretKeys === null) return [await loadOrCreateKey(join(config.dataDir, 'secret.key'))];
  return config.secretKeys.map((key) => Buffer.from(key.reveal(), 'base64'));
}

function readAddressPolicy(allowed: readonly string[]): AddressPolicy {
  try {
    return createAddressPolicy(allowed);
  } catch (thrown) {
    if (!(thrown instanceof AllowListError)) throw thrown;
    throw configInvalid([{ field: settings.allowedUpstreams.name, message: `is wrong: ${thrown.message}` }]);
  }
}

/** What the log must never hold, whole URLs and the passwords inside them. */
function secretsOf(config: Config): Secret[] {
  const urls = [config.databaseUrl, config.redisUrl].filter((url) => url !== null);
  const passwords = urls
    .map((url) => new URL(url.reveal()).password)
    .filter((password) => password !== '')
    .flatMap((password) => [new Secret(password), new Secret(decodeURIComponent(password))]);
  const signing = [config.oauthClientSecret, ...(config.webhookSecrets ?? [])].filter((secret) => secret !== null);
  return [config.forgeToken, ...signing, ...urls, ...passwords, ...(config.secretKeys ?? [])];
}
