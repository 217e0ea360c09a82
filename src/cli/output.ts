import { httpStatusOf, type Fault, type HeadwaterError } from '../domain/errors';
import { redactUrls } from '../domain/redact';
import type { CliIo } from './cli-deps';

/** Says things to a person, or one JSON value to a program. Faults always go to `err` too. */
export class Output {
  constructor(
    readonly io: CliIo,
    readonly json: boolean,
  ) {}

  /** The result: `value` with --json, else the lines. */
  result(value: unknown, lines: readonly string[]): void {
    const text = this.json ? JSON.stringify(value, null, 2) : lines.join('\n');
    if (text !== '') this.io.out.write(`${text}\n`);
  }

  /** Something to know that is no failure. */
  warn(fault: Fault): void {
    this.note(`warning: ${fault.message} ${fault.advice} (${fault.code})`);
  }

  note(text: string): void {
    this.io.err.write(`headwater: ${text}\n`);
  }

  /** Why the command failed, without a stack. With --json also as the one JSON value. */
  fail(error: HeadwaterError): void {
    this.note(`${error.message} ${error.advice} (${error.code})`);
    for (const entry of error.fieldFaults) this.io.err.write(`  ${entry.field} ${entry.message}\n`);
    // A bug has no better place to be seen: a command has no log.
    if (httpStatusOf(error.code) === 500 && error.cause instanceof Error)
      this.note(`cause: ${redactUrls(`${error.cause.name}: ${error.cause.message}`)}`);
    if (!this.json) return;
    const errors = error.fieldFaults.length > 0 ? { errors: error.fieldFaults } : {};
    this.result({ error: { ...error.toFault(), ...errors } }, []);
  }
}
