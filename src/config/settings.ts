import { resolve } from 'node:path';
import {
  addressList,
  duration,
  httpUrl,
  listenAddress,
  oneOf,
  plainText,
  sealingKeys,
  secretList,
  secretText,
  serviceUrl,
  size,
  upstreamList,
  wholeNumber,
} from './setting-kinds';
import { optional, prefix, required, withDefault, type Setting } from './setting';

/** Every setting. Times become ms, sizes bytes. */
export const settings = {
  forgeUrl: required({ name: 'FORGE_URL', meaning: 'Address of the Gitea or Forgejo forge.', kind: httpUrl }),
  forgeToken: required({
    name: 'FORGE_TOKEN',
    meaning:
      "Access token of Headwater's own account in the forge (write:repository, read:user; write:issue to tell owners by issues).",
    kind: secretText,
    secret: true,
  }),
  forgePublicUrl: optional({
    name: 'FORGE_PUBLIC_URL',
    meaning: 'Address of the forge as browsers see it; by default HEADWATER_FORGE_URL.',
    kind: httpUrl,
  }),
  oauthClientId: optional({
    name: 'OAUTH_CLIENT_ID',
    meaning: 'OAuth2 application of the forge for signing in; unset: nobody signs in.',
    kind: plainText,
  }),
  oauthClientSecret: optional({
    name: 'OAUTH_CLIENT_SECRET',
    meaning: 'Secret of that application.',
    kind: secretText,
    secret: true,
  }),
  webhookSecrets: optional({
    name: 'WEBHOOK_SECRET',
    meaning: "Secret of the forge's webhook. Several, separated by commas: all are accepted, for changing it.",
    kind: secretList,
    secret: true,
  }),
  listen: withDefault({
    name: 'LISTEN',
    default: '127.0.0.1:8095',
    meaning: 'Address of the HTTP server; port 0 takes any free port.',
    kind: listenAddress,
  }),
  publicUrl: optional({
    name: 'PUBLIC_URL',
    meaning: 'Address under which clients reach Headwater; by default http:// and the listening address.',
    kind: httpUrl,
  }),
  dataDir: withDefault({
    name: 'DATA_DIR',
    default: './data',
    meaning: 'Folder for the database, the object caches, the private Redis and the sealing key.',
    kind: plainText.transform((text) => resolve(text)),
  }),
  databaseUrl: optional({
    name: 'DATABASE_URL',
    meaning: 'postgres://… ; unset: an SQLite database in the data folder.',
    kind: serviceUrl('postgres', 'postgresql'),
    secret: true,
  }),
  redisUrl: optional({
    name: 'REDIS_URL',
    meaning: 'redis://… or rediss://… ; unset: a private redis-server started by "headwater serve".',
    kind: serviceUrl('redis', 'rediss'),
    secret: true,
  }),
  secretKeys: optional({
    name: 'SECRET_KEY',
    meaning:
      'Key that seals stored passwords: 32 bytes in base64 or 64 hexadecimal digits. Several, separated by commas: the first seals, all open. Unset: made in the data folder.',
    kind: sealingKeys,
    secret: true,
  }),
  allowedUpstreams: withDefault({
    name: 'ALLOWED_UPSTREAMS',
    default: '',
    meaning: 'Upstreams that may be at private or loopback addresses: hosts, host:port, addresses, networks (CIDR).',
    kind: upstreamList,
  }),
  passIntervalMs: withDefault({
    name: 'PASS_INTERVAL',
    default: '1h',
    meaning:
      'How often a mirror has its pass, in which the clock takes it if it is due. Passes are spread evenly over this time.',
    kind: duration('1s', '24h'),
  }),
  updateIntervalMs: withDefault({
    name: 'UPDATE_INTERVAL',
    default: '6h',
    meaning: 'A mirror is updated by the clock at most once in this time.',
    kind: duration('1s', '365d'),
  }),
  minIntervalMs: withDefault({
    name: 'MIN_UPDATE_INTERVAL',
    default: '10m',
    meaning: 'The shortest interval that a mirror may be given, or gets when it adapts.',
    kind: duration('1s', '365d'),
  }),
  maxIntervalMs: withDefault({
    name: 'MAX_UPDATE_INTERVAL',
    default: '7d',
    meaning: 'The longest interval that a mirror may be given, or gets when it adapts.',
    kind: duration('1s', '365d'),
  }),
  backupsPerRef: withDefault({
    name: 'BACKUPS_PER_REF',
    default: '10',
    meaning: 'Of each branch and tag, so many overwritten values are kept.',
    kind: wholeNumber(1, 1000),
  }),
  backupAgeMs: withDefault({
    name: 'BACKUP_AGE',
    default: '90d',
    meaning: 'Overwritten values are kept no longer, but for the newest one of each branch and tag.',
    kind: duration('1s', '3650d'),
  }),
  reconcileMs: withDefault({
    name: 'RECONCILE_INTERVAL',
    default: '1h',
    meaning: 'How often every project is looked at in the forge: renamed, given to a new owner, archived or deleted.',
    kind: duration('1s', '7d'),
  }),
  maxRetries: withDefault({
    name: 'MAX_RETRIES',
    default: '5',
    meaning: 'A failed mirror is tried again this often before it is paused.',
    kind: wholeNumber(0, 100),
  }),
  stuckAfterMs: withDefault({
    name: 'STUCK_AFTER',
    default: '3h',
    meaning: 'No run lasts longer, and a dead worker is noticed at the latest after this.',
    kind: duration('1s', '7d'),
  }),
  leaseMs: withDefault({
    name: 'LEASE',
    default: '60s',
    meaning: "A worker's claim on a mirror ends after this unless it is renewed.",
    kind: duration('500ms', '10m'),
  }),
  hookDelayMs: withDefault({
    name: 'HOOK_DELAY',
    default: '2s',
    meaning: "Deliveries of an upstream's webhook within this time are one.",
    kind: duration('0s', '10m'),
  }),
  hookIntervalMs: withDefault({
    name: 'HOOK_INTERVAL',
    default: '15s',
    meaning: "An upstream's webhook asks for at most one update in this time.",
    kind: duration('0s', '24h'),
  }),
  concurrency: withDefault({
    name: 'CONCURRENCY',
    default: '4',
    meaning: 'How many mirrors one worker updates at a time.',
    kind: wholeNumber(1, 64),
  }),
  hostConcurrency: withDefault({
    name: 'HOST_CONCURRENCY',
    default: '2',
    meaning: 'How many mirrors of one upstream host are updated at a time, by all workers together.',
    kind: wholeNumber(1, 1000),
  }),
  fetchTimeoutMs: withDefault({
    name: 'FETCH_TIMEOUT',
    default: '2h',
    meaning: 'No fetch lasts longer.',
    kind: duration('1s', '7d'),
  }),
  fetchIdleTimeoutMs: withDefault({
    name: 'FETCH_IDLE_TIMEOUT',
    default: '60s',
    meaning: 'An upstream that sends nothing for this long has stalled.',
    kind: duration('100ms', '1h'),
  }),
  fetchMaxBytes: withDefault({
    name: 'FETCH_MAX_BYTES',
    default: '20GiB',
    meaning: 'No fetch receives more.',
    kind: size('1KiB', '1024TiB'),
  }),
  listingMaxBytes: withDefault({
    name: 'LISTING_MAX_BYTES',
    default: '64MiB',
    meaning: "No list of an upstream's refs is longer.",
    kind: size('1KiB', '1GiB'),
  }),
  fetchMemoryBytes: withDefault({
    name: 'FETCH_MEMORY',
    default: '2GiB',
    meaning: 'Memory that the fetch process may use.',
    kind: size('64MiB', '1TiB'),
  }),
  pushPortion: withDefault({
    name: 'PUSH_PORTION',
    default: '200',
    meaning: 'How many refs one push carries.',
    kind: wholeNumber(1, 10_000),
  }),
  pushIdleTimeoutMs: withDefault({
    name: 'PUSH_IDLE_TIMEOUT',
    default: '10m',
    meaning: 'A push in which nothing moves for this long is given up; the hooks of the forge run in this time.',
    kind: duration('100ms', '24h'),
  }),
  shutdownGraceMs: withDefault({
    name: 'SHUTDOWN_GRACE',
    default: '30s',
    meaning: 'How long a stopping worker waits for its runs before it gives them back.',
    kind: duration('0s', '1h'),
  }),
  logLevel: withDefault({
    name: 'LOG_LEVEL',
    default: 'info',
    meaning: 'debug, info, warn, error or silent.',
    kind: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  }),
  requestsPerMinute: withDefault({
    name: 'RATE_LIMIT',
    default: '1200',
    meaning: 'Requests a minute of one token, session or, without either, address; 0: no limit.',
    kind: wholeNumber(0, 1_000_000),
  }),
  refusedPerMinute: withDefault({
    name: 'RATE_LIMIT_REFUSED',
    default: '120',
    meaning: 'Requests a minute of one address with a wrong token, session or signature; 0: no limit.',
    kind: wholeNumber(0, 1_000_000),
  }),
  manualRunsPerMinute: withDefault({
    name: 'RATE_LIMIT_RUNS',
    default: '10',
    meaning: 'How many updates of one mirror people may start a minute; 0: no limit.',
    kind: wholeNumber(0, 1_000_000),
  }),
  manualIntervalMs: withDefault({
    name: 'RATE_LIMIT_INTERVAL',
    default: '5m',
    meaning:
      'Once as many such updates in a row as HEADWATER_RATE_LIMIT_RUNS brought nothing, people may start one in this time; 0s: no limit.',
    kind: duration('0s', '24h'),
  }),
  auditKeepMs: withDefault({
    name: 'AUDIT_KEEP',
    default: '365d',
    meaning: 'How long the audit log keeps its entries.',
    kind: duration('1d', '3650d'),
  }),
  trustedProxies: withDefault({
    name: 'TRUSTED_PROXIES',
    default: '127.0.0.0/8,::1/128',
    meaning: 'Proxies in front of this server, as addresses and networks (CIDR): their X-Forwarded-For is believed.',
    kind: addressList,
  }),
  rightsCacheMs: withDefault({
    name: 'RIGHTS_CACHE',
    default: '60s',
    meaning: "How long a caller's rights are remembered before the forge is asked again.",
    kind: duration('0s', '60s'),
  }),
} as const;

export const configFileVariable = `${prefix}CONFIG_FILE`;

/** Not a setting: what the commands that administer the forge may find in the environment. */
export const adminTokenVariable = `${prefix}ADMIN_TOKEN`;

export const settingList: readonly Setting<unknown>[] = Object.values(settings);

/** Where a secret setting may be read from instead. */
export function fileVariable(setting: Pick<Setting<unknown>, 'name'>): string {
  return `${setting.name}_FILE`;
}
