import type { ErrorRequestHandler, Request, Response } from 'express';
import { httpStatusOf, toHeadwaterError, type HeadwaterError } from '../../domain/errors';
import { parseUpstreamUrl } from '../../domain/upstream-url';
import { pages } from '../../panel/texts/pages';
import { say } from '../../panel/texts/rich';
import { publicPlace } from '../sign-in/public-place';
import type { SignInLink } from '../sign-in/sign-in-link';
import { contextFor } from './failure-context';
import { forgeDownNote, notThereNote, problemNote, signedOutNote } from './notes';
import type { Note } from './page';
import { streamOf } from './page-stream';
import { openContext, type Panel } from './panel-context';
import { emptySettings } from './settings-model';
import { showSettings, type SettingsExtra } from './settings-page';
import { showPage } from './show-page';
import { explainFailure } from './view/failure';
import { sentenceOf } from './view/failure-words';

/** How soon a page that waits for the forge looks again; the text says so. */
const lookAgainSeconds = 30;
const settingsPage = { template: 'settings', title: pages.title } as const;

/** A fault becomes a page: in place of the lists, or above them where they can still be shown. */
export function showFault(panel: Panel): ErrorRequestHandler {
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

/** A page that says one thing. */
export function noteOnly(
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
  return bad(sentenceOf(failure));
}
