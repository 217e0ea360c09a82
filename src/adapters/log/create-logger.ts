import pino from 'pino';
import type { Secret } from '../../domain/credentials';
import { redactUrls } from '../../domain/redact';
import type { Logger } from '../../ports/logger';
import { describeError } from './describe-error';

/** Standard output (1), standard error (2), or a stream of the caller's. */
export type LogDestination = 1 | 2 | pino.DestinationStream;

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly destination: LogDestination;
  /** Secrets known from the start: blotted out wherever they might appear. */
  readonly secrets?: readonly Secret[];
}

const hiddenFields = [
  'password',
  'authPassword',
  'auth_password',
  'token',
  'authorization',
  'cookie',
  'sealedPassword',
];

/** JSON lines by pino. Also answers the pino instance itself, which the HTTP server's request log builds upon. */
export function createLogger(options: LoggerOptions): { readonly log: Logger; readonly pino: pino.Logger } {
  // Written at once, so that the last words of a process that ends by a fault are not lost.
  const destination =
    typeof options.destination === 'number'
      ? pino.destination({ dest: options.destination, sync: true })
      : options.destination;
  const secrets = (options.secrets ?? []).map((secret) => secret.reveal()).filter((text) => text.length >= 4);
  const logger = pino(
    {
      level: options.level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: hiddenFields.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
      serializers: {
        err: describeError,
        error: (value: unknown) => (value instanceof Error ? describeError(value) : value),
      },
      formatters: { level: (label) => ({ level: label }), log: withoutUserInfo },
      hooks: { streamWrite: (line) => blotOut(line, secrets) },
    },
    destination,
  );
  return { log: logger, pino: logger };
}

function withoutUserInfo(fields: object): Record<string, unknown> {
  const shown = Object.entries(fields).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? redactUrls(value) : value,
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}

function blotOut(line: string, secrets: readonly string[]): string {
  let shown = line;
  for (const secret of secrets) shown = shown.replaceAll(JSON.stringify(secret).slice(1, -1), '[redacted]');
  return shown;
}
