import { setTimeout } from 'node:timers/promises';
import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError, httpStatusOf, toHeadwaterError } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import { parseUpstreamUrl } from '../../domain/upstream-url';
import { history, preview } from '../../panel/texts/history';
import { newProject, pages } from '../../panel/texts/pages';
import { say } from '../../panel/texts/rich';
import { asActor } from './as-actor';
import { createAssets } from './assets';
import { paintFirst, patienceMs } from './first-paint';
import { connectionLimit } from './connection-limit';
import { pullActionTable } from './actions';
import { addForm, editForm, startValues, valuesOf } from './forms';
import { mirrorOf, showHistory, showPreview } from './history-page';
import { getPanelEvents, getState } from './live';
import { getHow } from './how-page';
import { loadProject } from './load-project';
import { loadPushes } from './load-pushes';
import { postNew, showNew } from './new-page';
import { publicPlace } from '../sign-in/public-place';
import type { SignInLink } from '../sign-in/sign-in-link';
import { forgeDownNote, notThereNote, problemNote, signedOutNote } from './notes';
import type { Note } from './page';
import { streamOf } from './page-stream';
import type { PanelDeps } from './panel-deps';
import { forgeFacts, openContext, type Panel } from './panel-context';
import { ProgressWatch } from './progress-watch';
import { notePush, postPushAction, savePush } from './push-actions';
import { readForm } from './read-form';
import { createRender } from './render';
import { bannerOf, withSaid, type SaidKey } from './said';
import { contextFor, saveMirror } from './save-mirror';
import { messageSecret, postHook, postNotifySecret } from './secret-actions';
import { emptySettings } from './settings-model';
import { showSettings, type SettingsExtra } from './settings-page';
import { showPage } from './show-page';
import { showStatus } from './status-page';
import { explainFailure } from './view/failure';

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
  const signedIn = deps.signIn.requireSession((request, response, link) => {
    // A slow forge is called by the name that it had before.
    void Promise.race([panel.forge(), setTimeout(patienceMs, null, { ref: false })]).then(() => {
      noteOnly(panel, request, response, response.statusCode, signedOutNote(panel.knownForge().name, link));
    });
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

/** How soon a page that waits for the forge looks again; the text says so. */
const lookAgainSeconds = 30;
const settingsPage = { template: 'settings', title: pages.title } as const;

function postAdd(shared: Panel): RequestHandler {
  return async (request, response) => {
    const panel = asActor(shared, request);
    const context = await openContext(panel, request);
    const sent = readForm(request, startValues(context));
    const { mirror } = await loadProject(panel, context);
    const only = mirror !== null ? 'push' : (await loadPushes(panel, context)).mayChange ? null : 'pull';
    if (sent.values.direction === 'push') {
      const pushed = await savePush(panel, context, sent, notePush(panel, context));
      if ('to' in pushed) return response.redirect(303, pushed.to);
      const form = addForm(panel, context, { ...pushed, only });
      return showSettings(panel, request, response, { form, status: statusOf(pushed.faults) });
    }
    const outcome = await saveMirror(panel, context, sent, null);
    if (!outcome.saved)
      return showSettings(panel, request, response, {
        form: addForm(panel, context, { ...outcome.again, only }),
        status: statusOf(outcome.again.faults),
      });
    const said = !outcome.mirror.enabled
      ? 'addedKey'
      : outcome.warnings.includes('url_credentials_ignored')
        ? 'addedIgnored'
        : 'added';
    await goOn(panel, request, response, { ...outcome, said });
  };
}

function postEdit(shared: Panel): RequestHandler {
  return async (request, response) => {
    const panel = asActor(shared, request);
    const context = await openContext(panel, request);
    const mirror = await mirrorOf(panel, context);
    const outcome = await saveMirror(panel, context, readForm(request, valuesOf(mirror)), mirror);
    if (!outcome.saved)
      return showSettings(panel, request, response, {
        form: editForm(panel, context, mirror, outcome.again),
        status: statusOf(outcome.again.faults),
      });
    await goOn(panel, request, response, { ...outcome, said: 'saved' });
  };
}

/** A secret travels in no address, so the page that shows it is the answer itself. */
async function goOn(
  panel: Panel,
  request: Request,
  response: Response,
  { mirror, notifySecret, said }: { mirror: Mirror; notifySecret: Secret | null; said: SaidKey },
): Promise<void> {
  const { links } = await openContext(panel, request);
  if (notifySecret === null) return response.redirect(303, withSaid(links.settings, said));
  const once = messageSecret(mirror, notifySecret);
  await showSettings(panel, request, response, { open: null, banners: [bannerOf(said)], once });
}

function statusOf(faults: object | undefined): number {
  return faults === undefined || Object.keys(faults).length === 0 ? 200 : 400;
}

function postAction(shared: Panel): RequestHandler {
  return async (request, response) => {
    const panel = asActor(shared, request);
    const name = String(request.params['action']);
    const act = Object.hasOwn(pullActionTable, name) ? pullActionTable[name] : undefined;
    if (act === undefined) throw new HeadwaterError('route_not_found');
    const context = await openContext(panel, request);
    const mirror = await mirrorOf(panel, context);
    const { login, links } = context;
    const { mayConnect, deps } = panel;
    const { project, person: by } = context.caller;
    const done = await act({ deps, mayConnect, mirror, project, login, by, links, request });
    response.redirect(303, withSaid(done.to, done.said));
  };
}

/** A fault becomes a page: in place of the lists, or above them where they can still be shown. */
function showFault(panel: Panel): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = toHeadwaterError(thrown);
    const { begun } = streamOf(request, response);
    const isPage = request.accepts(['json', 'html']) === 'html' && error.code !== 'route_not_found';
    if (!begun && (response.headersSent || !isPage)) return next(thrown);
    if (error.kind === 'bug') panel.deps.log.error({ err: error.cause ?? error }, 'request failed by a bug');
    // A page that has begun must come to an end.
    const giveUp = begun ? () => noteOnly(panel, request, response, 500, problemNote(pages.problem.unknown)) : next;
    answerFault(panel, request, response, error).catch(giveUp);
  };
}

