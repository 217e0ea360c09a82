const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytes = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

/** "90s", "5m", "6h" in ms; null when it is no such thing. */
export function parseDuration(text: string): number | null {
  return parseQuantity(text, milliseconds);
}

/** "64MiB", "2GiB" in bytes; null when it is no such thing. */
export function parseSize(text: string): number | null {
  return parseQuantity(text, bytes);
}

/** The shortest exact spelling, such as 90s or 6h. */
export function showDuration(ms: number): string {
  return showQuantity(ms, milliseconds);
}

export function showSize(size: number): string {
  return showQuantity(size, bytes);
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d{1,12})([A-Za-z]{1,3})$/.exec(text);
  const unit = match === null ? undefined : units[match[2] ?? ''];
  if (match === null || unit === undefined) return null;
  const value = Number(match[1]) * unit;
  return Number.isSafeInteger(value) ? value : null;
}

function showQuantity(value: number, units: Readonly<Record<string, number>>): string {
  const largestFirst = Object.entries(units).reverse();
  const [name, unit] =
    largestFirst.find(([, size]) => value >= size && value % size === 0) ?? largestFirst.at(-1) ?? [];
  return `${value / (unit ?? 1)}${name ?? ''}`;
}
