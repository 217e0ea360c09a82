/*
 * A click belongs to what was pressed: where that is replaced between press and release, the browser gives the click to
 * nobody. So whatever replaces parts of the page waits for the release.
 */

/** A release outside of the frame may go unheard. */
const longestMs = 2_000;
/** After a finger is lifted the click takes a moment. */
const clickMs = 50;

let pressing: Promise<void> = Promise.resolve();

document.addEventListener('pointerdown', () => hold('pointerup', 'pointercancel'), true);
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
export function released(): Promise<void> {
  return pressing;
}
