import type { Request, RequestHandler, Response } from 'express';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import { pullActionTable } from './actions';
import { asActor } from './as-actor';
import { addForm, editForm, startValues, valuesOf } from './forms';
import { mirrorOf } from './history-page';
import { loadProject } from './load-project';
import { loadPushes } from './load-pushes';
import { openContext, type Panel } from './panel-context';
import { notePush, savePush } from './push-actions';
import { readForm } from './read-form';
import { bannerOf, withSaid, type SaidKey } from './said';
import { saveMirror } from './save-mirror';
import { messageSecret } from './secret-actions';
import { showSettings } from './settings-page';

/** The form of a new mirror, in either direction. */
export function postAdd(shared: Panel): RequestHandler {
  return async (request, response) => {
    const panel = asActor(shared, request);
    const context = await openContext(panel, request);
    const sent = readForm(request, startValues(context));
    const [{ mirror }, pushed] = await Promise.all([loadProject(panel, context), loadPushes(panel, context)]);
    const pulls = mirror !== null;
    const choice = { pushed, pulls, over: pulls || pushed.mirrors.length > 0 };
    if (sent.values.direction === 'push') {
      const done = await savePush(panel, context, sent, notePush(panel, context));
      if ('to' in done) return response.redirect(303, done.to);
      const form = addForm(panel, context, choice, done);
      return showSettings(panel, request, response, { form, status: statusOf(done.faults) });
    }
    const outcome = await saveMirror(panel, context, sent, null);
    if (!outcome.saved)
      return showSettings(panel, request, response, {
        form: addForm(panel, context, choice, outcome.again),
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

/** The form of the mirror that is there. */
export function postEdit(shared: Panel): RequestHandler {
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

/** A button of the mirror, by the name in its address. */
export function postAction(shared: Panel): RequestHandler {
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
