import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseFields } from '../api/parse-input';

const whole = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'must be a whole number from 1 on')
  .transform(Number);
const query = z.object({ page: whole.default(1), per_page: whole.default(20) });
const most = 100;

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
