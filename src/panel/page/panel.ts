import { browserWords } from '../texts/browser.js';
import { sayClock, sayExactly, sayMoment } from '../texts/time-words.js';
import { all, announce, find, main } from './dom.js';
import { enhanceForms } from './form.js';
import { watch } from './live.js';
import { go, onSwap, send } from './swap.js';

/*
 * What the panel can do beyond pages and forms: boxes open in place, times are local and tick, an update is shown while it
 * runs, and the frame is as high as its contents. Every page works without it.
 */

const tickMs = 20_000;
/** Outlines of focus stand a little outside of what has it. */
const frameMarginPx = 2;

document.addEventListener('click', (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-hw-open], a[data-hw-go], a[data-hw-close]');
  if (link === null || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
    return;
  event.preventDefault();
  void go(link.href);
});

document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  // The property of that name may be a field that is called so.
  if (form.getAttribute('method') !== 'post') return;
  event.preventDefault();
  void send(form, event.submitter);
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const close = find<HTMLAnchorElement>('#hw-box a[data-hw-close]');
  const opener = find<HTMLAnchorElement>('a[data-hw-open][aria-expanded="true"]');
  if (close === null || opener === null) return;
  opener.focus();
  void go(close.href);
});

document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>('button[data-hw-copy]');
  const field = button === null ? null : document.getElementById(button.dataset['hwCopy'] ?? '');
  if (button === null || !(field instanceof HTMLTextAreaElement)) return;
  navigator.clipboard.writeText(field.value).then(
    () => {
      button.textContent = browserWords.copied;
      announce(browserWords.copied);
    },
    () => field.select(),
  );
});

/** Times in the browser's own zone, by the server's clock. */
function sayTimes(): void {
  const now = Date.now() + skew;
  for (const time of all<HTMLTimeElement>('time[data-hw-time]')) {
    const at = Date.parse(time.dateTime);
    const say = time.dataset['hwTime'] === 'clock' ? sayClock : sayMoment;
    const words = say(at, now, { local: true });
    if (time.textContent !== words) time.textContent = words;
    time.title = `${new Date(at).toLocaleString()} (${sayExactly(at)})`;
  }
}

function enhance(): void {
  sayTimes();
  enhanceForms();
  for (const button of all<HTMLButtonElement>('button[data-hw-copy]')) button.hidden = false;
}

/** The part that is replaced is another one each time. */
function watchHeight(): void {
  heightWatch.disconnect();
  heightWatch.observe(main());
  tellHeight();
}

function tellHeight(): void {
  const { hwForge = '' } = document.body.dataset;
  if (window.parent === window || hwForge === '') return;
  // Before the page around it is laid out a frame has no width, and its contents would seem endless.
  if (window.innerWidth === 0) return;
  // Of what is shown: the page itself is at least as high as its frame.
  const height = Math.ceil(main().getBoundingClientRect().bottom + window.scrollY) + frameMarginPx;
  window.parent.postMessage({ type: 'headwater:height', height }, hwForge);
}

// Browsers without :has() in style sheets show both.
find('.hw-loading')?.remove();
const skew = Number(main().dataset['hwNow'] ?? Date.now()) - Date.now();
onSwap(enhance);
enhance();
watch();
setInterval(sayTimes, tickMs);
const heightWatch = new ResizeObserver(tellHeight);
// Observers sleep while the frame is out of sight, below the fold of the forge's page.
window.addEventListener('resize', tellHeight);
onSwap(watchHeight);
watchHeight();
