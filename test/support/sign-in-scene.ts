import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createForge } from '../../src/adapters/forge/create-forge';
import { createIdentity } from '../../src/adapters/identity/create-identity';
import { Secret } from '../../src/domain/credentials';
import { callerOf } from '../../src/http/api/access';
import { createErrorHandler } from '../../src/http/error-handler';
import { createSignIn, type SignIn } from '../../src/http/sign-in/create-sign-in';
import { publicPlace } from '../../src/http/sign-in/public-place';
import { signedInOf, usualLife } from '../../src/http/sign-in/session-data';
import type { SignInDeps } from '../../src/http/sign-in/sign-in-deps';
import { MemoryLogger } from '../fakes/memory-logger';
import { MemorySessions } from '../fakes/memory-sessions';
import { PlainSecretBox } from '../fakes/plain-secret-box';
import { ForgeBrowser } from './forge-browser';
import type { TestRepo, TestUser } from './forge-admin';
import type { ForgeChoice, TestForge } from './forges';

/** A forge with its OAuth2 application, and a small site behind its sign-in. */
export class SignInScene {
  private constructor(
    readonly forge: TestForge,
    readonly maintainer: TestUser,
    readonly bot: TestUser,
    readonly repo: TestRepo,
    readonly url: string,
    readonly sessions: MemorySessions,
    readonly deps: SignInDeps,
    /** How far the clock of the sessions is ahead; ms. */
    readonly clock: { aheadMs: number },
    private readonly close_: () => Promise<void>,
  ) {}

  static async start(choice: ForgeChoice, changes: Partial<SignInDeps> = {}): Promise<SignInScene> {
    const forge = await choice.start();
    const maintainer = await forge.createUser('maintainer');
    const bot = await forge.createUser('headwater-bot');
    const repo = await forge.createRepo('maintainer', 'project', { private: true });
    let site: RequestListener = () => undefined;
    const server = createServer((request, response) => site(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const app = await forge.createOauthApp(bot, 'Headwater', [`${url}/oauth/callback`]);
    const token = await forge.createToken(bot, ['read:user']);
    const limits = { pushIdleTimeoutMs: 1000, pushTotalTimeoutMs: 1000, requestTimeoutMs: 10_000 };
    const adapter = createForge({ url: forge.url, token: new Secret(token.token), ...limits });
    const sessions = new MemorySessions();
    const clock = { aheadMs: 0 };
    const deps: SignInDeps = {
      forge: adapter,
      identity: createIdentity({
        forgeUrl: forge.url,
        forgePublicUrl: forge.url,
        clientId: app.clientId,
        clientSecret: new Secret(app.clientSecret),
      }),
      secrets: new PlainSecretBox(),
      sessions,
      life: usualLife,
      place: () => publicPlace(url),
      forgePublicUrl: forge.url,
      now: () => Date.now() + clock.aheadMs,
      cookieKeys: [new Secret('cookie-key')],
      rightsCacheMs: 60_000,
      note: async () => undefined,
      log: new MemoryLogger(),
      ...changes,
    };
    site = smallSite(createSignIn(deps), deps);
    return new SignInScene(forge, maintainer, bot, repo, url, sessions, deps, clock, async () => {
      await stop(server);
      adapter.close();
      await forge.close();
    });
  }

  browser(): ForgeBrowser {
    return new ForgeBrowser(this.forge.url);
  }

  /** A browser in which the user is signed in to forge and site. */
  async signedIn(user: TestUser = this.maintainer): Promise<ForgeBrowser> {
    const browser = this.browser();
    await browser.signInToForge(user);
    const page = await browser.goConsenting(`${this.url}/oauth/login?return_to=/page/me`);
    if (page.status !== 200) throw new Error(`signing in was answered with ${page.status}: ${page.text}`);
    return browser;
  }

  close(): Promise<void> {
    return this.close_();
  }
}

/** Pages as a panel has them: who is signed in, a project to read, a form to send. */
function smallSite(signIn: SignIn, deps: SignInDeps): express.Express {
  const app = express();
  app.use(signIn.router);
  const pages = express.Router();
  pages.use(...signIn.pages);
  pages.use(['/:owner/:repo', '/me'], signIn.requireSession());
  pages.use(express.urlencoded({ extended: false }), signIn.csrf.protect);
  pages.get('/me', (request, response) => {
    const signedIn = signedInOf(request, deps.now());
    response.json({ login: signedIn?.login, id: signedIn?.userId, csrf: signIn.csrf.token(request) });
  });
  pages.get('/:owner/:repo', signIn.access.require('read'), (_request, response) => {
    response.json({ login: callerOf(response).login, project: callerOf(response).project });
  });
  pages.post('/:owner/:repo', signIn.access.require('write'), (_request, response) => {
    response.json({ done: true });
  });
  app.use('/page', pages);
  app.use(createErrorHandler(deps.log));
  return app;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
