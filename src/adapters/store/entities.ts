import { AuditEntity } from './audit-table';
import { BackupEntity } from './backup-table';
import { OutboxEntity } from './outbox-table';
import { PolicyEntity } from './policy-table';
import { SessionEntity } from './session-table';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { budgetHost, isSlow } from '../../domain/host-budget';
import type { Oid, RefName } from '../../domain/git-ref';
import type { Mirror } from '../../domain/mirror';
import { defaultOptions, type MirrorOptions } from '../../domain/mirror-options';
import type { PullRequestNote } from '../../domain/pull-request';
import { noNotify, type MirrorNotify } from '../../domain/mirror-notify';
import type { DeliveredRef } from '../../domain/ref-plan';
import type { RefOutcome, Run } from '../../domain/run';

/** A row of run_outcomes; `position` keeps the order in which the run reported. */
export interface OutcomeRow extends RefOutcome {
  readonly runId: string;
  readonly position: number;
}

/** A row of delivered_refs. */
export interface DeliveredRow extends DeliveredRef {
  readonly mirrorId: string;
  readonly ref: RefName;
}

// PostgreSQL hands a bigint over as text, since it may exceed what a number holds; times, counts and ids do not.
const wholeNumber = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

// Options that a mirror was saved without have their default.
const withDefaults = {
  to: (value: MirrorOptions) => value,
  from: (value: Partial<MirrorOptions> | null): MirrorOptions => ({ ...defaultOptions, ...value }),
};

// A mirror that was saved before there was such a list has none in it.
const orEmpty = {
  to: (value: readonly PullRequestNote[]) => value,
  from: (value: readonly PullRequestNote[] | null) => value ?? [],
};
/** A row of mirrors: what queries go by is kept beside the value that it is part of. */
export interface MirrorRow extends Mirror {
  readonly hookId: string | null;
  readonly hookDueAt: number | null;
  readonly maintainerId: number | null;
  readonly upstreamHost: string;
  readonly slow: boolean;
}

/** A row of hook_deliveries. */
export interface HookDeliveryRow {
  readonly mirrorId: string;
  readonly digest: string;
  readonly at: number;
}

export function mirrorRow(mirror: Mirror): MirrorRow {
  return {
    ...mirror,
    hookId: mirror.hook?.id ?? null,
    hookDueAt: mirror.hook?.dueAt ?? null,
    maintainerId: mirror.maintainer?.id ?? null,
    upstreamHost: budgetHost(mirror.url),
    slow: isSlow(mirror),
  };
}

// A mirror that was saved before there were notices tells nobody.
const orNobody = {
  to: (value: MirrorNotify) => value,
  from: (value: Partial<MirrorNotify> | null): MirrorNotify => ({ ...noNotify, ...value }),
};

type Options = Omit<EntitySchemaColumnOptions, 'type' | 'name'>;
const orNull = { nullable: true };
const id = (name: string, options: Options = {}) => ({ name, type: 'varchar', length: 36, ...options }) as const;
const word = (name: string, options: Options = {}) => ({ name, type: 'varchar', length: 40, ...options }) as const;
const text = (name: string, options: Options = {}) => ({ name, type: 'text', ...options }) as const;
const json = (name: string, options: Options = {}) => ({ name, type: 'simple-json', ...options }) as const;
const flag = (name: string) => ({ name, type: 'boolean' }) as const;
const whole = (name: string, options: Options = {}) =>
  ({ name, type: 'bigint', transformer: wholeNumber, ...options }) as const;

