import type { Request } from 'express';
import type { Rich } from '../../panel/texts/rich';
import type { Icon } from '../../panel/texts/states';
import type { Action } from './view/action';

export interface Banner {
  readonly tone: 'ok' | 'care' | 'bad' | 'plain';
  readonly icon: Icon;
  readonly text: Rich;
  readonly alert: boolean;
}

/** What stands around every page. */
export interface Page {
  readonly template: string;
  readonly title: string;
  readonly heading: string;
  readonly theme: string;
  readonly forgeUrl: string;
  readonly forgeOrigin: string;
  readonly assets: string;
  /** Shown inside the forge's own page. */
  readonly framed: boolean;
  /** Way out where it stands alone. */
  readonly back: { readonly href: string; readonly text: string };
  readonly headAction: Action | null;
  readonly banners: readonly Banner[];
  /** Seconds; for browsers without script. */
  readonly refresh: number | null;
  readonly live: { readonly events: string; readonly poll: string } | null;
  /** Changes whenever the page would look otherwise. */
  readonly state: string;
}

/** Something that takes the place of the lists. */
export interface Note {
  readonly icon: Icon;
  readonly title: Rich;
  readonly lines: readonly Rich[];
  readonly steps: readonly Rich[];
  /** The lines are advice, not news. */
  readonly quiet: boolean;
  readonly button: { readonly label: string; readonly href: string; readonly target: string | null } | null;
}

const themeCookie = 'panel_theme';

/** The forge's theme: told by the page around the frame and remembered, since pages of our own cannot ask for it. */
export function themeOf(request: Request, usual: string): string {
  const told = request.query['theme'];
  if (isTheme(told)) return told;
  const kept = new RegExp(`(?:^|; *)${themeCookie}=([^;]*)`).exec(request.get('cookie') ?? '')?.[1];
  return isTheme(kept) ? kept : usual;
}

export function keepTheme(request: Request, path: string): string | null {
  const told = request.query['theme'];
  return isTheme(told) ? `${themeCookie}=${told}; Path=${path}; Max-Age=31536000; SameSite=Lax` : null;
}

/** Becomes part of the address of a style sheet of the forge. */
function isTheme(text: unknown): text is string {
  return typeof text === 'string' && /^[a-z0-9][a-z0-9_-]{0,63}$/i.test(text);
}
