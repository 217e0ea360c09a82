import type { Request } from 'express';
import { pages } from '../../panel/texts/pages';
import type { Banner } from './page';

export type SaidKey = keyof typeof pages.said;

/** After a form was carried out, the next page says so. Only keys travel in the address, never words. */
export function withSaid(to: string, said: SaidKey | null): string {
  return said === null ? to : `${to}${to.includes('?') ? '&' : '?'}said=${said}`;
}

export function saidBanner(request: Request): Banner[] {
  const { said } = request.query;
  if (typeof said !== 'string' || !Object.hasOwn(pages.said, said)) return [];
  return [bannerOf(said as SaidKey)];
}

export function bannerOf(key: SaidKey): Banner {
  const asks = key === 'confirmFirst' || key === 'passwordMissing' || key === 'queueDown';
  return { tone: asks ? 'care' : 'ok', icon: asks ? 'alert' : 'check', text: [pages.said[key]], alert: false };
}
