import type { RequestHandler } from 'express';
import { streamOf } from './page-stream';
import type { Panel } from './panel-context';
import { framePage } from './show-page';

/** So long (ms) a page may take to come at once, with its right status. */
export const patienceMs = 250;

/**
 * Shows the frame of a page at once when the forge takes its time: a browser draws it while the rest is still asked for, and
 * puts the rest in its place, without a script. What a script fetches is not looked at before its end, so it comes as one.
 */
export function paintFirst(panel: Panel, title: string): RequestHandler {
  return (request, response, next) => {
    const stream = streamOf(request, response);
    if (['document', 'iframe'].includes(request.get('sec-fetch-dest') ?? '')) {
      const timer = setTimeout(() => {
        if (response.headersSent || stream.begun) return;
        const page = framePage(panel, request, response, { title, template: 'settings' }, panel.knownForge());
        stream.begin(panel.render('shell', { page }) + panel.render('loading', { page }));
      }, patienceMs);
      response.once('close', () => clearTimeout(timer));
    }
    next();
  };
}
