import { redactUrls } from '../../domain/redact';

export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorFields;
}

const longest = 4000;
const deepest = 5;

/** What a log line says of an error: an allow-list, since library errors carry whole requests with their headers. */
export function describeError(thrown: unknown, depth = 0): ErrorFields {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: show(String(thrown)) };
  const code = (thrown as { code?: unknown }).code;
  return {
    type: thrown.name,
    message: show(thrown.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(thrown.stack === undefined ? {} : { stack: show(thrown.stack) }),
    ...(thrown.cause === undefined || depth >= deepest ? {} : { cause: describeError(thrown.cause, depth + 1) }),
  };
}

function show(text: string): string {
  return redactUrls(text).slice(0, longest);
}
