import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { createForgeAdmin } from '../forge-admin';
import type { TestForge } from '../forges';
import { freePort } from '../free-port';
import { createFaultSwitch, faultMiddleware, type FaultSwitch } from './faults';
import { ForgeState, type ForgeRepo, type ForgeUser } from './forge-state';
import { gitRoutes } from './git-routes';
import { hookRoutes, type HookContext } from './hook-api';
import { addGitHook } from './hook-scripts';
import { applyPush, type RefChange } from './push-updates';
import { lfsRoutes, type LfsContext } from './lfs-routes';
import { oauthRoutes } from './oauth-routes';
import { OauthState } from './oauth-state';
import { LfsStore } from './lfs-store';
import { repoPath } from './repo-files';
import { answerError, authenticate } from './rest-api';
import { adminRoutes, type AdminContext } from './rest-admin';
import { issueRoutes } from './rest-issues';
import { pullRoutes } from './rest-pulls';
import { describedPushMirrors, pushMirrorRoutes } from './rest-push-mirrors';
import { repoSettingsRoutes } from './rest-repo-settings';
import { repoRoutes, type RepoContext } from './rest-repos';
import { userRoutes } from './rest-users';
import { forgePage, pageRoutes, type PageContext } from './page-routes';
import { Templates } from './templates';
import { writeManager } from './manager-program';
import { createWebhookSender, type SentDelivery } from './webhook-sender';

export interface ForgeDouble extends TestForge {
  readonly kind: 'double';
  readonly faults: FaultSwitch;
  /** Its LFS server, with the switches of its configuration. */
  readonly lfs: LfsStore;
  /** Its OAuth2 provider. */
  readonly oauth: OauthState;
  /** Webhooks as they were sent. */
  readonly sentWebhooks: readonly SentDelivery[];
  /** What git said on standard error, for the curious. */
  readonly gitLog: readonly string[];
  /** Method and path of every request so far, hooks' own apart. */
  readonly requests: readonly string[];
  setOverQuota(owner: string, over: boolean): void;
  /** [mirror] ENABLED of its configuration. */
  setMirrorsEnabled(enabled: boolean): void;
  /** Whether push mirrors can choose branches, as in newer versions; off at the start. */
  setBranchFilters(known: boolean): void;
}

/**
 * A stand-in for Forgejo 11: its REST API as far as Headwater and its tests use it, git's smart HTTP through the real
 * `git http-backend` on real repositories with real hooks, and signed webhooks. What it answers was captured from
 * Forgejo 11.0.1, and the contract suite holds both to it.
 */
