import { join } from 'node:path';
import express, { type Request, type Response, type Router } from 'express';
import { accessOf, mayAtLeast } from './access';
import type { ForgeRepo, ForgeUser } from './forge-state';
import { forgeStyle } from './forge-style';
import { browserUser, type OauthContext } from './oauth-routes';
import { reloadPath } from './manager-program';
import { newRouter } from './rest-api';
import type { TemplateData, Templates } from './templates';

export interface PageContext extends OauthContext {
  readonly templates: Templates;
  readonly customPath: string;
}

/** A page of the forge with the admin's templates in their places, as Forgejo 11 has them. */
export function forgePage(context: PageContext, data: TemplateData, title: string, body: string): string {
  const { templates } = context;
  const links = `<nav id="navbar">${templates.render('extra_links', data)}</nav>`;
  return [
    '<!doctype html><html lang="en-US" data-theme="forgejo-auto"><head><meta charset="utf-8">',
    `<meta name="referrer" content="no-referrer"><title>${title}</title>`,
    `<script>window.config = { appUrl: '${context.url()}/', csrfToken: 'double' };</script>`,
    `${templates.render('header', data)}</head><body>${links}${body}${templates.render('footer', data)}</body></html>`,
  ].join('\n');
}

/** A project's page and its settings, static files, and the forge's own way of reading its templates again. */
export function pageRoutes(context: PageContext): Router {
  const { state } = context;
  const router = newRouter();
  router.get('/assets/css/:name', (request, response, next) => {
    const style = forgeStyle(request.originalUrl);
    if (style === null) return next();
    response.type('css').send(style);
  });
  router.use('/assets', express.static(join(context.customPath, 'public/assets'), { maxAge: '6h' }));
  router.post(reloadPath, (_request, response) => {
    const fault = context.templates.reload();
    if (fault === null) response.type('text').send('Reloaded');
    else response.status(500).type('text').send(`Template error: ${fault}`);
  });

  const projectPage =
    (page: 'code' | 'settings') => (request: Request<{ owner: string; repo: string }>, response: Response) => {
      const user = browserUser(context.oauth, request);
      const { owner, repo: name } = request.params;
      const repo = state.repo(owner, name);
      if (user === null)
        return response.redirect(303, `/user/login?redirect_to=${encodeURIComponent(request.originalUrl)}`);
      const admin = repo !== undefined && mayAtLeast(user, repo, 'admin');
      if (repo === undefined || accessOf(user, repo) === 'none' || (page === 'settings' && !admin))
        return void response.status(404).send(forgePage(context, signedIn(user), 'Page not found', ''));
      const data = { ...repoData(repo, user), ...(page === 'settings' ? { PageIsSettingsOptions: true } : {}) };
      const tabs = `<div class="overflow-menu-items">${context.templates.render('extra_tabs', data)}</div>`;
      response.set('X-Frame-Options', 'SAMEORIGIN');
      response.send(
        forgePage(
          context,
          data,
          `${owner}/${name}`,
          `${tabs}${page === 'settings' ? settingsPage(repo) : '<div class="page-content repository"></div>'}`,
        ),
      );
    };
  router.get('/:owner/:repo', projectPage('code'));
  router.get('/:owner/:repo/settings', projectPage('settings'));
  return router;
}

function signedIn(user: ForgeUser): TemplateData {
  return { IsSigned: true, SignedUser: { Name: user.name } };
}

function repoData(repo: ForgeRepo, user: ForgeUser): TemplateData {
  return {
    ...signedIn(user),
    Repository: { Name: repo.name, OwnerName: repo.owner.name, IsMirror: repo.mirror },
    IsRepositoryAdmin: mayAtLeast(user, repo, 'admin'),
    CanWriteCode: mayAtLeast(user, repo, 'write'),
  };
}

/** The skeleton of repo/settings/options.tmpl; its headings are in the language of whoever looks. */
function settingsPage(repo: ForgeRepo): string {
  const section = (title: string, body: string) =>
    `<h4 class="ui top attached header">${title}</h4><div class="ui attached segment">${body}</div>`;
  const form = (action: string) =>
    `<form class="ui form"><input type="hidden" name="action" value="${action}"><button>Speichern</button></form>`;
  const mirror = repo.archived
    ? '<div class="ui warning message">Spiegel gibt es in archivierten Projekten nicht.</div>'
    : `<table class="ui table">${repo.mirror ? form('mirror-sync') + form('mirror') : ''}${form('push-mirror-add')}</table>`;
  const sections = [
    section('Grundeinstellungen', form('update')),
    section('Spiegel-Einstellungen', mirror),
    section('Signaturen', form('signing')),
    section('Administratoreinstellungen', form('admin')),
  ];
  return `<div role="main" class="page-content repository settings options"><div class="flex-container-main"><div class="user-main-content">${sections.join('')}</div></div></div>`;
}
