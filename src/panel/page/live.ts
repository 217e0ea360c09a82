import { browserWords } from '../texts/browser.js';
import type { LiveState } from '../wire/live-state.js';
import { announce, find, main } from './dom.js';
import { onSwap, refresh } from './swap.js';

const pollMs = 10_000;
const speakMs = 15_000;

let source: EventSource | null = null;
let watched = '';
let polling: number | undefined;
let again: number | undefined;
let spokenAt = 0;
let spokenPhase = '';

/** Keeps the page true: by events, and while those are cut off, by asking. */
export function watch(): void {
  onSwap(connect);
  onSwap(lookAgain);
  connect();
  lookAgain();
}

/** A page that no event will change, since the forge is down, says itself how soon it is to be looked at again (s). */
function lookAgain(): void {
  window.clearTimeout(again);
  const seconds = Number(main().dataset['hwAgain'] ?? 0);
  if (seconds > 0) again = window.setTimeout(() => void refresh().then(lookAgain), seconds * 1000);
}

function connect(): void {
  const { hwEvents = '', hwPoll = '' } = main().dataset;
  if (hwEvents === watched) {
    // What was said of it went with the part that was replaced.
    if (polling !== undefined) interrupted(true, hwPoll);
    return;
  }
  watched = hwEvents;
  source?.close();
  source = null;
  interrupted(false, hwPoll);
  if (hwEvents !== '') listen(hwPoll);
}

function listen(hwPoll: string): void {
  const events = new EventSource(watched);
  source = events;
  events.addEventListener('live', (event: MessageEvent<string>) => take(JSON.parse(event.data) as LiveState));
  events.addEventListener('open', () => interrupted(false, hwPoll));
  events.addEventListener('error', () => {
    if (source === events) interrupted(true, hwPoll);
  });
}

function take({ state, progress }: LiveState): void {
  if (state !== main().dataset['hwState']) {
    main().dataset['hwState'] = state;
    void refresh();
  }
  if (progress === null) return;
  write('#hw-line', progress.line);
  write('#hw-detail', progress.detail);
  const bar = find<HTMLProgressElement>('#hw-bar');
  if (bar !== null && progress.percent !== null) bar.value = progress.percent;
  else bar?.removeAttribute('value');
  speak(progress.spoken);
}

/** At each phase, and at most every 15 seconds. */
function speak(spoken: string): void {
  const phase = spoken.split(',')[0] ?? '';
  const now = Date.now();
  if (phase === spokenPhase && now - spokenAt < speakMs) return;
  spokenPhase = phase;
  spokenAt = now;
  announce(spoken);
}

function write(selector: string, text: string): void {
  const element = find(selector);
  if (element !== null && element.textContent !== text) element.textContent = text;
}

function interrupted(yes: boolean, poll: string): void {
  const told = find('#hw-interrupted');
  if (!yes) {
    window.clearInterval(polling);
    polling = undefined;
    told?.remove();
    return;
  }
  polling ??= window.setInterval(() => void ask(poll), pollMs);
  if (told !== null) return;
  const line = document.createElement('p');
  line.id = 'hw-interrupted';
  line.className = 'hw-advice';
  line.setAttribute('role', 'status');
  line.textContent = browserWords.interrupted;
  find('.hw > .segment')?.append(line);
}

async function ask(poll: string): Promise<void> {
  try {
    const answer = await fetch(poll, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
    if (answer.ok) {
      take((await answer.json()) as LiveState);
      // A browser gives up a stream that was refused, as a proxy does while the server is started anew.
      if (source?.readyState === EventSource.CLOSED) listen(poll);
    } else if (answer.status === 401) location.reload();
  } catch {
    // The next look may do better.
  }
}
