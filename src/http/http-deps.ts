import type { Options } from 'pino-http';
import type { HookPolicy } from '../domain/upstream-hook';
import type { EnrolProjectDeps } from '../sync/enrol-project';
import type { ForgeNews } from '../sync/forge-news';
import type { HookTimers } from '../sync/hook-timers';
import type { PushSyncs } from '../sync/push-syncs';
import type { RemoveDeps } from '../sync/remove-mirror';
import type { Secret } from '../domain/credentials';
import type { PluginManifest } from '../domain/plugin-manifest';
import type { Forge } from '../ports/forge';
import type { Identity } from '../ports/identity';
import type { Logger } from '../ports/logger';
import type { NewProjects } from '../ports/new-projects';
import type { Notices } from '../ports/notices';
import type { RateCounters } from '../ports/rate-counters';
import type { PushMirrors } from '../ports/push-mirrors';
import type { RunQueue } from '../ports/run-queue';
import type { Ssh } from '../ports/ssh';
import type { Store } from '../ports/store';
import type { Upstream } from '../ports/upstream';

/** What health and every answer need. */
export interface HealthDeps {
  readonly store: Pick<Store, 'ping'>;
  readonly queue: Pick<RunQueue, 'ping'>;
  readonly notices: Pick<Notices, 'ping'>;
  readonly forge: Pick<Forge, 'account'>;
  readonly log: Logger;
  /** The pino instance that the request log writes to. */
  readonly requestLog: NonNullable<Options['logger']>;
  readonly version: string;
  /** Each check of /readyz is given up after this (ms); 3 s by default. */
  readonly checkLimitMs?: number;
  /** An answer of /readyz is used again for this long (ms), since anybody may ask; 1 s by default. */
  readonly checkReuseMs?: number;
}

export interface HttpDeps
  extends HealthDeps, Omit<EnrolProjectDeps, 'forge' | 'queue' | 'notices' | 'ssh'>, RemoveDeps {
  readonly store: Store;
  readonly ssh: Ssh;
  readonly queue: Pick<RunQueue, 'ping' | 'ensure'>;
  readonly forge: Pick<
    Forge,
    | 'account'
    | 'look'
    | 'project'
    | 'projectByPath'
    | 'caller'
    | 'hasAdminScope'
    | 'callerRights'
    | 'listRefs'
    | 'moveRefs'
  >;
  readonly newProjects: NewProjects;
  readonly pushMirrors: PushMirrors;
  /** Of Headwater's account, for what people in the panel may do and their session's token may not. */
  readonly ownToken: Secret;
  readonly pushSyncs: Pick<PushSyncs, 'sync'>;
  /** Lists an upstream's refs while somebody waits. */
  readonly listUpstream: Upstream['list'];
  readonly notices: Pick<Notices, 'ping' | 'publish' | 'subscribe'>;
  readonly forgeNews: Pick<ForgeNews, 'hear'>;
  readonly hookPolicy: HookPolicy;
  readonly hookTimers: Pick<HookTimers, 'set'>;
  /** Any of them signs what the forge sends; none: nothing is believed. */
  readonly webhookSecrets: readonly Secret[];
  /** What plugin-manifest.json says. */
  readonly manifest: PluginManifest;
  /** Where clients reach this server, without a slash at the end; known once it listens. */
  readonly publicUrl: () => string;
  /** The forge as browsers see it, without a slash at the end. */
  readonly forgePublicUrl: string;
  /** Signing in through the forge; null: not set up. */
  readonly identity: Identity | null;
  /** Sign the cookies of sessions: the first signs, all are taken. */
  readonly cookieKeys: readonly Secret[];
  /** Shared by all web processes; null: each counts by itself. */
  readonly rateCounters: RateCounters | null;
  /** Requests a minute of one token, session or address; 0: no limit. */
  readonly requestsPerMinute: number;
  /** Refused requests a minute of one address; 0: no limit. */
  readonly refusedPerMinute: number;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** How long (ms) the audit log keeps its entries. */
  readonly auditKeepMs: number;
  /** How long (ms) a caller's rights are remembered; at most a minute. */
  readonly rightsCacheMs: number;
  /** Aborted when the server shuts down: event streams end. */
  readonly closing: AbortSignal;
  /** Between two comments of a silent event stream (ms); 15 s by default. */
  readonly heartbeatMs?: number;
}
