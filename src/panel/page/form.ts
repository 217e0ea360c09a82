import { addressWords, hintsFor, type AddressHint } from '../texts/address-hints.js';
import { sayOptions, sayPushOptions } from '../texts/summary.js';
import { all, find } from './dom.js';
import { isFilledIn } from './swap.js';

const hintDelayMs = 200;
const signs = { ok: 'check', care: 'alert', bad: 'cross' } as const;

/** Hints while an address is typed, and a title of the options that stays true. */
export function enhanceForms(): void {
  for (const form of all<HTMLFormElement>('form[data-hw-form]')) {
    if (form.dataset['hwReady'] === 'yes') continue;
    form.dataset['hwReady'] = 'yes';
    const address = find<HTMLInputElement>('[data-hw-address]', form);
    if (address === null) continue;
    let timer: number | undefined;
    const hint = () => showHints(form, address);
    address.addEventListener('input', () => {
      followAddress(form, address);
      window.clearTimeout(timer);
      timer = window.setTimeout(hint, hintDelayMs);
    });
    // Hints stay as they are: what moves just then is no longer there for the press that took the focus away.
    address.addEventListener('blur', () => dropSecret(address));
    // While it is typed: a title that changes its height when the field is left would move the button from under the press.
    form.addEventListener('input', () => {
      showSummary(form);
      showPushSummary(form);
    });
    form.addEventListener('change', (event) => {
      const { name } = event.target as HTMLInputElement;
      if (name === 'method') hint();
      showLabel(form);
    });
    // Somebody was quicker than this script.
    if (isFilledIn(form)) {
      followAddress(form, address);
      if (address.value !== address.defaultValue) hint();
      showSummary(form);
      showPushSummary(form);
    }
  }
}

/** An ssh address signs in with a key. */
function followAddress(form: HTMLFormElement, address: HTMLInputElement): void {
  const isSsh = /^ssh:\/\/|^[^/:@\s]+@[^/:@\s]+:/i.test(address.value.trim());
  const key = find<HTMLInputElement>('input[name="method"][value="key"]', form);
  if (isSsh && key !== null) key.checked = true;
  showLabel(form);
}

/** Adding a mirror that signs in with a key makes the key. */
function showLabel(form: HTMLFormElement): void {
  const button = find<HTMLButtonElement>('button[data-hw-label]', form);
  if (button === null) return;
  const makesKey = find<HTMLInputElement>('input[name="method"]:checked', form)?.value === 'key';
  button.textContent = (makesKey ? button.dataset['hwKeyLabel'] : button.dataset['hwLabel']) ?? '';
}

/** The password that was typed inside the address goes; the hint has said so. */
function dropSecret(address: HTMLInputElement): void {
  address.value = address.value
    .replace(/^(\s*https?:\/\/)[^/@\s]*@/i, '$1')
    .replace(/^(\s*ssh:\/\/[^/:@\s]*):[^/@\s]*@/i, '$1@');
}

function showHints(form: HTMLFormElement, address: HTMLInputElement): void {
  const place = find('[data-hw-hints]', form);
  if (place === null) return;
  const method = find<HTMLInputElement>('input[name="method"]:checked', form)?.value ?? 'none';
  const hints = hintsFor(address.value, {
    method: method === 'key' || method === 'password' ? method : 'none',
    self: form.dataset['hwSelf'] ?? '',
  });
  place.replaceChildren(...hints.map((hint) => hintElement(hint, form, address)));
  if (hints.some((hint) => hint.tone === 'bad')) address.setAttribute('aria-invalid', 'true');
  else address.removeAttribute('aria-invalid');
}

function hintElement(hint: AddressHint, form: HTMLFormElement, address: HTMLInputElement): HTMLElement {
  const line = document.createElement('p');
  line.className = `hw-hint is-${hint.tone}`;
  const text = document.createElement('span');
  text.append(hint.text);
  if (hint.code !== undefined) {
    const code = document.createElement('code');
    code.textContent = hint.code;
    text.append(' ', code);
  }
  if (hint.meant !== undefined) {
    const { meant } = hint;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'hw-as-link';
    button.textContent = meant;
    button.addEventListener('click', () => {
      address.value = meant;
      address.focus();
      followAddress(form, address);
      showHints(form, address);
    });
    text.append(` ${addressWords.didYouMean} `, button, '?');
  }
  line.append(icon(signs[hint.tone]), text);
  return line;
}

/** "1h" and the like in ms. */
function intervalOf(value: string): number | 'adaptive' | null {
  if (value === 'adaptive') return value;
  const [, days = 0, hours = 0, minutes = 0] = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?$/.exec(value) ?? [];
  const ms = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
  return ms > 0 ? ms : null;
}

function icon(name: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'hw-i');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

function showPushSummary(form: HTMLFormElement): void {
  const place = find('[data-hw-push-summary]', form);
  const every = find<HTMLSelectElement>('select[name="interval"]', form);
  if (place === null || every === null) return;
  place.textContent = sayPushOptions(
    find<HTMLInputElement>('input[name="on_commit"]', form)?.checked ?? false,
    every.value === '0' ? null : (every.selectedOptions[0]?.text ?? ''),
    find<HTMLInputElement>('input[name="push_branches"]', form)?.value.trim() ?? '',
  );
}

function showSummary(form: HTMLFormElement): void {
  const place = find('[data-hw-summary]', form);
  if (place === null) return;
  const fields = new FormData(form);
  const field = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const options = {
    branches: field('branches'),
    tags: field('tags'),
    divergence: field('divergence'),
    deletions: field('deletions'),
    lfs: field('lfs') === 'yes' || field('lfs_shown') === '',
    followDefaultBranch: field('follow_default') === 'yes',
    lfsUrl: field('lfs_url').trim(),
    interval: intervalOf(field('check')),
    issue: field('notify_issue') === 'yes',
    messages: field('notify_url').trim(),
  };
  place.textContent = sayOptions(options, Number(place.dataset['hwSummary']));
}
