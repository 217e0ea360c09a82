import { facts, questions } from '../../../panel/texts/actions';
import { guards } from '../../../panel/texts/guards';
import { moment, say, type Rich } from '../../../panel/texts/rich';
import { live, phases, type Badge } from '../../../panel/texts/states';
import type { Action } from './action';
import { viewHeld, type HeldView } from './held';
import { viewHostKeys, type HostKeysView } from './host-keys-view';
import { viewKey, type KeyView } from './key-view';
import type { Box, PanelLinks } from './panel-links';
import type { ProgressView } from './progress';
import { newHostKeys, pullActions } from './pull-actions';
import { otherSideOf, type PullInput } from './pull-input';
import { pullState, type PullState } from './pull-state';

export interface FactView {
  readonly name: string;
  readonly value: Rich;
}

export interface PhaseView {
  readonly name: string;
  readonly state: 'done' | 'now' | 'ahead';
}

export interface LiveView {
  readonly phases: readonly PhaseView[];
  readonly line: string;
  readonly detail: string;
  readonly percent: number | null;
}

/** A pull mirror as it stands on the screen. */
export interface PullView {
  readonly address: string;
  readonly page: string | null;
  readonly name: string;
  readonly badge: Badge;
  readonly state: PullState['kind'];
  readonly why: Rich;
  readonly advice: Rich | null;
  readonly next: Rich | null;
  readonly warning: Rich | null;
  readonly facts: readonly FactView[];
  readonly actions: readonly Action[];
  /** Something asks for attention. */
  readonly loud: boolean;
  /** In place of the badge's word, when all is as of some time ago. */
  readonly badgeAt: Rich | null;
  readonly live: LiveView | null;
  readonly key: KeyView | null;
  readonly held: HeldView | null;
  readonly keyChange: { readonly confirmed: readonly string[]; readonly shown: readonly string[] } | null;
  readonly hostKeys: HostKeysView | null;
  /** Stands open below the buttons. */
  readonly box: Box | null;
  readonly question: { readonly title: string; readonly text: string; readonly button: string };
  readonly authUser: string | null;
}

/** `open`: what the person opened; a box that makes no sense for the mirror stays shut. */
export function viewPull(input: PullInput, links: PanelLinks, open: Box | null): PullView {
  const { mirror } = input;
  const other = otherSideOf(mirror.url);
  const state = pullState(input);
  const box = open !== null && fits(open, input) ? open : null;
  const publicKey = mirror.ssh?.keys[0]?.publicKey ?? null;
  const showsKey = publicKey !== null && (state.kind === 'needsKey' || box === 'key');
  const seenKeys = mirror.ssh?.seenHostKeys ?? [];
  const hostKeys = state.main === 'confirmHostKeys' && seenKeys.length > 0 ? viewHostKeys(other.host, seenKeys) : null;
  return {
    address: mirror.url,
    page: other.page,
    name: other.name,
    badge: state.badge,
    state: state.kind,
    why: state.why,
    // What stands open below says it at length.
    advice: hostKeys !== null || (showsKey && state.main === 'key') ? null : state.advice,
    next: state.next,
    warning: state.warning ?? null,
    facts: hasNoTimes(input, state) ? [] : factsOf(input, state),
    actions: pullActions(input, state, links, box),
    loud: state.badge.tone !== 'ok' && state.badge.tone !== 'quiet',
    badgeAt: null,
    live: state.kind === 'running' ? viewLive(input.progress) : null,
    key: showsKey ? viewKey(publicKey, other, { write: false, first: state.kind === 'needsKey' }) : null,
    held: state.kind === 'held' && mirror.held !== null ? viewHeld(mirror.held) : null,
    keyChange: state.main === 'acceptHostKey' ? keyChangeOf(input) : null,
    hostKeys,
    box,
    question: questionOf(input),
    authUser: mirror.authUser,
  };
}

function questionOf({ mirror }: PullInput): PullView['question'] {
  const { title, text, button } = questions.deletePull;
  const erased = mirror.ssh !== null ? 'key' : mirror.sealedPassword !== null ? 'password' : 'none';
  return { title, text: text[erased], button };
}

function fits(box: Box, { mirror }: PullInput): boolean {
  if (box === 'password') return mirror.ssh === null;
  if (box === 'key') return mirror.ssh !== null;
  return box === 'edit' || box === 'delete' || box === 'add';
}

/** While it runs the progress says more, and before the first run there is nothing to say. */
function hasNoTimes({ mirror }: PullInput, { kind }: PullState): boolean {
  return kind === 'running' || kind === 'needsKey' || (kind === 'waiting' && mirror.lastStartedAt === null);
}

function factsOf({ mirror, now }: PullInput, state: PullState): FactView[] {
  const at = (value: number | null): Rich => (value === null ? say`${facts.never}` : say`${moment(value)}`);
  const attempt: FactView =
    state.kind === 'held'
      ? { name: guards.noticed, value: at(mirror.held?.at ?? null) }
      : { name: facts.attempt, value: at(mirror.lastStartedAt) };
  const shown: FactView[] = [
    ...(mirror.lastStartedAt === null ? [] : [attempt]),
    ...(mirror.lastStartedAt === null ? [] : [{ name: facts.success, value: at(mirror.lastSuccessAt) }]),
  ];
  // A failure says itself when it is tried again.
  if (state.next !== null && state.kind === 'idle') return shown;
  if (state.kind === 'paused' || state.kind === 'off' || state.kind === 'hostKey')
    return [...shown, { name: facts.next, value: say`${facts.paused}` }];
  if (mirror.nextUpdateAt === null) return shown;
  // The clock pass comes once an hour; what is due waits for it.
  const next = Math.max(mirror.nextUpdateAt, now);
  return [...shown, { name: facts.next, value: say`${moment(next)}` }];
}

function viewLive(progress: ProgressView | null): LiveView {
  return {
    phases: phasesAt(progress),
    line: progress?.line ?? live.starting,
    detail: progress?.detail ?? '',
    percent: progress?.percent ?? null,
  };
}

function phasesAt(progress: ProgressView | null): PhaseView[] {
  const now = progress === null ? 0 : phases.findIndex(({ id }) => id === progress.phase);
  return phases.map(({ name }, at) => ({ name, state: at < now ? 'done' : at === now ? 'now' : 'ahead' }));
}

function keyChangeOf(input: PullInput): PullView['keyChange'] {
  return {
    confirmed: (input.mirror.ssh?.hostKeys ?? []).map((key) => key.fingerprint),
    shown: newHostKeys(input)
      .slice(0, 1)
      .map((key) => key.fingerprint),
  };
}
