import { defaultOptions, type MirrorOptions } from './mirror-options';
import { redactUrls } from './redact';
import type { Mirror } from './mirror';
import type { Run } from './run';

/** How a change came in: an access token, a session in a browser, the command line, a webhook, or Headwater by itself. */
export type AuditVia = 'token' | 'session' | 'cli' | 'webhook' | 'clock';

export type AuditAction =
  | 'mirror.created'
  | 'mirror.changed'
  | 'mirror.deleted'
  | 'mirror.paused'
  | 'mirror.resumed'
  | 'secret.replaced'
  | 'secret.removed'
  | 'host_key.accepted'
  | 'run.requested'
  | 'plan.requested'
  | 'plan.accepted'
  | 'run.undone'
  | 'policy.changed'
  | 'push_mirror.created'
  | 'push_mirror.deleted'
  | 'session.began'
  | 'session.ended';

/** Who does something, and from where. */
export interface Actor {
  /** Account in the forge; null: unknown, or nobody. */
  readonly who: string | null;
  readonly via: AuditVia;
  /** Address of the client; null where there is none. */
  readonly from: string | null;
}

/** Values that may be told to everybody who may see the entry: never a secret. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** One change, as it is kept. */
export interface AuditEntry extends Actor {
  readonly id: string;
  /** Epoch ms by the database's clock. */
  readonly at: number;
  readonly action: AuditAction;
  /** The forge's id of the project; null when no project is concerned. */
  readonly repoId: number | null;
  /** Owner and name at that time. */
  readonly project: string | null;
  readonly details: AuditDetails;
}

export type AuditChange = Pick<AuditEntry, 'action' | 'details'>;

/**
 * What each part of a mirror is to an auditor. `setting`: old and new value are told. `secret`: only that it was replaced.
 * `own`: has an action of its own. `state`: what runs do, which the history of runs tells.
 */
const kinds: Readonly<Record<keyof Mirror, 'setting' | 'secret' | 'own' | 'state'>> = {
  id: 'state',
  repoId: 'state',
  fullName: 'state',
  ownerId: 'state',
  projectSeenAt: 'state',
  visibility: 'state',
  maintainer: 'own',
  url: 'setting',
  authUser: 'setting',
  sealedPassword: 'secret',
  tokenExpiresAt: 'state',
  ssh: 'own',
  enabled: 'setting',
  options: 'own',
  status: 'state',
  failures: 'state',
  pause: 'own',
  lastError: 'state',
  lastStartedAt: 'state',
  lastFinishedAt: 'state',
  lastSuccessAt: 'state',
  nextUpdateAt: 'state',
  lastCounts: 'state',
  upstreamDefaultBranch: 'state',
  deliveredDigest: 'state',
  defaultBranchSet: 'state',
  held: 'own',
  proof: 'state',
  activeRunId: 'state',
  askedAgainAt: 'state',
  lease: 'state',
  fence: 'state',
  hook: 'own',
  notify: 'own',
  activity: 'state',
  pullRequests: 'state',
  revision: 'state',
  createdAt: 'state',
};

/** What happened between two states of a mirror, for whoever looks into it later. Pure. */
export function changesOf(before: Mirror, after: Mirror): AuditChange[] {
  return [
    ...settingChanges(before, after),
    ...secretChanges(before, after),
    ...sshChanges(before, after),
    ...hookChanges(before, after),
    ...notifyChanges(before, after),
    ...maintainerChanges(before, after),
    ...pauseChanges(before, after),
    ...(after.held?.accepted === true && before.held?.accepted !== true
      ? [{ action: 'plan.accepted', details: { plan_id: after.held.id, refs: after.held.total } } as const]
      : []),
  ];
}

export function creationOf(mirror: Mirror): AuditChange {
  return { action: 'mirror.created', details: { url: mirror.url } };
}

export function deletionOf(mirror: Mirror): AuditChange {
  return { action: 'mirror.deleted', details: { url: mirror.url } };
}

/** Runs that somebody asked for; those of the clock, and those that follow from a change, are told by their history. */
export function requestOf(run: Run): AuditChange | null {
  if (run.cause === 'manual') return { action: 'run.requested', details: { run_id: run.id } };
  if (run.cause === 'plan') return { action: 'plan.requested', details: { run_id: run.id } };
  if (run.cause === 'undo') return { action: 'run.undone', details: { run_id: run.id } };
  return null;
}

