import { z } from 'zod';
import { portions } from '../../domain/lfs-batch';
import type { LfsObject } from '../../domain/lfs-pointer';
import { ask, type Answer, type Server } from './server';

/** The media type of the batch API. Forgejo wants it alone in Accept, else it answers 415. */
const lfsType = 'application/vnd.git-lfs+json';

const linkSchema = z.object({
  href: z.string().max(16_384),
  header: z.record(z.string(), z.string()).nullish(),
  expires_at: z.string().nullish(),
  expires_in: z.number().nullish(),
});
const objectSchema = z.object({
  oid: z.string(),
  size: z.number().nullish(),
  authenticated: z.boolean().nullish(),
  actions: z.object({ download: linkSchema.nullish(), upload: linkSchema.nullish() }).nullish(),
  error: z.object({ code: z.number(), message: z.string().nullish() }).nullish(),
});
// Each object is read by itself, so that one that is malformed spoils none of the others.
const answerSchema = z.object({ transfer: z.string().nullish(), objects: z.array(z.unknown()) });

export type BatchLink = z.infer<typeof linkSchema>;
/** What a server says of one object. */
export type BatchObject = z.infer<typeof objectSchema>;

export interface BatchServer extends Server {
  /** Without a slash at its end. */
  readonly endpoint: URL;
  readonly authorization: string | null;
  /** More headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The error of an answer that is none; called for every status but 200. */
  readonly refusal: (answer: Answer) => Error;
}

/** Statuses by which servers say that they were asked for too much at once. */
const tooMany: readonly number[] = [413, 422];
const maxAnswerBytes = 8 * 1024 * 1024;

/** Asks about objects, at most `size` at once, and fewer once the server said that that is too many. */
export class BatchClient {
  #size: number;

  constructor(
    private readonly server: BatchServer,
    size: number,
  ) {
    this.#size = size;
  }

  /** Answers by object id; objects that the server left out, or wrote nonsense about, are missing. */
  async ask(operation: 'download' | 'upload', objects: readonly LfsObject[]): Promise<Map<string, BatchObject>> {
    const found = new Map<string, BatchObject>();
    const waiting = portions(objects, this.#size);
    for (let portion = waiting.shift(); portion !== undefined; portion = waiting.shift()) {
      const answer = await this.#post(operation, portion);
      if (tooMany.includes(answer.status) && portion.length > 1) {
        const half = Math.ceil(portion.length / 2);
        if (answer.status === 413) this.#size = Math.min(this.#size, half);
        waiting.unshift(...portions(portion, half));
        continue;
      }
      if (answer.status !== 200) throw this.server.refusal(answer);
      for (const object of this.#read(answer)) found.set(object.oid, object);
    }
    return found;
  }

  #post(operation: string, objects: readonly LfsObject[]): Promise<Answer> {
    const { endpoint, authorization } = this.server;
    const headers = {
      ...this.server.headers,
      accept: lfsType,
      'content-type': lfsType,
      ...(authorization === null ? {} : { authorization }),
    };
    const url = new URL(`${endpoint.href}/objects/batch`);
    const question = { operation, transfers: ['basic'], hash_algo: 'sha256', objects };
    return ask(this.server, { url, method: 'POST', headers, body: JSON.stringify(question) }, maxAnswerBytes);
  }

  #read(answer: Answer): BatchObject[] {
    const parsed = answerSchema.safeParse(parseJson(answer.text));
    const transfer = parsed.data?.transfer ?? 'basic';
    if (!parsed.success || transfer !== 'basic') throw this.server.refusal(answer);
    return parsed.data.objects.flatMap((object) => {
      const read = objectSchema.safeParse(object);
      return read.success ? [read.data] : [];
    });
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
