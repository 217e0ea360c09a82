import type { Request, RequestHandler, Response } from 'express';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { newProject, pages } from '../../panel/texts/pages';
import { importProject } from '../../sync/import-project';
import { publicPlace } from '../sign-in/public-place';
import { signedInOf } from '../sign-in/session-data';
import { asActor } from './as-actor';
import { boundsOf, startValues } from './forms';
import type { Panel, PanelContext } from './panel-context';
import { readForm } from './read-form';
import { withSaid } from './said';
import { saveMirror } from './save-mirror';
import { emptySettings } from './settings-model';
import { showPage } from './show-page';
import { viewForm, type FormInput } from './view/form-view';
import { panelLinks } from './view/panel-links';

type Sent = Pick<FormInput, 'values' | 'project'> & Partial<Pick<FormInput, 'faults' | 'hostKeys' | 'result'>>;

/** A project and its mirror in one form. Raises session_missing. */
export async function showNew(panel: Panel, request: Request, response: Response): Promise<void> {
  const context = await newContext(panel, request);
  const project = { owner: context.login, name: '', isPrivate: true };
  show(panel, context, response, { values: startValues(context), project });
}

/**
 * The session's token may read only, so the person gives one that may make projects. It is used for this and kept nowhere:
 * the page asks for it again after each step.
 */
export function postNew(shared: Panel): RequestHandler {
  return async (request, response) => {
    const panel = asActor(shared, request);
    const context = await newContext(panel, request);
    const sent = readForm(request, startValues(context));
    const project = { owner: sent.owner, name: sent.name, isPrivate: sent.isPrivate };
    const wanted = { owner: project.owner, name: project.name, private: project.isPrivate, description: '' };
    const outcome = await saveMirror(panel, context, sent, null, (settings) => {
      if (sent.token === '') throw new HeadwaterError('token_missing');
      return importProject(panel.deps, new Secret(sent.token), wanted, settings);
    });
    if (!outcome.saved) return show(panel, context, response, { ...outcome.again, project });
    const [owner = '', repo = ''] = outcome.mirror.fullName.split('/');
    const links = panelLinks(publicPlace(panel.deps.publicUrl()).base, context.forge.url, owner, repo);
    response.redirect(303, withSaid(links.settings, outcome.mirror.enabled ? 'added' : 'addedKey'));
  };
}

function show(panel: Panel, context: PanelContext, response: Response, sent: Sent): void {
  const { forge, links, csrf, request } = context;
  const faulty = sent.faults !== undefined && Object.keys(sent.faults).length > 0;
  const form = viewForm({
    ...sent,
    kind: 'new',
    directions: false,
    keepsLfs: forge.keepsLfs,
    ...boundsOf(panel, context),
    self: '',
    submit: newProject.button,
    action: `${publicPlace(panel.deps.publicUrl()).base}/panel/new`,
    canTest: true,
  });
  showPage(panel, request, response, {
    page: { template: 'settings', title: newProject.title },
    model: {
      ...emptySettings,
      intro: newProject.intro,
      form,
      may: true,
      links,
      tokenHelp: newProject.tokenHelp(forge.name, `${forge.url}/user/settings/applications`),
    },
    forge,
    csrf,
    now: Date.now(),
    ...(faulty ? { status: 400 } : {}),
  });
}

/** No project is there yet; its number is 0, which no project has. */
async function newContext(panel: Panel, request: Request): Promise<PanelContext> {
  const signedIn = signedInOf(request);
  if (signedIn === null) throw new HeadwaterError('session_missing');
  const { deps } = panel;
  const { login } = signedIn;
  const person = await deps.signIn.access.checkAccount(request);
  const forge = await panel.forge();
  return {
    request,
    links: panelLinks(publicPlace(deps.publicUrl()).base, deps.forgePublicUrl, login, pages.title),
    csrf: deps.signIn.csrf.token(request),
    login,
    caller: { login, person, project: { id: 0, owner: login, name: '' }, admin: true, writeScope: false },
    forge,
    allowed: await deps.store.policy(),
    staleSince: null,
  };
}
