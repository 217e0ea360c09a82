import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

/** A helper process that answers one JSON line for each JSON line it is given. */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];

  constructor(script: string, args: readonly string[]) {
    const child = spawn(process.execPath, [join(__dirname, script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as { readonly error?: string };
      const next = this.#waiting.shift();
      if (answer.error === undefined) next?.resolve(answer);
      else next?.reject(new Error(answer.error));
    });
    child.on('exit', (code) => {
      for (const one of this.#waiting.splice(0)) one.reject(new Error(`${script} ended with code ${code}`));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ask<T>(question: object): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
      this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) return resolve();
      this.#child.once('exit', () => resolve());
      this.#child.stdin?.end();
    });
  }
}

/** The other end: answers every line of standard input with `answer`, one after the other, and ends with the input. */
export async function answerLines(answer: (question: Record<string, unknown>) => Promise<object>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let said: object;
    try {
      said = await answer(JSON.parse(line) as Record<string, unknown>);
    } catch (error) {
      said = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}
