import { groupDigits } from './rich';

const plurals: Readonly<Record<string, string>> = { branch: 'branches' };

/** "1 branch", "4 branches", "1,204 objects". */
export function count(value: number, noun: string): string {
  return `${groupDigits(value)} ${value === 1 ? noun : (plurals[noun] ?? `${noun}s`)}`;
}

/** A number and its unit stay on one line. */
function measure(value: number, unit: string): string {
  return count(value, unit).replace(' ', '\u00a0');
}

/** "131 MB", "3.1 MB"; powers of a thousand. */
export function bytes(value: number): string {
  if (value < 1000) return measure(Math.round(value), 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let [size, unit] = [value / 1000, 0];
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${size < 10 ? size.toFixed(1) : groupDigits(size)}\u00a0${units[unit] ?? ''}`;
}

/** "4 seconds", "2 minutes 10 seconds", "3 hours"; ms. */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return measure(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return both(measure(minutes, 'minute'), seconds % 60, 'second');
  return both(measure(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute');
}

/** A guess, in round numbers: "40 seconds", "3 minutes"; ms. */
export function roughly(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 57.5) return measure(Math.max(5, Math.round(seconds / 5) * 5), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return measure(minutes, 'minute');
  return both(measure(Math.floor(minutes / 60), 'hour'), Math.round((minutes % 60) / 10) * 10, 'minute');
}

function both(first: string, rest: number, noun: string): string {
  return rest === 0 ? first : `${first} ${measure(rest, noun)}`;
}
