/** How a page was answered; redirects are not followed. */
export interface PageAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first megabyte. */
  readonly text: string;
}

export type RedisFound =
  /** `refused`: commands that this user may not use, and Headwater needs. */
  | { readonly kind: 'answers'; readonly eviction: string | null; readonly refused: readonly string[] }
  /** Nobody answers at the address that was given. */
  | { readonly kind: 'silent'; readonly why: string }
  /** None was given: `headwater serve` starts one, with this program. */
  | { readonly kind: 'private'; readonly program: boolean; readonly running: boolean };

export interface DatabaseFound {
  /** postgres, or sqlite. */
  readonly kind: 'postgres' | 'sqlite';
  /** none: there is no database yet. */
  readonly state: 'answers' | 'none' | 'silent';
  /** Changes of the tables that the next start makes. */
  readonly pending: readonly string[];
  /** Changes that a newer Headwater has made. */
  readonly unknown: readonly string[];
  /** Why it is silent, in the words of its driver; null: it is not. */
  readonly why: string | null;
}

/** What the doctor looks at on this machine and over the network. Nothing here raises: not finding something is an answer. */
export interface Machine {
  /** null: git does not run. */
  gitVersion(): Promise<string | null>;
  /** Bytes on the disk of the data folder; null: there is no such folder. */
  diskSpace(): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null>;
  redis(): Promise<RedisFound>;
  database(): Promise<DatabaseFound>;
  /** null: no answer. */
  page(url: string): Promise<PageAnswer | null>;
  /** Why there was no answer, as far as it can be told by trying again; null: there is one now. */
  whyNoPage(url: string): Promise<{ readonly kind: 'certificate' | 'other'; readonly what: string } | null>;
  /** What kind of address the host of this one has, as seen from here; null: it has none. */
  reach(url: string): Promise<'loopback' | 'private' | 'public' | null>;
  /** Waits, ms. */
  sleep(ms: number): Promise<void>;
}
