import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Page } from '../../ports/paged';
import { parseFields } from './parse-input';

const positive = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a whole number from 1 on')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`);

export const mostPages = 1_000_000;
export const mostPerPage = 100;
export const defaultPerPage = 30;

const pageQuery = z.strictObject({
  page: positive(mostPages).default(1),
  limit: positive(mostPerPage).default(defaultPerPage),
});

/** `page` and `limit` of the query, named as Gitea names them; `others` are the route's own. Raises input_invalid. */
export function pageOf(request: Request, others: readonly string[] = []): Page {
  const query = Object.entries(request.query).filter(([name]) => !others.includes(name));
  return parseFields(pageQuery, Object.fromEntries(query));
}

/** X-Total-Count and Link, as Gitea sends them. `kept`: what else stands in the query. */
export function tellPaging(
  response: Response,
  baseUrl: string,
  path: string,
  page: Page,
  total: number,
  kept = '',
): void {
  const last = Math.max(1, Math.ceil(total / page.limit));
  const more = kept === '' ? '' : `&${kept}`;
  const link = (to: number, rel: string) => `<${baseUrl}${path}?page=${to}&limit=${page.limit}${more}>; rel="${rel}"`;
  const links = [
    ...(page.page < last ? [link(page.page + 1, 'next'), link(last, 'last')] : []),
    ...(page.page > 1 ? [link(1, 'first'), link(Math.min(page.page - 1, last), 'prev')] : []),
  ];
  response.set('X-Total-Count', String(total));
  if (links.length > 0) response.set('Link', links.join(','));
}
