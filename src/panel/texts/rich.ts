/** A sentence with markup in it. Strings are data and escaped where they are written. */
export type Part =
  | string
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  /** moment: "12 minutes ago"; clock: "at 14:00" without the "at". Epoch ms. */
  | { readonly kind: 'time'; readonly at: number; readonly form: 'moment' | 'clock' }
  | { readonly kind: 'link'; readonly text: string; readonly href: string; readonly outside: boolean };

export type Rich = readonly Part[];

/** say`… ${value} …`: a sentence of its parts. */
export function say(words: TemplateStringsArray, ...values: readonly (Part | Rich | number)[]): Rich {
  const parts: Part[] = [];
  const add = (part: Part) => {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else if (part !== '') parts.push(part);
  };
  words.forEach((text, at) => {
    add(text);
    const value = values[at];
    if (value === undefined) return;
    if (typeof value === 'number') add(groupDigits(value));
    else if (Array.isArray(value)) (value as Rich).forEach(add);
    else add(value as Part);
  });
  return parts;
}

export const code = (text: string): Part => ({ kind: 'code', text });
export const strong = (text: string): Part => ({ kind: 'strong', text });
export const moment = (at: number): Part => ({ kind: 'time', at, form: 'moment' });
export const clock = (at: number): Part => ({ kind: 'time', at, form: 'clock' });
/** A link within the panel. */
export const link = (text: string, href: string): Part => ({ kind: 'link', text, href, outside: false });
/** A link that leaves the panel, and so its frame. */
export const outside = (text: string, href: string): Part => ({ kind: 'link', text, href, outside: true });

/** The sentence without its full stop, to go on after it. */
export function withoutStop(sentence: Rich): Rich {
  const last = sentence.at(-1);
  return typeof last === 'string' ? [...sentence.slice(0, -1), last.replace(/[.]$/, '')] : sentence;
}

export function groupDigits(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Joins as a person lists: a, b and c. */
export function listing(parts: readonly Part[]): Rich {
  return parts.flatMap((part, at) => (at === 0 ? [part] : [at === parts.length - 1 ? ' and ' : ', ', part]));
}
