import type { z } from 'zod';
import type { FaultCode } from '../../domain/fault-catalogue';
import type { Answer } from '../api/answers/answer';
import type { ApiTag } from '../api/route';
import type { JsonSchema } from './json-schema';

export type Tag = ApiTag | "GitLab's calls" | 'What upstreams and the forge call' | 'Health and description';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly schema: JsonSchema;
}

/** How callers say who they are: any one of these will do. */
export type SecurityUse = Readonly<Record<string, readonly string[]>>;

export interface OperationBody {
  readonly schema: z.ZodType;
  readonly contentTypes: readonly string[];
  readonly example?: Readonly<Record<string, unknown>>;
}

/** One call as the documentation tells it and tests hold it. */
export interface Operation {
  readonly id: string;
  readonly tag: Tag;
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete';
  /** From the root of this server, with {parameters}. */
  readonly path: string;
  readonly summary: string;
  /** Who may call it, one sentence. */
  readonly needs: string;
  /** Empty: anybody. */
  readonly security: readonly SecurityUse[];
  readonly parameters: readonly Parameter[];
  readonly body: OperationBody | null;
  readonly answers: Readonly<Partial<Record<number, Answer>>>;
  /** All that it may raise. */
  readonly faults: readonly FaultCode[];
  /** How a fault is shown. */
  readonly problem: z.ZodType;
  readonly statusOf: (code: FaultCode) => number;
  /** Headers that say where in a list one is. */
  readonly paged: boolean;
}
