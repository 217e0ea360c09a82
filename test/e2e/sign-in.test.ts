import { createServer, type AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { ForgeBrowser } from '../support/forge-browser';
import { describeForges } from '../support/forges';
import { Headwater } from '../support/headwater';

describeForges('Signing in to the product', (choice) => {
  it('opens the panel, outlasts a restart, is told by the audit log, and leaves no token behind', async () => {
    const forge = await choice.start();
    const maintainer = await forge.createUser('maintainer');
    const bot = await forge.createUser('headwater-bot');
    await forge.createRepo('maintainer', 'project', { private: true });
    const { token } = await forge.createToken(bot, ['write:repository', 'read:user']);
    const url = `http://127.0.0.1:${await freePort()}`;
    const app = await forge.createOauthApp(bot, 'Headwater', [`${url}/oauth/callback`]);
    const headwater = await Headwater.start({
      forgeUrl: forge.url,
      forgeToken: token,
      role: 'web',
      settings: {
        LISTEN: new URL(url).host,
        OAUTH_CLIENT_ID: app.clientId,
        OAUTH_CLIENT_SECRET: app.clientSecret,
      },
    });
    try {
      const browser = new ForgeBrowser(forge.url);
      await browser.signInToForge(maintainer);
      const panel = '/panel/maintainer/project';
      expect((await browser.go(url + panel)).status).toBe(401);
      expect((await browser.goConsenting(`${url}/oauth/login?return_to=${panel}`)).status).toBe(200);

      await headwater.stop();
      await headwater.start();
      expect((await browser.go(url + panel)).status).toBe(200);

      const octokit = new Octokit({ auth: forge.adminToken, baseUrl: `${url}/api/v1` });
      const { data, headers } = await octokit.request('GET /admin/audit');
      expect(data).toMatchObject([{ action: 'session.began', who: 'maintainer', via: 'session', from: '127.0.0.1' }]);
      expect(headers['x-total-count']).toBe('1');

      const kept = await Promise.all(
        (await headwater.files()).map((file) => readFile(join(headwater.dataDir, file), 'latin1').catch(() => '')),
      );
      // The forge's access tokens are JWTs.
      for (const text of [...kept, headwater.output]) {
        expect(text).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/);
        expect(text).not.toContain(app.clientSecret);
      }
      expect(kept.join('').length).toBeGreaterThan(1000);
    } finally {
      await headwater.close();
      await forge.close();
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