function settingChanges(before: Mirror, after: Mirror): AuditChange[] {
  const details: Record<string, string | number | boolean | null> = {};
  const tell = (name: string, from: unknown, to: unknown): void => {
    if (JSON.stringify(from) === JSON.stringify(to)) return;
    details[`${snakeName(name)}_before`] = plainValue(from);
    details[snakeName(name)] = plainValue(to);
  };
  for (const name of namesOf('setting')) tell(name, before[name], after[name]);
  for (const name of Object.keys({ ...defaultOptions, ...after.options }) as (keyof MirrorOptions)[])
    tell(name, before.options[name], after.options[name]);
  return Object.keys(details).length === 0 ? [] : [{ action: 'mirror.changed', details }];
}

function secretChanges(before: Mirror, after: Mirror): AuditChange[] {
  return namesOf('secret')
    .filter((name) => before[name] !== after[name])
    .map((name) => ({
      action: after[name] === null ? 'secret.removed' : 'secret.replaced',
      details: { secret: snakeName(name.replace(/^sealed/, '')) },
    }));
}

function sshChanges(before: Mirror, after: Mirror): AuditChange[] {
  const known = new Set(before.ssh?.keys.map((key) => key.publicKey));
  const trusted = new Set(before.ssh?.hostKeys.map((key) => key.key));
  return [
    ...(after.ssh?.keys ?? [])
      .filter((key) => !known.has(key.publicKey))
      .map((key): AuditChange => ({ action: 'secret.replaced', details: { secret: 'ssh_key', type: key.type } })),
    ...(after.ssh?.hostKeys ?? [])
      .filter((key) => !trusted.has(key.key))
      .map((key): AuditChange => ({ action: 'host_key.accepted', details: { fingerprint: key.fingerprint } })),
  ];
}

function hookChanges(before: Mirror, after: Mirror): AuditChange[] {
  if (before.hook !== null && after.hook === null)
    return [{ action: 'secret.removed', details: { secret: 'upstream_hook' } }];
  const known = new Set(before.hook?.secrets.map((secret) => secret.sealed));
  return (after.hook?.secrets ?? [])
    .filter((secret) => !known.has(secret.sealed))
    .map(() => ({ action: 'secret.replaced', details: { secret: 'upstream_hook' } }));
}

function notifyChanges({ notify: before }: Mirror, { notify: after }: Mirror): AuditChange[] {
  const known = new Set(before.secrets.map((secret) => secret.sealed));
  const isTold = before.url !== after.url || before.issue !== after.issue;
  // What stands behind the path may be a key.
  const place = (url: string | null) => url?.split('?')[0] ?? null;
  const details = {
    notify_url_before: place(before.url),
    notify_url: place(after.url),
    notify_issue: after.issue,
  };
  return [
    ...(isTold ? [{ action: 'mirror.changed', details } as const] : []),
    ...after.secrets
      .filter((secret) => !known.has(secret.sealed))
      .map((): AuditChange => ({ action: 'secret.replaced', details: { secret: 'notify' } })),
  ];
}

function maintainerChanges({ maintainer: before }: Mirror, { maintainer: after }: Mirror): AuditChange[] {
  if (before?.id === after?.id) return [];
  const details = { maintainer_before: before?.login ?? null, maintainer: after?.login ?? null };
  return [{ action: 'mirror.changed', details }];
}

function pauseChanges(before: Mirror, after: Mirror): AuditChange[] {
  if (before.pause?.reason === after.pause?.reason) return [];
  if (after.pause !== null) return [{ action: 'mirror.paused', details: { reason: after.pause.reason } }];
  return [{ action: 'mirror.resumed', details: { reason: before.pause?.reason ?? null } }];
}

function namesOf(kind: 'setting' | 'secret'): (keyof Mirror)[] {
  return (Object.keys(kinds) as (keyof Mirror)[]).filter((name) => kinds[name] === kind);
}

/** A field's name as the API has it. */
export function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, '');
}

/** A value that may be told. */
export function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return redactUrls(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return redactUrls(JSON.stringify(value));
}
