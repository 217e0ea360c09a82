import { faultCatalogue, type FaultCode } from '../../domain/fault-catalogue';
import type { Answer } from '../api/answers/answer';
import { answerComponents, bodyComponents } from './components';
import { introduction, tags } from './introduction';
import { makeSchemas, type JsonSchema } from './json-schema';
import type { Operation } from './operation';
import { securitySchemes } from './security-schemes';

interface Place {
  readonly version: string;
  /** Where clients reach this server, without a slash at the end. */
  readonly url: string;
}

interface MadeOf {
  readonly answers: Readonly<Record<string, JsonSchema>>;
  readonly bodies: Readonly<Record<string, JsonSchema>>;
}

/** The OpenAPI 3.1 document of these operations. Pure. */
export function createDocument(operations: readonly Operation[], { version, url }: Place) {
  const answers = makeSchemas({ components: answerComponents, inline: answerSchemas(operations) }, true);
  const bodies = makeSchemas({ components: bodyComponents, inline: bodySchemas(operations) }, false);
  const made: MadeOf = { answers: answers.inline, bodies: bodies.inline };
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method] = describeOperation(operation, made);
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Headwater', version, description: introduction, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url, description: 'This Headwater.' }] as const,
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...answers.components, ...bodies.components },
      headers: sharedHeaders,
      securitySchemes,
    },
  };
}

interface DescribedOperation extends Pick<Operation, 'security' | 'summary'> {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly parameters: readonly object[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}
type Content = Readonly<
  Record<string, { readonly schema: JsonSchema; readonly 'x-events'?: Readonly<Record<string, JsonSchema>> }>
>;

export type OpenApiDocument = ReturnType<typeof createDocument>;

function answerSchemas(operations: readonly Operation[]) {
  return Object.fromEntries(
    operations.flatMap(({ id, answers, problem }) => [
      [`${id} problem`, problem] as const,
      ...Object.entries(answers).flatMap(([status, declared]) =>
        declared === undefined ? [] : schemasOf(`${id} ${status}`, declared),
      ),
    ]),
  );
}

function schemasOf(name: string, { body, events = {} }: Answer) {
  return [
    ...(body === null ? [] : [[name, body] as const]),
    ...Object.entries(events).map(([event, schema]) => [`${name} ${event}`, schema] as const),
  ];
}

function bodySchemas(operations: readonly Operation[]) {
  return Object.fromEntries(operations.flatMap(({ id, body }) => (body === null ? [] : [[id, body.schema] as const])));
}

function describeOperation(operation: Operation, made: MadeOf): DescribedOperation {
  const { id, tag, summary, needs, security, parameters, body } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `Needs: ${needs}`,
    security,
    parameters: parameters.map((each) => ({ ...each, required: each.in === 'path' })),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: !body.schema.safeParse({}).success,
            content: Object.fromEntries(
              body.contentTypes.map((type) => [
                type,
                { schema: made.bodies[id] ?? {}, ...(body.example === undefined ? {} : { example: body.example }) },
              ]),
            ),
          },
        }),
    responses: { ...describeAnswers(operation, made), ...describeFaults(operation, made) },
  };
}

function describeAnswers({ id, answers, paged, security }: Operation, made: MadeOf) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, declared]) => {
      const { meaning, body, events, contentType = 'application/json', headers = {} } = declared as Answer;
      const own = Object.fromEntries(
        Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
      );
      const shared = [...(security.length > 0 ? limitHeaders : []), ...(paged ? pageHeaders : [])];
      const refs = Object.fromEntries(shared.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
      const name = `${id} ${status}`;
      return [
        status,
        {
          description: meaning,
          ...(shared.length + Object.keys(own).length > 0 ? { headers: { ...refs, ...own } } : {}),
          ...(body === null ? {} : { content: { [contentType]: { schema: made.answers[name] ?? {} } } }),
          ...(events === undefined
            ? {}
            : { content: { [contentType]: { schema: { type: 'string' }, 'x-events': eventsOf(name, events, made) } } }),
        },
      ];
    }),
  );
}

/** OpenAPI 3.1 has no words for the events of a stream. */
function eventsOf(name: string, events: NonNullable<Answer['events']>, made: MadeOf) {
  return Object.fromEntries(Object.keys(events).map((event) => [event, made.answers[`${name} ${event}`] ?? {}]));
}

/** Each status with the codes that come with it, and their sentences. */
function describeFaults({ id, faults, statusOf, answers }: Operation, made: MadeOf) {
  const byStatus = new Map<number, FaultCode[]>();
  for (const code of faults) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in answers))
      .sort(([one], [other]) => one - other)
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `- \`${code}\`: ${faultCatalogue[code].message}`).join('\n'),
          ...(status === 401 ? headersOf('WWW-Authenticate') : {}),
          ...(status === 429 || status === 503 ? headersOf('Retry-After') : {}),
          content: { 'application/json': { schema: made.answers[`${id} problem`] ?? {} } },
          'x-codes': codes,
        },
      ]),
  );
}

function headersOf(name: keyof typeof sharedHeaders) {
  return { headers: { [name]: { $ref: `#/components/headers/${name}` } } };
}

const limitHeaders = ['RateLimit', 'RateLimit-Policy'] as const;
const pageHeaders = ['X-Total-Count', 'Link'] as const;

const sharedHeaders = {
  RateLimit: {
    description: 'Calls left and seconds until they are counted anew (IETF draft 8), where a limit is set.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'The limit: calls (q) in so many seconds (w), where one is set.',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Seconds to wait, where that is known.', schema: { type: 'integer', minimum: 0 } },
  'WWW-Authenticate': { description: 'What to sign in with.', schema: { type: 'string' } },
  'X-Total-Count': { description: 'How many there are in all.', schema: { type: 'integer', minimum: 0 } },
  Link: {
    description: 'Addresses of other pages by their rel: next, last, first, prev. Absent when there is one page.',
    schema: { type: 'string' },
  },
} as const;
