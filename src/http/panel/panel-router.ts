import { setTimeout } from 'node:timers/promises';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { LRUCache } from 'lru-cache';
import { history, preview } from '../../panel/texts/history';
import { newProject, pages } from '../../panel/texts/pages';
import { createAssets } from './assets';
import { connectionLimit } from './connection-limit';
import { paintFirst, patienceMs } from './first-paint';
import { showHistory, showPreview } from './history-page';
import { getHow } from './how-page';
import { getPanelEvents, getState } from './live';
import { postNew, showNew } from './new-page';
import { signedOutNote } from './notes';
import { forgeFacts, type Panel } from './panel-context';
import type { PanelDeps } from './panel-deps';
import { noteOnly, showFault } from './panel-faults';
import { ProgressWatch } from './progress-watch';
import { postAction, postAdd, postEdit } from './pull-posts';
import { postPushAction } from './push-actions';
import { createRender } from './render';
import { postHook, postNotifySecret } from './secret-actions';
import { showSettings } from './settings-page';
import { showStatus } from './status-page';

const project = '/:owner/:repo';
const mostSeen = 10_000;

/** All pages of the panel, below /panel. */
export function createPanelRouter(deps: PanelDeps): Router {
  const panel: Panel = {
    deps,
    render: createRender(),
    assets: createAssets(),
    mayConnect: connectionLimit(deps),
    progress: new ProgressWatch(deps.notices, () => Date.now()),
    seen: new LRUCache({ max: mostSeen }),
    ...forgeFacts(deps),
  };
  deps.closing.addEventListener('abort', () => panel.progress.close(), { once: true });

  const router = Router();
  router.use('/assets', panel.assets.handler);
  router.use(...deps.signIn.pages);
  router.get('/how', getHow(panel));
  const signedIn = deps.signIn.requireSession(async (request, response, link) => {
    // A slow forge is called by the name that it had before.
    await Promise.race([panel.forge(), setTimeout(patienceMs, null, { ref: false })]);
    noteOnly(panel, request, response, response.statusCode, signedOutNote(panel.knownForge().name, link));
  });
  router.use(['/new', project], signedIn);
  const fields = express.urlencoded({ extended: false, limit: '64kb' });
  const change: RequestHandler[] = [fields, deps.signIn.csrf.protect, deps.signIn.access.require('write')];

  // A route's own, since only there the address is known by its parts.
  const fault = showFault(panel);
  const page = (path: string, title: string, show: typeof showHistory) =>
    router.get(
      path,
      paintFirst(panel, title),
      (request: Request, response: Response) => show(panel, request, response),
      fault,
    );
  page('/new', newProject.title, showNew);
  page(project, pages.title, showSettings);
  page(`${project}/status`, pages.tabTitle, showStatus);
  page(`${project}/history`, history.title, showHistory);
  page(`${project}/plan/:id`, preview.title, showPreview);
  router.get(`${project}/state`, getState(panel));
  router.get(`${project}/events`, getPanelEvents(panel));
  router.post('/new', fields, deps.signIn.csrf.protect, postNew(panel), fault);
  router.post(`${project}/add`, ...change, postAdd(panel), fault);
  router.post(`${project}/edit`, ...change, postEdit(panel), fault);
  router.post(`${project}/push/:action`, ...change, postPushAction(panel), fault);
  router.post(`${project}/webhook`, ...change, postHook(panel), fault);
  router.post(`${project}/notify-secret`, ...change, postNotifySecret(panel), fault);
  router.post(`${project}/:action`, ...change, postAction(panel), fault);
  router.use(fault);
  return router;
}
