import { z } from 'zod';
import { httpStatusOf } from '../domain/errors';
import { answer } from './api/answers/answer';
import { problem } from './api/answers/problem';
import { faultCode } from './api/answers/values';
import type { Operation } from './openapi/operation';

const check = z.strictObject({
  status: z.enum(['ok', 'fault']).describe('It answers, or not.'),
  code: faultCode.optional().describe('What is wrong; with fault alone.'),
});

export const readiness = z
  .strictObject({
    status: z.enum(['ready', 'not_ready']).describe('Whether requests can be served.'),
    checks: z
      .strictObject({
        database: check.describe('The database.'),
        queue: check.describe('Redis.'),
        forge: check.describe('The forge, asked with the token of Headwater’s account.'),
        live: check.describe(
          'Redis carries news between processes; without it pages and event streams are late, and all else works.',
        ),
      })
      .describe('Each part by itself.'),
  })
  .describe('Whether all that is needed answers.');

const liveness = z.strictObject({
  status: z.literal('ok').describe('The process answers.'),
  version: z.string().describe('Of Headwater.'),
});

const open: Pick<
  Operation,
  'tag' | 'method' | 'needs' | 'security' | 'parameters' | 'body' | 'problem' | 'statusOf' | 'paged'
> = {
  tag: 'Health and description',
  method: 'get',
  needs: 'Nothing.',
  security: [],
  parameters: [],
  body: null,
  problem,
  statusOf: httpStatusOf,
  paged: false,
};

/** What anybody may ask. */
export function healthOperations(): Operation[] {
  return [
    {
      ...open,
      id: 'isLive',
      path: '/healthz',
      summary: 'The process answers, whatever else is down',
      answers: { 200: answer('It is live.', liveness) },
      faults: [],
    },
    {
      ...open,
      id: 'isReady',
      path: '/readyz',
      summary: 'Database, queue and forge answer too',
      answers: {
        200: answer('It is ready.', readiness),
        503: answer('It is not; `checks` says what is wrong.', readiness),
      },
      faults: [],
    },
    {
      ...open,
      id: 'getManifest',
      path: '/plugin-manifest.json',
      summary: 'What the add-on is and what it needs of a forge',
      answers: {
        200: answer('The manifest; plugin-manifest.schema.json of the sources describes it.', z.looseObject({})),
      },
      faults: [],
    },
    {
      ...open,
      id: 'getDescription',
      path: '/api/openapi.json',
      summary: 'This description, for programs',
      answers: { 200: answer('OpenAPI 3.1.', z.looseObject({})) },
      faults: ['too_many_requests', 'internal'],
    },
    {
      ...open,
      id: 'getDocumentation',
      path: '/api/docs',
      summary: 'This description, for people',
      answers: { 200: { meaning: 'A page.', body: z.string(), contentType: 'text/html' } },
      faults: ['too_many_requests', 'internal'],
    },
    {
      ...open,
      id: 'getDocumentationStyle',
      path: '/api/docs/style.css',
      summary: 'The style sheet of that page',
      answers: { 200: { meaning: 'A style sheet.', body: z.string(), contentType: 'text/css' } },
      faults: ['too_many_requests', 'internal'],
    },
  ];
}