function noteOnly(
  panel: Panel,
  request: Request,
  response: Response,
  status: number,
  note: Note,
  refresh: number | null = null,
): void {
  const [forge, model, csrf] = [panel.knownForge(), { ...emptySettings, note }, ''];
  const page = { ...settingsPage, refresh: request.method === 'GET' ? refresh : null };
  showPage(panel, request, response, { page, model, forge, csrf, now: Date.now(), status });
}

async function answerFault(panel: Panel, request: Request, response: Response, error: HeadwaterError): Promise<void> {
  const forge = await panel.forge();
  const { owner = '', repo = '' } = request.params as { owner?: string; repo?: string };
  const status = httpStatusOf(error.code);
  const note = (what: Note) => noteOnly(panel, request, response, status, what);
  if (error.code === 'session_missing') return note(signedOutNote(forge.name, signInAgain(panel, request)));
  if (error.code === 'forge_unreachable')
    return noteOnly(panel, request, response, status, forgeDownNote(forge.name), lookAgainSeconds);
  if (error.code === 'project_not_found') return note(notThereNote(`${owner}/${repo}`));
  if (owner === '')
    return note(problemNote(error.code === 'csrf_refused' ? pages.problem.expired : pages.problem.unknown));
  await showSettings(panel, request, response, { open: null, status, banners: [await problem(panel, request, error)] });
}

/** What a form was sent to has no page of its own: after signing in, the project's panel is shown. */
function signInAgain(panel: Panel, request: Request): SignInLink {
  const { base } = publicPlace(panel.deps.publicUrl());
  const path = /^\/panel\/[^/?]+(\/[^/?]+)?/.exec(request.originalUrl)?.[0] ?? '/panel/new';
  const href = `${base}/oauth/login?return_to=${encodeURIComponent(path)}`;
  return { href, target: request.get('sec-fetch-dest') === 'iframe' ? '_top' : null, worksInFrame: true };
}

async function problem(
  panel: Panel,
  request: Request,
  error: HeadwaterError,
): Promise<NonNullable<SettingsExtra['banners']>[number]> {
  const bad = (text: ReturnType<typeof say>) => ({ tone: 'bad', icon: 'cross', text, alert: false }) as const;
  if (error.code === 'csrf_refused') return bad(say`${pages.problem.expired}`);
  if (error.code === 'plan_stale') return bad(say`${pages.problem.stale}`);
  const context = await openContext(panel, request);
  const mirror = await panel.deps.store.mirrorOfProject(context.caller.project.id);
  const url = mirror === null ? null : parseUpstreamUrl(mirror.url).url;
  const failure = explainFailure(error.toFault(), contextFor(context, url));
  return bad(failure.advice === null ? failure.why : say`${failure.why} ${failure.advice}`);
}
