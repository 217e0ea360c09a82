import type { Kind } from './setting-kinds';

/** One row of the table that drives parsing and help alike. */
export interface Setting<T> {
  /** The whole name of the environment variable. */
  readonly name: string;
  readonly meaning: string;
  /** The text that stands for an unset variable; null when there is none. */
  readonly default: string | null;
  /** What help shows in place of a default. */
  readonly unset: 'required' | 'optional';
  /** A secret may also come from a file whose path stands in <name>_FILE. */
  readonly secret: boolean;
  readonly kind: Kind<T>;
  /** Carries T | null for optional settings; never present at run time. */
  readonly value?: T;
}

interface Row<T> {
  readonly name: string;
  readonly meaning: string;
  readonly kind: Kind<T>;
  readonly secret?: boolean;
}

export const prefix = 'HEADWATER_';

export function required<T>(row: Row<T>): Setting<T> {
  return { secret: false, ...row, name: prefix + row.name, default: null, unset: 'required' };
}

export function optional<T>(row: Row<T>): Setting<T | null> {
  return { secret: false, ...row, name: prefix + row.name, default: null, unset: 'optional' };
}

export function withDefault<T>(row: Row<T> & { readonly default: string }): Setting<T> {
  return { secret: false, ...row, name: prefix + row.name, unset: 'optional' };
}