export async function startForgeDouble(options: { readonly port?: number } = {}): Promise<ForgeDouble> {
  const root = await mkdtemp(join(tmpdir(), 'headwater-forge-double-'));
  const state = new ForgeState();
  const site = state.addUser('root0', 'root0@example.org', 'pass-root0-Word1');
  site.siteAdmin = true;
  const adminToken = state.addToken(site, 'all', ['all']).secret;
  const webhooks = createWebhookSender(state);
  const faults = createFaultSwitch();
  const gitLog: string[] = [];
  const requests: string[] = [];
  const port = options.port ?? (await freePort());
  let afterPush = Promise.resolve();

  const lfs = new LfsStore();
  const oauth = new OauthState();
  const customPath = join(root, 'custom');
  const templates = new Templates(customPath);
  const context: HookContext & LfsContext & AdminContext & PageContext & RepoContext = {
    url: () => `http://127.0.0.1:${port}`,
    ...{ state, root, faults, lfs, oauth, deliver: webhooks.deliver, notify: webhooks.notify, templates, customPath },
    page: (title, body) => forgePage(context, {}, title, body),
    hookSecret: randomBytes(12).toString('hex'),
    log: (text) => void gitLog.push(text),
    pushed: (repo: ForgeRepo, pusher: ForgeUser, changes: readonly RefChange[]) => {
      afterPush = afterPush
        .then(() => applyPush(context, repo, pusher, changes))
        .catch((error: unknown) => void gitLog.push(String(error)));
    },
  };
  const app = createApp(context, requests);
  let server: Server | null = null;

  const goDown = async () => {
    const running = server;
    server = null;
    if (running === null) return;
    running.closeAllConnections();
    await new Promise<void>((resolve) => running.close(() => resolve()));
  };
  const comeBack = async () => {
    // Like a real forge it keeps idle connections: a request that crosses with their closing would be lost.
    const starting = createServer({ requestTimeout: 0, keepAliveTimeout: 300_000 }, app);
    server = starting;
    await new Promise<void>((resolve, reject) => {
      starting.once('error', reject);
      starting.listen(port, '127.0.0.1', resolve);
    });
  };
  await comeBack();
  const manager = await writeManager(root, port);

  return {
    ...createForgeAdmin(context.url(), adminToken),
    kind: 'double',
    url: context.url(),
    installation: { customPath, ...manager },
    ...{ adminToken, faults, lfs, oauth, gitLog, requests },
    sentWebhooks: webhooks.sent,
    repositoryPath: (owner, name) => repoPath(root, owner, name),
    addGitHook: (owner, name, hook, script) => addGitHook(repoPath(root, owner, name), hook, script),
    setBranchFilters(known) {
      state.branchFilters = known;
    },
    setMirrorsEnabled(enabled) {
      state.mirrorsEnabled = enabled;
    },
    setOverQuota(owner, over) {
      if (over) state.overQuota.add(owner);
      else state.overQuota.delete(owner);
    },
    ...{ goDown, comeBack },
    async close() {
      await goDown();
      await afterPush;
      await webhooks.drain();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function createApp(
  context: HookContext & LfsContext & AdminContext & PageContext & RepoContext,
  requests: string[],
): express.Express {
  const app = express();
  app.use((request, _response, next) => {
    if (!request.path.startsWith('/api/internal/')) requests.push(`${request.method} ${request.originalUrl}`);
    next();
  });
  app.use(faultMiddleware(context.faults));
  app.use('/api', express.json({ limit: '64mb' }));
  app.use(hookRoutes(context));
  app.get('/api/healthz', (_request, response) => {
    response.json({ status: 'pass', checks: { 'database:ping': [{ status: 'pass' }] } });
  });
  app.get('/api/forgejo/v1/version', (_request, response) => {
    response.json({ version: '11.0.1+gitea-1.22.0' });
  });
  const api = express.Router();
  api.use(authenticate(context));
  api.get('/version', (_request, response) => {
    response.json({ version: '11.0.1+gitea-1.22.0' });
  });
  api.get('/settings/api', (_request, response) => {
    response.json({ max_response_items: 50, default_paging_num: 30 });
  });
  api.get('/settings/ui', (_request, response) => {
    response.json({ default_theme: 'forgejo-auto', allowed_reactions: [], custom_emojis: [] });
  });
  api.get('/settings/repository', (_request, response) => {
    response.json({
      mirrors_disabled: !context.state.mirrorsEnabled,
      http_git_disabled: false,
      lfs_disabled: !context.lfs.enabled,
    });
  });
  app.get('/swagger.v1.json', (_request, response) => {
    response.json(describedPushMirrors(context.state));
  });
  api.use(adminRoutes(context), userRoutes(context), repoRoutes(context));
  api.use(repoSettingsRoutes(context), pushMirrorRoutes(context), pullRoutes(context), issueRoutes(context));
  app.use('/api/v1', api);
  app.use('/api', (_request, response) => {
    response.status(404).type('text/plain').send('404 page not found');
  });
  app.use(oauthRoutes(context), lfsRoutes(context), gitRoutes(context), pageRoutes(context));
  const onError: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
    context.log(String(error));
    if (response.headersSent) return next(error);
    answerError(context, response, 500, 'Internal Server Error');
  };
  app.use(onError);
  return app;
}
