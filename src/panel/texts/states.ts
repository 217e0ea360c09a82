import { clock, code, groupDigits, listing, moment, outside, say, withoutStop, type Part, type Rich } from './rich';
import { bytes, count, roughly } from './numbers';

export type Icon =
  | 'in'
  | 'out'
  | 'check'
  | 'cross'
  | 'clock'
  | 'pause'
  | 'alert'
  | 'stop'
  | 'sync'
  | 'lock'
  | 'info'
  | 'fork'
  | 'key'
  | 'cloud';

/** Word, sign and colour: never colour alone. */
export interface Badge {
  readonly word: string;
  readonly icon: Icon;
  readonly tone: 'ok' | 'bad' | 'care' | 'busy' | 'quiet';
}

export const badges = {
  fine: { word: 'Up to date', icon: 'check', tone: 'ok' },
  waiting: { word: 'Waiting', icon: 'clock', tone: 'quiet' },
  importing: { word: 'Importing', icon: 'sync', tone: 'busy' },
  updating: { word: 'Updating', icon: 'sync', tone: 'busy' },
  differs: { word: 'Differs', icon: 'fork', tone: 'care' },
  filesMissing: { word: 'Files missing', icon: 'alert', tone: 'care' },
  needsKey: { word: 'Needs its key', icon: 'key', tone: 'care' },
  failed: { word: 'Failed', icon: 'cross', tone: 'bad' },
  pausedByFailures: { word: 'Paused', icon: 'pause', tone: 'bad' },
  paused: { word: 'Paused', icon: 'pause', tone: 'quiet' },
  needsYou: { word: 'Needs you', icon: 'stop', tone: 'care' },
} as const satisfies Record<string, Badge>;

/** What each state says, in the order: what happened, what to do, what happens by itself. */
export const states = {
  same: (branches: number, tags: number): Rich =>
    tags === 0
      ? say`${count(branches, 'branch')} ${branches === 1 ? 'is' : 'are'} the same on both sides.`
      : say`${count(branches, 'branch')} and ${count(tags, 'tag')} are the same on both sides.`,
  sameRefs: (refs: number): Rich =>
    refs === 1
      ? say`Its one branch is the same on both sides.`
      : say`${refs} branches and tags are the same on both sides.`,
  firstSoon: say`The first update starts within a minute.`,
  nextSoon: say`The next update starts within a minute.`,
  putBack: say`Something was put back here since the last update.`,
  putBackAdvice: say`The next update looks at both sides again.`,
  behind: (refs: number): Rich =>
    say`Behind: ${count(refs, 'branch')} ${refs === 1 ? 'waits' : 'wait'} for the next run.`,
  leave: {
    importing: say`You can leave this page; the import goes on.`,
    updating: say`You can leave this page; the update goes on.`,
  },
  /** `named` are the first few of `total` names. */
  differs: (named: readonly string[], total: number): Rich => {
    const names: Part[] = named.map(code);
    if (total > named.length) names.push(count(total - named.length, 'other'));
    const were = total === 1 ? 'was' : 'were';
    const left = total === 1 ? 'left as it is' : 'left as they are';
    return say`${count(total, 'branch')} ${were} changed on both sides and ${left}: ${listing(names)}.`;
  },
  differsAdvice: say`To take theirs, set “Replace it” in the options, or merge by hand.`,
  filesMissing: (files: number, host: string, waiting: number): Rich =>
    say`${count(files, 'LFS file')} ${files === 1 ? 'is' : 'are'} missing at ${host}. ${waiting === 1 ? 'The branch that needs them waits.' : `The ${waiting} branches that need them wait.`}`,
  filesMissingAdvice: say`Push them there with ${code('git lfs push --all')}; the next run fetches them.`,
  needsKey: (host: string): Rich => say`Saved. ${host} must learn this mirror’s key before the first update.`,
  keyStays: say`The private half stays sealed on the server and is never shown. You find the public key again under Edit.`,
  willTry: (at: number, failures: number, most: number): Rich =>
    say`Will try again at ${clock(at)}. This was failure ${failures} of ${most}; after the ${ordinal(most)} the mirror is paused.`,
  willTryAgain: (at: number): Rich => say`Will try again at ${clock(at)}.`,
  willTryLast: (at: number): Rich => say`Will try again at ${clock(at)}. If that fails too, the mirror is paused.`,
  pausedByFailures: (failures: number, last: Rich): Rich =>
    say`Paused after ${count(failures, 'failure')}${failures === 1 ? '' : ' in a row'}. The last one: ${last}`,
  countStartsOver: (cure: Rich): Rich => say`${withoutStop(cure)}, then update now. The count starts over.`,
  updateToGoOn: say`Update now to go on. The count starts over.`,
  untouched: (at: number): Rich => say`Your branches are untouched, as of ${moment(at)}.`,
  pausedBy: (name: string | null, at: number | null): Rich => {
    const who = name === null ? 'Paused by an admin on the server' : `Paused by ${name}`;
    return at === null ? say`${who}.` : say`${who}, ${moment(at)}.`;
  },
  archived: say`Paused because this project is archived.`,
  archivedAdvice: say`It resumes when the project is unarchived.`,
  newOwner: say`This project has a new owner.`,
  newOwnerAdvice: (owner: string): Rich => say`An admin of ${owner} has to confirm the mirror.`,
  rightRevoked: (name: string | null): Rich =>
    say`Paused because ${name ?? 'whoever set it up'} is no admin of this project any more.`,
  rightRevokedAdvice: say`If it is to go on, confirm it. You answer for it from then on.`,
  off: say`Switched off.`,
  offAdvice: say`Nothing is looked at until somebody resumes it.`,
  hostKeyChanged: (host: string): Rich => say`${host} shows another key than before. Nothing was fetched.`,
  hostKeyChangedAdvice: say`Ask whoever runs that server. If nobody changed its key, somebody may be standing in between: don’t accept.`,
  hostKeysOpen: (host: string): Rich =>
    say`Nobody has confirmed yet that the keys of ${host} are the right ones. Nothing was fetched.`,
  hostKeysOpenAdvice: (host: string): Rich => say`Compare them with what the owner of ${host} publishes.`,
} as const;

