import type { Request, Response } from 'express';
import { publicPlace } from '../sign-in/public-place';
import { createHtml } from './html';
import { keepTheme, themeOf, type Page } from './page';
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

/** Renders and sends a page. */
export function showPage(panel: Panel, request: Request, response: Response, shown: Shown): void {
  const { deps, assets, render } = panel;
  const { base } = publicPlace(deps.publicUrl());
  const { owner, repo } = request.params as { owner?: string; repo?: string };
  const project = owner === undefined || repo === undefined ? '' : `/${owner}/${repo}`;
  const kept = keepTheme(request, `${base}/`);
  if (kept !== null) response.append('Set-Cookie', kept);
  const page: Page = {
    heading: shown.page.title,
    theme: themeOf(request, shown.forge.theme),
    forgeUrl: shown.forge.url,
    forgeOrigin: new URL(shown.forge.url).origin,
    assets: `${base}/panel/assets/${assets.version}`,
    framed: request.get('sec-fetch-dest') === 'iframe' || request.get('x-panel-framed') === 'yes',
    back: { href: `${shown.forge.url}${project}`, text: project === '' ? shown.forge.name : project.slice(1) },
    headAction: null,
    banners: [],
    refresh: null,
    live: null,
    state: '',
    ...shown.page,
  };
  const html = render('layout', { ...shown.model, page, now: shown.now, csrf: shown.csrf, h: createHtml(shown.now) });
  response
    .status(shown.status ?? 200)
    .type('html')
    .send(html);
}
