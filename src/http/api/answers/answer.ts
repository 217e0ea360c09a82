import type { z } from 'zod';

/** What a route answers with one status. The document is made from it, and tests hold every answer against it. */
export interface Answer {
  /** What it is, for readers of the documentation. */
  readonly meaning: string;
  /** null: nothing. Strict, so that no field goes undocumented. */
  readonly body: z.ZodType | null;
  /** Server-sent events in place of a body: what the data of each is. */
  readonly events?: Readonly<Record<string, z.ZodType>>;
  readonly contentType?: string;
  /** Beyond what every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type SuccessStatus = 200 | 201 | 202 | 204;

export type Answers = Readonly<Partial<Record<SuccessStatus, Answer>>>;

export function answer(meaning: string, body: z.ZodType | null): Answer {
  return { meaning, body };
}
