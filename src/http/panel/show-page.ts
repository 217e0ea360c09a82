import type { Request, Response } from 'express';
import { publicPlace } from '../sign-in/public-place';
import { createHtml } from './html';
import { keepTheme, themeOf, type Page } from './page';
import { streamOf } from './page-stream';
import type { Panel } from './panel-context';
import type { ForgeFacts } from './view/pull-input';

/** What a page says of itself; the rest is the same everywhere. */
export type PageChoice = Pick<Page, 'template' | 'title'> & Partial<Page>;

export interface Shown {
  readonly page: PageChoice;
  /** What the template needs besides. */
  readonly model: object;
  readonly forge: ForgeFacts & { readonly theme: string };
  readonly csrf: string;
  readonly now: number;
  readonly status?: number;
}

/** Renders and sends a page, or the rest of it where its frame is on its way already. */
export function showPage(panel: Panel, request: Request, response: Response, shown: Shown): void {
  const stream = streamOf(request, response);
  const page = framePage(panel, request, response, shown.page, shown.forge);
  const model = { ...shown.model, page, now: shown.now, csrf: shown.csrf, h: createHtml(shown.now) };
  const frame = stream.begun ? '' : panel.render('shell', { page });
  stream.end(shown.status ?? 200, frame + panel.render('rest', { ...model, late: stream.begun }));
}

/** What stands around a page; needs no answer of the forge. */
export function framePage(
  panel: Pick<Panel, 'deps' | 'assets'>,
  request: Request,
  response: Response,
  choice: PageChoice,
  forge: Shown['forge'],
): Page {
  const { deps, assets } = panel;
  const { base } = publicPlace(deps.publicUrl());
  const { owner, repo } = request.params as { owner?: string; repo?: string };
  const project = owner === undefined || repo === undefined ? '' : `/${owner}/${repo}`;
  const kept = response.headersSent ? null : keepTheme(request, `${base}/`);
  if (kept !== null) response.append('Set-Cookie', kept);
  return {
    heading: choice.title,
    theme: themeOf(request, forge.theme),
    forgeUrl: forge.url,
    forgeOrigin: new URL(forge.url).origin,
    assets: `${base}/panel/assets/${assets.version}`,
    framed: request.get('sec-fetch-dest') === 'iframe' || request.get('x-panel-framed') === 'yes',
    back: { href: `${forge.url}${project}`, text: project === '' ? forge.name : project.slice(1) },
    headAction: null,
    banners: [],
    refresh: null,
    live: null,
    state: '',
    ...choice,
  };
}
