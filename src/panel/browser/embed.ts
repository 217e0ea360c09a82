/**
 * Puts Headwater's panel into a project's settings page of the forge. The forge's footer template loads it there, as a
 * classic deferred script without dependencies; everything it must know stands in the attributes of its own element.
 */
(() => {
  /** The manifest's `settingsPanel`, with Headwater's address and the project. */
  interface Slot {
    readonly title: string;
    readonly address: string;
    readonly answersWithinSeconds: number;
    readonly section: {
      readonly marks: readonly string[];
      readonly block: string;
      readonly whenFound: 'replace' | 'above';
      readonly whenNativeMirror: 'replace' | 'above';
      readonly whenAbsent: { readonly insertBefore: readonly string[]; readonly appendTo: readonly string[] };
    };
  }

  const texts = {
    silent: 'Headwater does not answer.',
    advice: 'Mirrors can’t be shown or changed. If this lasts, tell your admin; “headwater doctor” names the cause.',
    own: 'The forge’s own section stands below.',
    again: 'Try again',
  };
  /** No panel is taller; a wrong number must not make the page endless. px. */
  const tallest = 60_000;
  /** Until the panel has told its own, px. */
  const firstHeight = 160;

  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const { headwater: base, health, owner, repo, slot: slotText, native } = script.dataset;
  if (base === undefined || owner === undefined || repo === undefined || slotText === undefined) return;
  const slot = JSON.parse(slotText) as Slot;
  const origin = new URL(base).origin;

  /** The forge's own section: its heading, where it has one, and its box. */
  function findPair(mark: string): HTMLElement[] {
    const block = document.querySelector(mark)?.closest<HTMLElement>(slot.section.block) ?? null;
    if (block === null) return [];
    const before = block.previousElementSibling;
    return before instanceof HTMLElement && /^H[1-6]$/.test(before.tagName) ? [before, block] : [block];
  }

  function firstPair(marks: readonly string[]): HTMLElement[] {
    return marks.map(findPair).find((pair) => pair.length > 0) ?? [];
  }

  function panelAddress(): string {
    const path = slot.address
      .replace('{owner}', encodeURIComponent(owner ?? ''))
      .replace('{repo}', encodeURIComponent(repo ?? ''));
    const url = new URL(`${base}${path}`);
    const theme = document.documentElement.dataset['theme'];
    if (theme !== undefined) url.searchParams.set('theme', theme);
    return url.href;
  }

  function makeFrame(): HTMLIFrameElement {
    const frame = document.createElement('iframe');
    frame.title = slot.title;
    frame.allow = 'clipboard-write';
    Object.assign(frame.style, { display: 'block', width: '100%', border: '0' });
    return frame;
  }

  function makeNotice(own: boolean, again: () => void): HTMLElement {
    const notice = document.createElement('div');
    notice.dataset['headwaterNotice'] = '';
    const heading = document.createElement('h4');
    heading.className = 'ui top attached header';
    heading.textContent = slot.title;
    const box = document.createElement('div');
    box.className = 'ui attached segment';
    const message = document.createElement('div');
    message.className = 'ui warning message';
    message.setAttribute('role', 'alert');
    const strong = document.createElement('b');
    strong.textContent = texts.silent;
    message.append(strong, ` ${texts.advice}${own ? ` ${texts.own}` : ''}`);
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'ui tiny button';
    button.textContent = texts.again;
    button.addEventListener('click', again);
    box.append(message, button);
    notice.append(heading, box);
    return notice;
  }

  /** The forge's own page, such as its question whether Headwater may know who somebody is: no word comes from it. */
  function showsForge(frame: HTMLIFrameElement): boolean {
    try {
      const page: (Window & { readonly config?: unknown }) | null = frame.contentWindow;
      return page?.config !== undefined && frame.contentDocument?.querySelector('.page-content') != null;
    } catch {
      return false;
    }
  }

  const own = firstPair(slot.section.marks);
  const stand = native === undefined ? slot.section.whenFound : slot.section.whenNativeMirror;
  const hidden = stand === 'replace' ? own : [];
  const place = document.createElement('div');
  place.dataset['headwaterPanel'] = '';
  place.style.margin = '1rem 0';
  const neighbour = own[0] ?? firstPair(slot.section.whenAbsent.insertBefore)[0];
  if (neighbour !== undefined) neighbour.before(place);
  else {
    const { appendTo } = slot.section.whenAbsent;
    (appendTo.map((each) => document.querySelector(each)).find((each) => each !== null) ?? document.body).append(place);
  }

  let frame: HTMLIFrameElement | null = null;
  /** The frame whose panel has answered. */
  let heard: HTMLIFrameElement | null = null;
  let patience: number | undefined;

  function hideOwn(yes: boolean): void {
    // The forge's style gives them a display of its own, which the attribute "hidden" does not outdo.
    for (const part of hidden) {
      if (yes) part.style.setProperty('display', 'none', 'important');
      else part.style.removeProperty('display');
    }
  }

  /** The panel has the place, as high as this (px). */
  function show(current: HTMLIFrameElement, height: number): void {
    place.querySelector('[data-headwater-notice]')?.remove();
    current.style.height = `${Math.min(Math.ceil(height), tallest)}px`;
    current.style.visibility = 'visible';
    hideOwn(true);
  }

  /** Nobody answers: the forge's own section comes back. The frame keeps its width, for an answer that comes late. */
  function silent(current: HTMLIFrameElement): void {
    // An earlier frame's answer is nobody's business any more.
    if (frame !== current) return;
    window.clearTimeout(patience);
    if (place.querySelector('[data-headwater-notice]') !== null) return;
    current.style.height = '0';
    current.style.visibility = 'hidden';
    hideOwn(false);
    place.prepend(makeNotice(own.length > 0, start));
  }

  function start(): void {
    frame?.remove();
    const current = makeFrame();
    frame = current;
    show(current, firstHeight);
    current.addEventListener('load', () => {
      if (frame !== current || !showsForge(current)) return;
      window.clearTimeout(patience);
      show(current, Math.max(firstHeight, current.contentDocument?.documentElement.scrollHeight ?? 0));
    });
    current.src = panelAddress();
    place.append(current);
    window.clearTimeout(patience);
    patience = window.setTimeout(() => silent(current), slot.answersWithinSeconds * 1000);
    // A refused connection is known at once; nothing of the answer can be read, and nothing need be.
    if (health !== undefined)
      fetch(`${base}${health}`, { mode: 'no-cors', credentials: 'omit' }).catch(() => {
        if (heard !== current) silent(current);
      });
  }

  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== origin || frame === null || event.source !== frame.contentWindow) return;
    const { type, height } = (event.data ?? {}) as { readonly type?: unknown; readonly height?: unknown };
    if (type !== 'headwater:height' || typeof height !== 'number' || !(height > 0)) return;
    window.clearTimeout(patience);
    heard = frame;
    show(frame, height);
  });

  start();
})();
