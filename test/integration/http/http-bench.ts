import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { loadManifest } from '../../../src/adapters/manifest/load-manifest';
import type { Express } from 'express';
import { compilePattern } from '../../../src/adapters/patterns/compile-pattern';
import { createLogger } from '../../../src/adapters/log/create-logger';
import { Secret } from '../../../src/domain/credentials';
import { HeadwaterError } from '../../../src/domain/errors';
import type { SchedulePolicy } from '../../../src/domain/mirror';
import { createHttpApp } from '../../../src/http/http-app';
import type { ForgeHint } from '../../../src/sync/forge-news';
import type { HttpDeps } from '../../../src/http/http-deps';
import { PushSyncs } from '../../../src/sync/push-syncs';
import { FakeForge } from '../../fakes/fake-forge';
import { FakeIdentity } from '../../fakes/fake-identity';
import { FakeListings } from '../../fakes/fake-listings';
import { FakeNewProjects } from '../../fakes/fake-new-projects';
import { FakePushMirrors } from '../../fakes/fake-push-mirrors';
import { FakeSsh } from '../../fakes/fake-ssh';
import { MemoryNotices } from '../../fakes/memory-notices';
import { MemoryQueue } from '../../fakes/memory-queue';
import { MemoryStore } from '../../fakes/memory-store';
import { PlainSecretBox } from '../../fakes/plain-secret-box';

import { buildPolicy } from '../../support/builders';
import { watchAnswers } from '../../support/watch-answers';

const policy: SchedulePolicy = buildPolicy();
const manifest = loadManifest();

export const canaryToken = 'canaryt0ken5c1d7e';
export const forgeHookSecret = 'secret-of-the-forges-webhook';
export const canaryPassword = 'canary-passw0rd-91f2';
export const mirrorPath = '/api/v1/repos/owner/project/mirror/pull';
export const upstreamUrl = 'https://upstream.example/group/project.git';

export interface HttpBench {
  readonly app: Express;
  readonly deps: HttpDeps;
  readonly store: MemoryStore;
  readonly queue: MemoryQueue;
  readonly forge: FakeForge;
  readonly listings: FakeListings;
  readonly newProjects: FakeNewProjects;
  readonly pushMirrors: FakePushMirrors;
  readonly notices: MemoryNotices;
  readonly closing: AbortController;
  /** What the forge's webhook told. */
  readonly hints: readonly ForgeHint[];
  /** What timers were set. */
  readonly hookTimers: { readonly mirrorId: string; readonly delayMs: number }[];
  /** Everything the log has been told, as it would stand on disk. */
  log(): string;
}

/** The HTTP interface on fakes, with the real logger writing into memory. Every answer must be as it is documented. */
export function httpBench(changes: Partial<HttpDeps> = {}): HttpBench {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const { log, pino } = createLogger({ level: 'debug', destination });
  const store = new MemoryStore();
  const queue = new MemoryQueue();
  const forge = new FakeForge();
  const newProjects = new FakeNewProjects(forge);
  const pushMirrors = new FakePushMirrors();
  const listings = new FakeListings();
  const notices = new MemoryNotices();
  const closing = new AbortController();
  const hookTimers: HttpBench['hookTimers'] = [];
  const hints: ForgeHint[] = [];
  forge.addProject();
  forge.addToken(canaryToken, 'admin');
  const deps: HttpDeps = {
    store,
    queue,
    forge,
    notices,
    cache: { remove: async () => undefined },
    secrets: new PlainSecretBox(),
    ssh: new FakeSsh(),
    listUpstream: listings.list,
    newProjects,
    pushMirrors,
    ownToken: new Secret('own-token'),
    pushSyncs: new PushSyncs({ pushMirrors, log }),
    compilePattern,
    checkUpstream: ({ host }) => {
      if (host === '127.0.0.1') throw new HeadwaterError('url_blocked', { host });
    },
    log,
    requestLog: pino,
    manifest,
    version: '1.2.3',
    policy,
    newId: randomUUID,
    publicUrl: () => 'https://headwater.example',
    forgePublicUrl: 'https://forge.example',
    identity: new FakeIdentity(forge),
    cookieKeys: [new Secret('cookie-key-of-tests')],
    webhookSecrets: [new Secret(forgeHookSecret)],
    forgeNews: { hear: (hint) => void hints.push(hint) },
    hookPolicy: { delayMs: 2000, intervalMs: 15_000 },
    hookTimers: { set: (mirrorId, delayMs) => void hookTimers.push({ mirrorId, delayMs }) },
    rateCounters: null,
    requestsPerMinute: 0,
    refusedPerMinute: 0,
    auditKeepMs: 365 * 24 * 3_600_000,
    trustedProxies: ['127.0.0.0/8', '::1/128'],
    rightsCacheMs: 0,
    checkReuseMs: 0,
    closing: closing.signal,
    ...changes,
  };
  return {
    app: watchAnswers(createHttpApp(deps)),
    deps,
    store,
    queue,
    forge,
    listings,
    newProjects,
    pushMirrors,
    notices,
    closing,
    hookTimers,
    hints,
    log: () => lines.join(''),
  };
}

export const asAdmin = { Authorization: `token ${canaryToken}` };