export const MirrorEntity = new EntitySchema<MirrorRow>({
  name: 'mirror',
  tableName: 'mirrors',
  columns: {
    id: id('id', { primary: true }),
    repoId: whole('repo_id'),
    fullName: text('full_name'),
    ownerId: whole('owner_id', orNull),
    projectSeenAt: whole('project_seen_at', orNull),
    visibility: json('visibility', orNull),
    maintainer: json('maintainer', orNull),
    maintainerId: whole('maintainer_id', { ...orNull, select: false }),
    url: text('url'),
    authUser: text('auth_user', orNull),
    sealedPassword: text('sealed_password', orNull),
    tokenExpiresAt: whole('token_expires_at', orNull),
    ssh: json('ssh', orNull),
    hook: json('hook', orNull),
    notify: json('notify', { ...orNull, transformer: orNobody }),
    hookId: { ...word('hook_id', orNull), length: 64, select: false },
    upstreamHost: { ...text('upstream_host', orNull), type: 'varchar', length: 300, select: false },
    slow: { ...flag('slow'), nullable: true, select: false },
    hookDueAt: whole('hook_due_at', { ...orNull, select: false }),
    enabled: flag('enabled'),
    options: json('options', { ...orNull, transformer: withDefaults }),
    status: word('status'),
    failures: whole('failures'),
    pause: json('pause', orNull),
    lastError: json('last_error', orNull),
    lastStartedAt: whole('last_started_at', orNull),
    lastFinishedAt: whole('last_finished_at', orNull),
    lastSuccessAt: whole('last_success_at', orNull),
    nextUpdateAt: whole('next_update_at', orNull),
    lastCounts: json('last_counts', orNull),
    upstreamDefaultBranch: text('upstream_default_branch', orNull),
    deliveredDigest: text('delivered_digest', orNull),
    defaultBranchSet: text('default_branch_set', orNull),
    held: json('held', orNull),
    activity: json('upstream_activity', orNull),
    proof: json('proof', orNull),
    pullRequests: json('pull_requests', { ...orNull, transformer: orEmpty }),
    activeRunId: id('active_run_id', orNull),
    askedAgainAt: whole('asked_again_at', orNull),
    lease: json('lease', orNull),
    fence: whole('fence'),
    revision: whole('revision'),
    createdAt: whole('created_at'),
  },
  uniques: [{ name: 'uq_mirrors_repo_id', columns: ['repoId'] }],
  indices: [
    { name: 'ix_mirrors_project_seen_at', columns: ['projectSeenAt'] },
    { name: 'ix_mirrors_owner_id', columns: ['ownerId'] },
    { name: 'ix_mirrors_maintainer_id', columns: ['maintainerId'] },
    { name: 'ix_mirrors_next_update_at', columns: ['nextUpdateAt'] },
    { name: 'ux_mirrors_hook_id', columns: ['hookId'], unique: true },
    { name: 'ix_mirrors_hook_due_at', columns: ['hookDueAt'] },
    { name: 'ix_mirrors_asked_again_at', columns: ['askedAgainAt'] },
    { name: 'ix_mirrors_upstream_host', columns: ['upstreamHost', 'status'] },
  ],
});

/** A row of upstream_hosts. */
interface HostRow {
  readonly host: string;
  readonly blockedUntil: number | null;
}

export const HostEntity = new EntitySchema<HostRow>({
  name: 'upstream_host',
  tableName: 'upstream_hosts',
  columns: {
    host: { name: 'host', type: 'varchar', length: 300, primary: true },
    blockedUntil: whole('blocked_until', orNull),
  },
});

export const RunEntity = new EntitySchema<Run>({
  name: 'run',
  tableName: 'runs',
  columns: {
    id: id('id', { primary: true }),
    mirrorId: id('mirror_id'),
    cause: word('cause'),
    status: word('status'),
    queuedAt: whole('queued_at'),
    startedAt: whole('started_at', orNull),
    finishedAt: whole('finished_at', orNull),
    error: json('error', orNull),
    counts: json('counts', orNull),
    receivedBytes: whole('received_bytes'),
    sentBytes: whole('sent_bytes'),
  },
  indices: [{ name: 'ix_runs_mirror_id_queued_at', columns: ['mirrorId', 'queuedAt'] }],
  foreignKeys: [
    {
      name: 'fk_runs_mirror_id',
      target: 'mirror',
      columnNames: ['mirrorId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

export const OutcomeEntity = new EntitySchema<OutcomeRow>({
  name: 'run_outcome',
  tableName: 'run_outcomes',
  columns: {
    runId: id('run_id', { primary: true }),
    position: { name: 'position', type: 'integer', primary: true },
    ref: text('ref'),
    oldOid: word('old_oid', orNull),
    newOid: word('new_oid', orNull),
    action: word('action'),
    reason: json('reason', orNull),
  },
  foreignKeys: [
    {
      name: 'fk_run_outcomes_run_id',
      target: 'run',
      columnNames: ['runId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

export const DeliveredEntity = new EntitySchema<DeliveredRow>({
  name: 'delivered_ref',
  tableName: 'delivered_refs',
  columns: {
    mirrorId: id('mirror_id', { primary: true }),
    ref: text('ref', { primary: true }),
    oid: word('oid', orNull),
    intended: word('intended', orNull),
    created: flag('created'),
    gone: { ...flag('gone'), nullable: true },
  },
  foreignKeys: [
    {
      name: 'fk_delivered_refs_mirror_id',
      target: 'mirror',
      columnNames: ['mirrorId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

export const HookDeliveryEntity = new EntitySchema<HookDeliveryRow>({
  name: 'hook_delivery',
  tableName: 'hook_deliveries',
  columns: {
    mirrorId: id('mirror_id', { primary: true }),
    digest: { ...word('digest', { primary: true }), length: 64 },
    at: whole('at'),
  },
  foreignKeys: [
    {
      name: 'fk_hook_deliveries_mirror_id',
      target: 'mirror',
      columnNames: ['mirrorId'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

export const entities = [
  MirrorEntity,
  RunEntity,
  OutcomeEntity,
  DeliveredEntity,
  SessionEntity,
  HookDeliveryEntity,
  AuditEntity,
  BackupEntity,
  HostEntity,
  OutboxEntity,
  PolicyEntity,
];

/** A raw row of delivered_refs: 50,000 of them are read without an object mapper's detours. */
export interface RawDeliveredRow {
  readonly ref: RefName;
  readonly oid: Oid | null;
  readonly intended: Oid | null;
  readonly created: boolean | number;
  readonly gone: boolean | number | null;
}
