/** The first element that matches, or null. */
export function find<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T | null {
  return within.querySelector<T>(selector);
}

/** Every element that matches. */
export function all<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

/** The part of the page that is replaced as a whole. */
export function main(): HTMLElement {
  const element = document.getElementById('hw');
  if (element === null) throw new Error('the page has no main part');
  return element;
}

/** For screen readers; the region itself is never replaced. */
export function announce(text: string): void {
  const region = document.getElementById('hw-said');
  if (region !== null && text !== '') region.textContent = text;
}