/** Where the public key goes, step by step. */
export const keySteps = {
  copy: 'Copy the public key',
  copyButton: 'Copy',
  copied: 'Copied',
  add: (host: string, place: Part, write: boolean): Rich =>
    write
      ? say`On ${host}, add it under ${place}, with write access.`
      : say`On ${host}, add it under ${place}. Leave write access off.`,
  comeBack: 'Come back and start the first update.',
  deployKeys: (repo: string, href: string): Part => outside(`${repo} → Settings → Deploy keys`, href),
  accessKeys: (href: string): Part => outside('Repository settings → Access keys', href),
  elsewhere: (host: string): Part => `where ${host} keeps access keys`,
};

/** The phases of a run, in their order, and what each is called while it lasts. */
export const phases = [
  { id: 'listing', name: 'Read branches', doing: 'Reading branches' },
  { id: 'fetching', name: 'Fetch', doing: 'Fetching' },
  { id: 'copying', name: 'LFS files', doing: 'Copying LFS files' },
  { id: 'pushing', name: 'Deliver', doing: 'Delivering' },
  { id: 'checking', name: 'Check', doing: 'Checking' },
] as const;

export type PhaseId = (typeof phases)[number]['id'];

export const live = {
  starting: 'Starting',
  line: (doing: string, percent: number | null): string => (percent === null ? doing : `${doing}: ${percent} %`),
  objects: (done: number, total: number, noun: string): string =>
    total > 0 ? `${groupDigits(done)} of ${count(total, noun)}` : count(done, noun),
  bytes: (value: number): string => bytes(value),
  rate: (perSecond: number): string => `${bytes(perSecond)}/s`,
  left: (ms: number): string => `about ${roughly(ms)} left`,
  spoken: (doing: string, percent: number | null, left: string | null): string =>
    `${[doing, percent === null ? null : `${percent} percent`, left].filter((part) => part !== null).join(', ')}.`,
};

function ordinal(value: number): string {
  const words = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
  return words[value] ?? `${value}th`;
}
