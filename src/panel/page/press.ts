/*
 * A click belongs to what was pressed: where that is replaced between press and release, the browser gives the click to
 * nobody. So whatever replaces parts of the page waits for the release.
 */

/** A release outside of the frame may go unheard; some people press slowly. */
const longestMs = 10_000;
/** After a finger is lifted the click takes a moment. */
const clickMs = 50;

let pressing: Promise<void> = Promise.resolve();

// A list that folds out keeps the release to itself.
const releases = ['pointerup', 'pointercancel', 'change', 'keydown'];
document.addEventListener('pointerdown', (event) => (event.button === 0 ? hold(...releases) : undefined), true);
document.addEventListener('keydown', (event) => (event.key === ' ' && !event.repeat ? hold('keyup') : undefined), true);

function hold(...ends: readonly string[]): void {
  pressing = new Promise((resolve) => {
    const over = new AbortController();
    const release = (): void => {
      over.abort();
      window.clearTimeout(timer);
      window.setTimeout(resolve, clickMs);
    };
    const timer = window.setTimeout(release, longestMs);
    for (const end of ends) window.addEventListener(end, release, { capture: true, signal: over.signal });
  });
}

/** When nothing is held down, and the click has come. */
export async function released(): Promise<void> {
  let seen: Promise<void>;
  do {
    seen = pressing;
    await seen;
  } while (seen !== pressing);
}
