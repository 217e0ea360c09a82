import { createIdentity } from '../adapters/identity/create-identity';
import { loadManifest } from '../adapters/manifest/load-manifest';
import type { Config } from '../config';
import { createHealthApp, createHttpApp } from '../http/http-app';
import { listen } from '../http/listen';
import type { Identity } from '../ports/identity';
import { createForgeNews } from '../sync/forge-news';
import { createHookTimers } from '../sync/hook-timers';
import { PushSyncs } from '../sync/push-syncs';
import { audited, byForge } from './actors';
import { productVersion } from './product-version';
import type { Releaser } from './releaser';
import type { ComposeOptions } from './app';
import type { Parts } from './open-parts';

/** How long (ms) requests under way may take to end. */
const requestGraceMs = 5_000;

/** Answers where it listens. */
export async function serveHttp(
  config: Config,
  options: ComposeOptions,
  parts: Parts,
  releaser: Releaser,
): Promise<string> {
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

function identityOf(config: Config): Identity | null {
  const { forgeUrl, oauthClientId: clientId, oauthClientSecret: clientSecret } = config;
  if (clientId === null || clientSecret === null) return null;
  return createIdentity({ forgeUrl, forgePublicUrl: config.forgePublicUrl ?? forgeUrl, clientId, clientSecret });
}
