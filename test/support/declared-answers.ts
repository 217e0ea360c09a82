import type { z } from 'zod';
import type { FaultCode } from '../../src/domain/fault-catalogue';
import type { Answer } from '../../src/http/api/answers/answer';
import type { Operation } from '../../src/http/openapi/operation';
import { allOperations } from '../../src/http/openapi/operations';

/** An answer as it went over the wire. */
export interface SeenAnswer {
  readonly method: string;
  /** Path and query of the request. */
  readonly target: string;
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** null: not looked at, as for HEAD. */
  readonly text: string | null;
}

const operations = allOperations().map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
}));

/** How the answer differs from what its route declares; nothing for what is no documented call. */
export function faultsOfAnswer(seen: SeenAnswer): string[] {
  const method = seen.method === 'HEAD' ? 'get' : seen.method.toLowerCase();
  const path = seen.target.split('?')[0] ?? '';
  const found = operations.find(({ operation, pattern }) => operation.method === method && pattern.test(path));
  const place = `${seen.method} ${path} answered ${seen.status}`;
  if (found === undefined) {
    const isApi = path.startsWith('/api/v') && method !== 'options';
    return isApi && seen.status !== 404 && seen.status !== 429 ? [`${place}, and no such call is documented`] : [];
  }
  const { operation } = found;
  const declared = operation.answers[seen.status];
  const problems =
    declared === undefined ? faultsOfProblem(operation, seen) : faultsOfSuccess(operation, declared, seen);
  return problems.map((problem) => `${place} as ${operation.id}: ${problem}`);
}

function faultsOfSuccess(operation: Operation, declared: Answer, seen: SeenAnswer): string[] {
  if (seen.text === null) return [];
  if (declared.body === null && declared.events === undefined)
    return seen.text === '' ? [] : ['it has a body, and none is declared'];
  const type = declared.contentType ?? 'application/json';
  const told = seen.header('content-type') ?? '';
  return [
    ...(told.startsWith(type) ? [] : [`its content type is ${told}, and ${type} is declared`]),
    ...(operation.paged && !/^\d+$/.test(seen.header('x-total-count') ?? '') ? ['it lacks X-Total-Count'] : []),
    ...Object.keys(declared.headers ?? {})
      .filter((name) => seen.header(name) === undefined)
      .map((name) => `it lacks the header ${name}`),
    ...(declared.events === undefined ? [] : faultsOfEvents(declared.events, seen.text)),
    ...(declared.body === null
      ? []
      : faultsOf(declared.body, type === 'application/json' ? parse(seen.text) : seen.text)),
  ];
}

function faultsOfProblem(operation: Operation, seen: SeenAnswer): string[] {
  const codes = operation.faults.filter((code) => operation.statusOf(code) === seen.status);
  if (codes.length === 0) return [`neither an answer nor a fault with this status is declared: ${seen.text ?? ''}`];
  if (seen.text === null) return [];
  const body = parse(seen.text);
  const { code } = (body ?? {}) as { code?: FaultCode };
  return [
    ...faultsOf(operation.problem, body),
    ...(code === undefined || codes.includes(code) ? [] : [`its row does not name ${code} among its faults`]),
    ...(seen.status === 401 && code !== 'delivery_refused' && seen.header('www-authenticate') === undefined
      ? ['it lacks WWW-Authenticate']
      : []),
    ...(seen.status === 429 && seen.header('retry-after') === undefined ? ['it lacks Retry-After'] : []),
  ];
}

function faultsOfEvents(events: NonNullable<Answer['events']>, text: string): string[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .flatMap((block) => {
      const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      const schema = events[name];
      return schema === undefined
        ? [`the event "${block.slice(0, 80)}" is not declared`]
        : faultsOf(schema, parse(data));
    });
}

function faultsOf(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
