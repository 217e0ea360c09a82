import { isOutage } from '../../../domain/forge-outage';
import { shortName } from '../../../domain/git-ref';
import type { Pause } from '../../../domain/pause';
import type { RefOutcome } from '../../../domain/run';
import { showRemoteText } from '../../../domain/redact';
import { tokenWarning } from '../../../domain/token-expiry';
import { advice as advices, failures } from '../../../panel/texts/failures';
import { guards } from '../../../panel/texts/guards';
import { say, type Rich } from '../../../panel/texts/rich';
import { badges, states, type Badge } from '../../../panel/texts/states';
import { explainFailure, explainRefusal, type Cure, type FailureContext } from './failure';
import { explainHeld } from './held';
import { otherSideOf, type PullInput } from './pull-input';

/** What the one primary button is to do; null: no button is primary. */
export type MainAction =
  Cure | 'stop' | 'resume' | 'confirm' | 'keyAdded' | 'acceptHostKey' | 'confirmHostKeys' | 'showThem';

export interface PullState {
  readonly kind: 'idle' | 'running' | 'waiting' | 'paused' | 'off' | 'needsKey' | 'hostKey' | 'held';
  readonly badge: Badge;
  readonly why: Rich;
  readonly advice: Rich | null;
  /** What happens by itself. */
  readonly next: Rich | null;
  readonly main: MainAction | null;
  /** Of something that will fail soon; the badge stays. */
  readonly warning?: Rich;
}

/** A mirror's state in the words of a maintainer. The first rule that fits decides. */
export function pullState(input: PullInput): PullState {
  return withTokenWarning(input, running(input) ?? waitingForPerson(input) ?? resting(input));
}

const dayMs = 86_400_000;

/** Before the stored token ends, and after it; a failure says it itself. */
function withTokenWarning({ mirror, now }: PullInput, state: PullState): PullState {
  const { tokenExpiresAt, lastError } = mirror;
  if (lastError !== null || tokenExpiresAt === null || tokenWarning(mirror, now) === null) return state;
  const { host } = otherSideOf(mirror.url);
  const warning =
    tokenExpiresAt > now
      ? say`${failures.tokenSoon(host, Math.floor((tokenExpiresAt - now) / dayMs))} ${advices.newTokenBefore}`
      : say`${failures.tokenExpired(host, new Date(tokenExpiresAt).toISOString().slice(0, 10))} ${advices.newToken}`;
  const cure = state.kind === 'idle' && (state.main === null || state.main === 'update') ? 'password' : state.main;
  return { ...state, warning, main: cure };
}

function running({ mirror, activeRun, progress }: PullInput): PullState | null {
  if (activeRun === null || activeRun.cause === 'plan') return null;
  const first = mirror.lastSuccessAt === null;
  if (mirror.status !== 'started') {
    const why = first ? states.firstSoon : states.nextSoon;
    return { kind: 'waiting', badge: badges.waiting, why, advice: null, next: null, main: null };
  }
  return {
    kind: 'running',
    badge: first ? badges.importing : badges.updating,
    why: progress === null ? say`` : say`${progress.line}`,
    advice: first ? states.leave.importing : states.leave.updating,
    next: null,
    main: 'stop',
  };
}

function waitingForPerson(input: PullInput): PullState | null {
  const { mirror } = input;
  const { host, name } = otherSideOf(mirror.url);
  const state = (kind: PullState['kind'], badge: Badge, why: Rich, advice: Rich | null, main: MainAction | null) => ({
    kind,
    badge,
    why,
    advice,
    next: null,
    main,
  });
  if (mirror.pause !== null && isAdministrative(mirror.pause)) return pausedByPerson(input, mirror.pause);
  if (mirror.lastError?.code === 'upstream_host_key_changed')
    return state('hostKey', badges.needsYou, states.hostKeyChanged(host), states.hostKeyChangedAdvice, 'acceptHostKey');
  if (mirror.ssh !== null && mirror.ssh.hostKeys.length === 0)
    return state(
      'hostKey',
      badges.needsYou,
      states.hostKeysOpen(host),
      states.hostKeysOpenAdvice(host),
      'confirmHostKeys',
    );
  if (mirror.ssh !== null && !mirror.enabled && mirror.lastStartedAt === null)
    return state('needsKey', badges.needsKey, states.needsKey(host), null, 'keyAdded');
  if (!mirror.enabled) return state('off', badges.paused, states.off, states.offAdvice, 'resume');
  if (mirror.pause !== null) return pausedByFailures(input);
  if (mirror.held !== null) return state('held', badges.needsYou, explainHeld(mirror.held, name), guards.advice, null);
  return null;
}

function isAdministrative({ reason }: Pause): boolean {
  return reason === 'person' || reason === 'owner_changed' || reason === 'right_revoked' || reason === 'archived';
}

function pausedByPerson({ mirror }: PullInput, pause: Pause): PullState {
  const paused = { kind: 'paused', badge: badges.paused, next: null } as const;
  const owner = mirror.fullName.split('/')[0] ?? '';
  if (pause.reason === 'archived')
    return { ...paused, why: states.archived, advice: states.archivedAdvice, main: null };
  if (pause.reason === 'owner_changed')
    return { ...paused, why: states.newOwner, advice: states.newOwnerAdvice(owner), main: 'confirm' };
  if (pause.reason === 'right_revoked')
    return {
      ...paused,
      why: states.rightRevoked(mirror.maintainer?.login ?? null),
      advice: states.rightRevokedAdvice,
      main: 'confirm',
    };
  return { ...paused, why: states.pausedBy(pause.by, pause.at), advice: null, main: 'resume' };
}

