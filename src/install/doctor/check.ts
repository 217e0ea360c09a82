export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skipped';

/** What one check found. */
export interface Verdict {
  readonly status: CheckStatus;
  /** One sentence. */
  readonly sentence: string;
  /** What to do about it; null: nothing. */
  readonly cure: string | null;
}

export interface Check {
  readonly id: string;
  readonly title: string;
  /** The check without which this one cannot be made: it is skipped when that one raised. */
  readonly after?: string;
  /** Raises HeadwaterError where what it asks fails as a whole. */
  run(): Promise<Verdict>;
}

export interface Finding extends Verdict {
  readonly id: string;
  readonly title: string;
}

export function ok(sentence: string): Verdict {
  return { status: 'ok', sentence, cure: null };
}

export function warn(sentence: string, cure: string): Verdict {
  return { status: 'warn', sentence, cure };
}

export function fail(sentence: string, cure: string): Verdict {
  return { status: 'fail', sentence, cure };
}

export function skipped(sentence: string, cure: string | null = null): Verdict {
  return { status: 'skipped', sentence, cure };
}
