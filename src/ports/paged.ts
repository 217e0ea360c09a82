/** A slice of a list, newest first; `page` starts at 1. */
export interface Page {
  readonly page: number;
  readonly limit: number;
}

export interface Paged<T> {
  readonly items: readonly T[];
  readonly total: number;
}
