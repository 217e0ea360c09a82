import type { RequestHandler } from 'express';
import type { AuditAction, AuditDetails } from '../../domain/audit';
import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import { parseUpstreamUrl } from '../../domain/upstream-url';
import { test as testTexts } from '../../panel/texts/forms';
import { noteAction } from '../../sync/audited-store';
import { addPushMirror, removePushMirror } from '../../sync/push-mirrors';
import { testConnection } from '../../sync/test-connection';
import { personOf } from './as-actor';
import { loadPushes } from './load-pushes';
import { openContext, type Panel, type PanelContext } from './panel-context';
import { requiredField, secretOf, type SentForm } from './read-form';
import { withSaid } from './said';
import { contextFor } from './failure-context';
import { explainForm, type Unsaved } from './form-faults';
import { explainFailure } from './view/failure';
import { linesOf } from './view/failure-words';

/** How long a person waits for the forge to push; it goes on after that. ms. */
const patienceMs = 3_000;

/** Adds a push mirror, or says what is wrong with the form. Answers where to go on; null: nothing was added. */
export async function savePush(
  panel: Panel,
  context: PanelContext,
  sent: SentForm,
  note: NotePush,
): Promise<{ readonly to: string } | Unsaved> {
  const { values } = sent;
  if (sent.what === 'meant') return { values };
  try {
    const settings = {
      url: values.address,
      by: context.caller.person,
      ...(values.method === 'password'
        ? { authUser: values.username, authPassword: secretOf(sent.password) ?? null }
        : {}),
    };
    if (sent.what === 'test') return { values, result: await testPush(panel, context, settings) };
    await refuseUnlessMay(panel, context);
    const { mirror } = await addPushMirror(panel.deps, panel.deps.ownToken, context.caller.project, {
      ...settings,
      interval: values.push.interval,
      syncOnCommit: values.push.onCommit,
      branchFilter: values.push.branches,
    });
    await note('push_mirror.created', { name: mirror.name, url: mirror.url });
    const { links } = context;
    return { to: withSaid(mirror.publicKey === null ? links.settings : links.open('key', mirror.name), 'addedPush') };
  } catch (thrown) {
    return { values, ...explainForm(thrown, context, sent) };
  }
}

export type NotePush = (action: AuditAction, details: AuditDetails) => Promise<void>;

/** Whether one may write there shows only with a push. */
async function testPush(
  { deps, mayConnect }: Panel,
  context: PanelContext,
  settings: Parameters<typeof testConnection>[2],
): Promise<Unsaved['result']> {
  try {
    await mayConnect(context.request);
    await testConnection(deps, { ...context.caller.project, id: 0 }, settings, deps.closing);
    return { tone: 'ok', lines: [testTexts.answers] };
  } catch (thrown) {
    const error = toHeadwaterError(thrown);
    if (error.code.startsWith('url_') || error.code === 'input_invalid') throw thrown;
    const { url } = parseUpstreamUrl(settings.url ?? '');
    const failure = explainFailure(error.toFault(), { ...contextFor(context, url), direction: 'to' });
    return { tone: 'bad', lines: linesOf(failure) };
  }
}

/** What the buttons of push mirrors do. */
export function postPushAction(panel: Panel): RequestHandler {
  return async (request, response) => {
    const context = await openContext(panel, request);
    const note = notePush(panel, context);
    const { deps } = panel;
    const { links, caller } = context;
    await refuseUnlessMay(panel, context);
    switch (request.params['action']) {
      case 'delete': {
        const name = requiredField(request, 'push');
        await removePushMirror(deps, deps.ownToken, caller.project, name);
        await note('push_mirror.deleted', { name });
        return response.redirect(303, withSaid(links.settings, 'deletedPush'));
      }
      case 'update':
        await deps.pushSyncs.sync(deps.ownToken, caller.project, patienceMs);
        return response.redirect(303, withSaid(links.settings, 'pushStarted'));
      default:
        throw new HeadwaterError('route_not_found');
    }
  };
}

export function notePush({ deps }: Panel, { caller, request }: PanelContext): NotePush {
  const { id, owner, name } = caller.project;
  const about = { repoId: id, fullName: `${owner}/${name}` };
  return (action, details) => noteAction(deps.store, personOf(request), deps, { action, details }, about);
}

/** Raises push_mirrors_denied where Headwater's account may not. That the person may was asked before. */
async function refuseUnlessMay(panel: Panel, context: PanelContext): Promise<void> {
  if (!(await loadPushes(panel, context)).mayChange) throw new HeadwaterError('push_mirrors_denied');
}
