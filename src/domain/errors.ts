import { faultCatalogue, type FaultCode } from './fault-catalogue';
import type { CatalogueEntry, FaultKind } from './faults/catalogue-entry';
import { redactUrls } from './redact';

/** What went wrong, as a value: stored with the run, shown in the API and the panel. Never holds a secret. */
export interface Fault {
  readonly code: FaultCode;
  /** One sentence. */
  readonly message: string;
  /** What to do about it, one sentence. */
  readonly advice: string;
}

/** A failing field of a request body or of the configuration. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** Facts that a catalogue sentence may name, such as `host` or `status`. Remote text must be shortened by the caller. */
export type FaultFacts = Readonly<Record<string, string | number | undefined>>;

/** The one error class. Branch on `code`, never on the class or the message: errors cross process boundaries. */
export class HeadwaterError extends Error {
  readonly code: FaultCode;
  readonly advice: string;
  readonly fieldFaults: readonly FieldFault[];
  /** Wait at least this long (ms) before the next try, when the other side said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: FaultCode,
    facts: FaultFacts = {},
    options: { cause?: unknown; fieldFaults?: readonly FieldFault[]; retryAfterMs?: number } = {},
  ) {
    const entry: CatalogueEntry = faultCatalogue[code];
    super(fillIn(entry.message, facts), { cause: options.cause });
    this.name = 'HeadwaterError';
    this.code = code;
    this.advice = fillIn(entry.advice, facts);
    this.fieldFaults = options.fieldFaults ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }

  get kind(): FaultKind {
    return faultCatalogue[this.code].kind;
  }

  toFault(): Fault {
    return { code: this.code, message: this.message, advice: this.advice };
  }
}

/** A fault as an error again, with the words that it had where it was raised. */
export function reviveFault(
  { code, message, advice }: Fault,
  options: { cause?: unknown; retryAfterMs?: number } = {},
): HeadwaterError {
  const error = new HeadwaterError(code, {}, options);
  return Object.assign(error, { message, advice });
}

/** The fault of any thrown value; what is not ours becomes `internal`, whose text tells nothing of the cause. */
export function toHeadwaterError(thrown: unknown): HeadwaterError {
  return thrown instanceof HeadwaterError ? thrown : new HeadwaterError('internal', {}, { cause: thrown });
}

export function fault(code: FaultCode, facts: FaultFacts = {}): Fault {
  return new HeadwaterError(code, facts).toFault();
}

/** The HTTP status that answers a request which failed with this code. */
export function httpStatusOf(code: FaultCode): number {
  const entry: CatalogueEntry = faultCatalogue[code];
  if (entry.status !== undefined) return entry.status;
  return { user: 400, transient: 503, bug: 500 }[entry.kind];
}

function fillIn(template: string, facts: FaultFacts): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? 'unknown'));
  return redactUrls(filled);
}
