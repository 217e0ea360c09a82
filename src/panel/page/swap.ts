import { all, announce, find, main } from './dom.js';
import { released } from './press.js';

const framed = window.parent !== window;
const changed = new Set<() => void>();
/** Counts what a person asked for, and got: what was loaded before that is out of date. */
let turns = 0;
/** Counts the news: what was asked for before the last of them may not have it yet. */
let news = 0;
/** Pages that news ask for are loaded one after another, so that an older one never comes after a newer one. */
let showing: Promise<void> | null = null;
const longestPauseMs = 30_000;

/** Called after any part of the page was replaced. */
export function onSwap(listener: () => void): void {
  changed.add(listener);
}

/** Goes to a page of the panel without loading everything again; whatever cannot be done in place is done as usual. */
export async function go(url: string): Promise<void> {
  const [turn, known] = [begin(), news];
  const page = await load(url);
  if (turn !== turns) return;
  if (page === null) return location.assign(url);
  replaceAll(page, true);
  showSince(known);
}

/** Sends a form and shows what it leads to. */
export async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const target = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.href;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) if (typeof value === 'string') fields.append(name, value);
  for (const button of all<HTMLButtonElement>('button', form)) button.disabled = true;
  form.setAttribute('aria-busy', 'true');
  const [turn, known] = [begin(), news];
  const page = await load(target, fields);
  // Whoever has gone on meanwhile is not called back.
  if (turn !== turns) return;
  if (page === null) return location.assign(location.href);
  replaceAll(page, true);
  showSince(known);
}

/** Whatever was asked for before no longer counts; that something is on its way is told until it is there. */
function begin(): number {
  document.body.setAttribute('aria-busy', 'true');
  return (turns += 1);
}

/** Loads the page again, until it is one that has all news. */
export function refresh(): Promise<void> {
  news += 1;
  return (showing ??= showNews().finally(() => (showing = null)));
}

/** What a person asked for is there, but may be older than the news that came while it was on its way. */
function showSince(known: number): void {
  if (known !== news) void refresh();
}

async function showNews(): Promise<void> {
  let [shown, failed] = [-1, 0];
  while (shown !== news) {
    const [turn, known] = [turns, news];
    const page = await load(location.href);
    if (page === null) {
      // News are told once, so they are not given up.
      await new Promise((resolve) => window.setTimeout(resolve, Math.min(1000 * 2 ** failed, longestPauseMs)));
      failed += 1;
    } else if (turn === turns) {
      takeOver(page);
      shown = known;
    }
    // Otherwise somebody has gone on meanwhile: it is another page that has to be kept true now.
  }
}

/** Takes over what changed, but nothing that somebody is filling in. */
function takeOver(page: LoadedPage): void {
  const before = find('.hw-badge')?.textContent ?? '';
  const after = find('.hw-badge', page.main)?.textContent ?? '';
  if (after !== before) announce(`${after}.`);
  // What is shown once must not be replaced before somebody has copied it.
  const once = find('[data-hw-once]', main()) !== null;
  const busy = once || find('#hw-box, details[open]', main()) !== null || isFilledIn(main());
  const parts = all('[data-hw-part]');
  const newParts = all('[data-hw-part]', page.main);
  const fits = parts.length > 0 && newParts.length === parts.length;
  if (once && !fits) return;
  if (!busy || !fits) return replaceAll(page, false);
  parts.forEach((part, at) => {
    const next = newParts[at];
    if (next === undefined || next.outerHTML === part.outerHTML || isFilledIn(part)) return;
    keepingFocus(() => part.replaceWith(next));
  });
  main().dataset['hwState'] = page.main.dataset['hwState'] ?? '';
  tell();
}

/** Something in it is another than it came. */
export function isFilledIn(part: HTMLElement): boolean {
  return (
    all<HTMLInputElement>('input', part).some(
      (each) => each.checked !== each.defaultChecked || each.value !== each.defaultValue,
    ) ||
    all<HTMLTextAreaElement>('textarea', part).some((each) => each.value !== each.defaultValue) ||
    // A list without a default shows its first.
    all<HTMLOptionElement>('option[selected]', part).some((each) => !each.selected)
  );
}

interface LoadedPage {
  readonly url: string;
  readonly title: string;
  readonly main: HTMLElement;
  /** The answer to a form: at its address nothing can be got again. */
  readonly isAnswer: boolean;
}

async function load(url: string, fields?: URLSearchParams): Promise<LoadedPage | null> {
  try {
    const answer = await fetch(url, {
      method: fields === undefined ? 'GET' : 'POST',
      headers: { Accept: 'text/html', 'X-Panel-Framed': framed ? 'yes' : 'no' },
      credentials: 'same-origin',
      ...(fields === undefined ? {} : { body: fields }),
    });
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) return null;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const part = page.getElementById('hw');
    const isAnswer = fields !== undefined && !answer.redirected;
    await released();
    return part === null ? null : { url: answer.url, title: page.title, main: part, isAnswer };
  } catch {
    // Signing in again leads to the forge, where only the browser itself may go.
    return null;
  }
}

function replaceAll(page: LoadedPage, moves: boolean): void {
  const old = main();
  const apply = () => old.replaceWith(document.adoptNode(page.main));
  if (!moves) {
    keepingFocus(apply);
    return tell();
  }
  const before = focusKey();
  const wasOpen = location.search.includes('open=');
  turns += 1;
  document.body.removeAttribute('aria-busy');
  apply();
  document.title = page.title;
  const url = new URL(page.url);
  const said = url.searchParams.get('said');
  url.searchParams.delete('said');
  if (!page.isAnswer) history.replaceState(null, '', url);
  announce(
    all('.hw > .segment > .hw-box[role="status"], #hw-result', main())
      .map((box) => box.textContent?.trim())
      .join(' '),
  );
  focusAfter(said, before, wasOpen);
  tell();
}

/** Where a person goes on. */
function focusAfter(said: string | null, before: string | null, wasOpen: boolean): void {
  const faulty = find('[aria-invalid="true"]', main());
  const box = find('#hw-box', main());
  const place =
    faulty ??
    find('[data-hw-once] textarea', main()) ??
    (said?.startsWith('added') ? find('#hw-pull-address', main()) : null) ??
    (said?.startsWith('deleted') ? find('#hw-title', main()) : null) ??
    (location.search.includes('open=') && box !== null
      ? (find('input:not([type="hidden"]), select, textarea, button, a', box) ?? box)
      : null) ??
    find('#hw-keys-title', main())?.closest('.hw-box')?.querySelector<HTMLElement>('input[type="checkbox"]') ??
    find('#hw-result', main()) ??
    (before === null ? null : byKey(before)) ??
    (wasOpen ? find('#hw-title', main()) : null);
  if (place === null) return;
  if (place.id === 'hw-result') place.tabIndex = -1;
  place.focus({ preventScroll: framed });
  place.scrollIntoView({ block: 'nearest' });
}

function keepingFocus(change: () => void): void {
  const key = focusKey();
  change();
  if (key !== null && document.activeElement === document.body) byKey(key)?.focus({ preventScroll: true });
}

/** A button is the same one when it is called the same. */
function focusKey(): string | null {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return null;
  return element.getAttribute('aria-label') ?? (element.id === '' ? element.textContent : `#${element.id}`);
}

function byKey(key: string): HTMLElement | null {
  if (key.startsWith('#')) return document.getElementById(key.slice(1));
  return (
    all('a, button, summary').find((each) => (each.getAttribute('aria-label') ?? each.textContent) === key) ?? null
  );
}

function tell(): void {
  for (const listener of changed) listener();
}
