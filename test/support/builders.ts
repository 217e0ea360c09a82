import type { Mirror, SchedulePolicy } from '../../src/domain/mirror';
import type { MirrorSsh } from '../../src/domain/mirror-ssh';
import type { Run } from '../../src/domain/run';
import type { UpstreamHook } from '../../src/domain/upstream-hook';
import { newMirror } from '../../src/sync/new-mirror';

const newYear2026 = Date.UTC(2026, 0, 1);

/** A mirror that was just enrolled and never ran. */
export function buildMirror(changes: Partial<Mirror> = {}): Mirror {
  const url = 'https://upstream.example/group/project.git';
  const project = { id: 1, owner: 'owner', name: 'project' };
  return {
    ...newMirror({ newId: () => 'mirror-1' }, project, url, newYear2026),
    ownerId: 7,
    nextUpdateAt: newYear2026,
    ...changes,
  };
}

const hour = 3_600_000;

/** The schedule as it is without settings, but with every pass on the hour. */
export function buildPolicy(changes: Partial<SchedulePolicy> = {}): SchedulePolicy {
  return {
    passIntervalMs: hour,
    updateIntervalMs: 6 * hour,
    minIntervalMs: hour / 6,
    maxIntervalMs: 168 * hour,
    spreadMs: 0,
    maxRetries: 5,
    hostConcurrency: 2,
    slowConcurrency: 1,
    stuckAfterMs: 3 * hour,
    ...changes,
  };
}

/** A run that waits for a worker. */
export function buildRun(changes: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    mirrorId: 'mirror-1',
    cause: 'manual',
    status: 'queued',
    queuedAt: newYear2026,
    startedAt: null,
    finishedAt: null,
    error: null,
    counts: null,
    receivedBytes: 0,
    sentBytes: 0,
    ...changes,
  };
}

/** The SSH side of a mirror, with everything in it. */
export function buildMirrorSsh(): MirrorSsh {
  const at = newYear2026;
  return {
    keys: [{ type: 'rsa', publicKey: 'ssh-rsa AAAA ünï', sealedPrivateKey: 'v1.0.n.t', createdAt: at }],
    hostKeys: [{ type: 'ssh-rsa', key: 'AAAA', fingerprint: 'SHA256:x', confirmedAt: at, confirmedBy: null }],
    seenHostKeys: [{ type: 'ssh-ed25519', key: 'BBBB', fingerprint: 'SHA256:y' }],
  };
}

/** A webhook of the upstream that was just made. */
export function buildHook(changes: Partial<UpstreamHook> = {}): UpstreamHook {
  const secrets = [{ sealed: 'v1.0.n.t', createdAt: newYear2026 }];
  return { id: 'hook-1', secrets, lastDeliveryAt: null, dueAt: null, lastAskedAt: null, ...changes };
}