function pausedByFailures(input: PullInput): PullState {
  const { mirror } = input;
  const failure = mirror.lastError === null ? null : explainFailure(mirror.lastError, failureContext(input));
  const untouched = mirror.lastSuccessAt === null ? null : states.untouched(mirror.lastSuccessAt);
  return {
    kind: 'paused',
    badge: badges.pausedByFailures,
    why: failure === null ? states.off : states.pausedByFailures(mirror.failures, failure.why),
    advice:
      failure?.advice == null || failure.advice === advices.nothing
        ? states.updateToGoOn
        : states.countStartsOver(failure.advice),
    next: untouched,
    main: failure === null || failure.cure === 'none' ? 'update' : failure.cure,
  };
}

function resting(input: PullInput): PullState {
  const { mirror, policy } = input;
  const idle = { kind: 'idle', next: null } as const;
  if (mirror.lastError !== null) {
    const failure = explainFailure(mirror.lastError, failureContext(input));
    const most = policy.maxRetries + 1;
    const next =
      // One that waits as long as it was asked to has said so, and so has one that waits for the forge.
      mirror.nextUpdateAt === null || failure.cure === 'none' || isOutage(mirror.lastError.code)
        ? null
        : mirror.failures === 0
          ? states.willTryAgain(mirror.nextUpdateAt)
          : mirror.failures >= most - 1
            ? states.willTryLast(mirror.nextUpdateAt)
            : states.willTry(mirror.nextUpdateAt, mirror.failures, most);
    return { ...idle, badge: badges.failed, ...failure, next, main: failure.cure };
  }
  // Something was put back, so what the last run proved no longer holds.
  if (mirror.proof === null && mirror.lastSuccessAt !== null)
    return { ...idle, badge: badges.waiting, why: states.putBack, advice: states.putBackAdvice, main: 'update' };
  if (mirror.proof === null)
    return { ...idle, kind: 'waiting', badge: badges.waiting, why: states.firstSoon, advice: null, main: 'update' };
  if (mirror.proof.behind > 0) return leftBehind(input);
  if (mirror.proof.divergedTotal > 0) {
    const named = mirror.proof.diverged.slice(0, 3).map((ref) => showRemoteText(shortName(ref)));
    const why = states.differs(named, mirror.proof.divergedTotal);
    return { ...idle, badge: badges.differs, why, advice: states.differsAdvice, main: 'showThem' };
  }
  return { ...idle, badge: badges.fine, why: sameOnBothSides(input), advice: null, main: 'update' };
}

function leftBehind(input: PullInput): PullState {
  const idle = { kind: 'idle', next: null } as const;
  const { host } = otherSideOf(input.mirror.url);
  const behind = input.mirror.proof?.behind ?? 0;
  const missing = input.leftBehind.filter((outcome) => outcome.reason?.code === 'lfs_object_missing');
  const refused = input.leftBehind.find((outcome) => isRefusal(outcome));
  if (refused !== undefined && refused.reason !== null) {
    const failure = explainRefusal(refused.reason, refused.ref, failureContext(input));
    return { ...idle, badge: badges.failed, ...failure, main: failure.cure };
  }
  if (missing.length > 0) {
    const files = new Set(missing.map((outcome) => outcome.reason?.message)).size;
    const why = states.filesMissing(files, host, new Set(missing.map(({ ref }) => ref)).size);
    return { ...idle, badge: badges.filesMissing, why, advice: states.filesMissingAdvice, main: 'update' };
  }
  return { ...idle, badge: badges.waiting, why: states.behind(behind), advice: null, main: 'update' };
}

const refusals = [
  'branch_protected',
  'tag_protected',
  'branch_rule_refuses',
  'branch_rule_refuses_force',
  'hook_declined',
];
const otherRefusals = ['ref_refused', 'ref_conflict', 'ref_name_invalid', 'default_branch_kept', 'backup_failed'];

/** Refused here for a reason that the next run does not mend. */
function isRefusal({ action, reason }: RefOutcome): boolean {
  return action === 'rejected' && reason !== null && [...refusals, ...otherRefusals].includes(reason.code);
}

function sameOnBothSides({ mirror }: PullInput): Rich {
  const same = mirror.proof?.same ?? null;
  if (same !== null) return states.same(same.branches, same.tags);
  const counts = mirror.lastCounts;
  if (counts === null) return states.sameRefs(0);
  return states.sameRefs(counts.unchanged + counts.created + counts.fast_forwarded + counts.forced);
}

function failureContext({ mirror, lastRun, forge }: PullInput): FailureContext {
  const { host, repository } = otherSideOf(mirror.url);
  const started = lastRun?.startedAt ?? null;
  const ended = lastRun?.finishedAt ?? null;
  return {
    host,
    repository,
    forge: forge.name,
    account: forge.account,
    retryAt: mirror.nextUpdateAt,
    runId: lastRun?.id ?? null,
    tookMs: started === null || ended === null ? null : ended - started,
    pushed: (lastRun?.sentBytes ?? 0) > 0,
  };
}
