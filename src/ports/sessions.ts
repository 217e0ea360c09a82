/** A session in a browser, as it is stored: by the hash of its id, its contents sealed. */
export interface SessionRecord {
  /** SHA-256 of the id in the cookie. */
  readonly id: string;
  readonly sealed: string;
  /** Epoch ms; after that it is as good as gone. */
  readonly expiresAt: number;
}

/** Raises store_unavailable. */
export interface Sessions {
  get(id: string): Promise<SessionRecord | null>;
  /** Adds or replaces it; those that expired before `now` go. */
  put(record: SessionRecord, now: number): Promise<void>;
  /** Prolongs it, if it is still there. */
  extend(id: string, expiresAt: number): Promise<void>;
  remove(id: string): Promise<void>;
}
