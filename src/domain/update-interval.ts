/** A mirror's own time between two updates by the clock, ms; adaptive: see schedule; null: the admin's. */
export type UpdateInterval = number | 'adaptive' | null;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

// "1d", "6h", "90m", "1h30m", and what Gitea writes: "8h0m0s".
const words = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?$/;
// ISO 8601 without years and months, whose length differs: "PT6H", "P1DT12H".
const iso = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

/** A duration in ms, from "6h", "1h30m", "8h0m0s" or "PT6H"; null when it is no such thing. */
export function parseInterval(text: string): number | null {
  const match = words.exec(text) ?? iso.exec(text);
  if (match === null) return null;
  const parts = match.slice(1, 5) as (string | undefined)[];
  if (parts.every((part) => part === undefined)) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return days * day + hours * hour + minutes * minute + seconds * second;
}

/** The shortest spelling that parseInterval reads back: "6h", "1h30m", "7d". */
export function showInterval(ms: number): string {
  const parts = [
    [Math.floor(ms / day), 'd'],
    [Math.floor(ms / hour) % 24, 'h'],
    [Math.floor(ms / minute) % 60, 'm'],
    [Math.floor(ms / second) % 60, 's'],
  ] as const;
  const shown = parts.flatMap(([value, unit]) => (value === 0 ? [] : [`${value}${unit}`]));
  return shown.length === 0 ? '0s' : shown.join('');
}
