/** What the child is told, as one JSON line on its standard input. Nothing of it is secret to the child's user. */
export interface FetchJob {
  /** Address of the gate. */
  readonly url: string;
  /** The header that opens a gate for HTTP, "Name: value"; null where the address itself does. */
  readonly header: string | null;
  /** Bare repository that receives the objects. */
  readonly cacheDir: string;
  /** Object ids that must be there in the end. */
  readonly wanted: readonly string[];
}

/** What the child tells, as JSON lines on its standard output. The parent believes none of it unchecked. */
export type FetchMessage =
  | {
      readonly type: 'progress';
      readonly phase: 'receiving' | 'resolving';
      readonly done: number;
      readonly total: number;
      readonly bytes: number;
    }
  | { readonly type: 'done' }
  /** `missing` is an object that the upstream listed but did not send. */
  | { readonly type: 'failed'; readonly message: string; readonly missing: boolean };

export function sendMessage(message: FetchMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
