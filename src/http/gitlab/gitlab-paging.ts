import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseFields } from '../api/parse-input';
import type { Parameter } from '../openapi/operation';

const whole = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'must be a whole number from 1 on')
  .transform(Number);
const query = z.object({ page: whole.default(1), per_page: whole.default(20) });
const most = 100;

/** For the documentation. */
export const pageParameters: readonly Parameter[] = [
  {
    name: 'page',
    in: 'query',
    description: 'Which page, from 1 on.',
    schema: { type: 'integer', minimum: 1, default: 1 },
  },
  {
    name: 'per_page',
    in: 'query',
    description: `How many on a page; more than ${most} counts as ${most}.`,
    schema: { type: 'integer', minimum: 1, default: 20 },
  },
];
export const pageHeaders = {
  Link: 'Pages by their rel: prev, next, first, last.',
  'X-Page': 'This page.',
  'X-Per-Page': 'How many on a page.',
  'X-Next-Page': 'The page after this one; empty on the last.',
  'X-Prev-Page': 'The page before this one; empty on the first.',
  'X-Total': 'How many in all.',
  'X-Total-Pages': 'How many pages.',
};

/** `page` and `per_page` with GitLab's headers. Raises input_invalid. */
export function answerPage<T>(request: Request, response: Response, baseUrl: string, all: readonly T[]): void {
  const { page, per_page: asked } = parseFields(query, { ...request.query });
  const size = Math.min(asked, most);
  const pages = Math.max(1, Math.ceil(all.length / size));
  const path = request.originalUrl.split('?')[0] ?? '';
  const link = (to: number, rel: string) => `<${baseUrl}${path}?page=${to}&per_page=${size}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [link(Math.min(page - 1, pages), 'prev')] : []),
    ...(page < pages ? [link(page + 1, 'next')] : []),
    link(1, 'first'),
    link(pages, 'last'),
  ];
  response.set({
    Link: links.join(', '),
    'X-Page': String(page),
    'X-Per-Page': String(size),
    'X-Next-Page': page < pages ? String(page + 1) : '',
    'X-Prev-Page': page > 1 ? String(Math.min(page - 1, pages)) : '',
    'X-Total': String(all.length),
    'X-Total-Pages': String(pages),
  });
  response.json(all.slice((page - 1) * size, page * size));
}
