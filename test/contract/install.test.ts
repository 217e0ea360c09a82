import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { ForgeInstall } from '../support/forge-install';
import { describeForges, type TestForge } from '../support/forges';

const footer = 'templates/custom/footer.tmpl';

describeForges('headwater install', (choice) => {
  let forge: TestForge;
  let place: ForgeInstall;
  beforeAll(async () => {
    forge = await choice.start();
  });
  beforeEach(async () => {
    place = await ForgeInstall.prepare(forge);
  });
  // One forge for all, since a real one takes its time to start; each test finds it as it was.
  afterEach(async () => {
    for (const hook of await hooks()) await place.api('DELETE', `/admin/hooks/${hook.id}`);
    for (const account of ['headwater', 'maintainer']) await place.api('DELETE', `/admin/users/${account}`);
    for (const folder of ['templates', 'public'])
      await rm(join(place.customPath, folder), { recursive: true, force: true });
    await place.reload();
    await place.close();
  });
  afterAll(() => forge.close());

  const settings = async () => parseEnv(await readFile(place.config, 'utf8')) as Record<string, string>;
  const hooks = async () => (await place.api('GET', '/admin/hooks')).data as { id: number; config: { url: string } }[];
  const apps = async () =>
    (await place.api('GET', '/user/applications/oauth2?sudo=headwater')).data as { id: number; client_id: string }[];
  const asHeadwater = async (path: string) =>
    fetch(`${forge.url}/api/v1${path}`, {
      headers: { authorization: `token ${(await settings())['HEADWATER_FORGE_TOKEN'] ?? ''}` },
    });
  const everything = async () => ({
    hooks: await hooks(),
    account: (await place.api('GET', '/users/headwater')).status,
    tokens: (await place.api('GET', '/users/headwater/tokens')).data,
    custom: await readdir(place.customPath, { recursive: true }).catch(() => []),
    config: await readFile(place.config, 'utf8').catch(() => null),
  });

  it('shows each step in a dry run and changes nothing', async () => {
    const before = await everything();
    const told = await place.install('--dry-run');
    expect(told).toMatchObject({ code: 0 });
    for (const part of [
      'the account headwater',
      'access token',
      'OAuth2 application',
      'system webhook',
      footer,
      'reload',
    ])
      expect(told.out).toContain(part);
    expect(told.out).toContain('Nothing was changed');
    expect(await everything()).toEqual(before);
  });

  it('makes account, token, application, webhook and templates, all of which work', async () => {
    const told = await place.install();
    expect(told).toMatchObject({ code: 0 });
    const found = await settings();
    expect(found).toEqual({
      HEADWATER_FORGE_URL: forge.url,
      HEADWATER_PUBLIC_URL: 'http://127.0.0.1:8095',
      HEADWATER_FORGE_TOKEN: expect.any(String),
      HEADWATER_OAUTH_CLIENT_ID: expect.any(String),
      HEADWATER_OAUTH_CLIENT_SECRET: expect.any(String),
      HEADWATER_WEBHOOK_SECRET: expect.any(String),
    });
    expect((await stat(place.config)).mode & 0o777).toBe(0o600);
    for (const name of ['TOKEN', 'CLIENT_SECRET', 'WEBHOOK_SECRET']) {
      const secret = Object.entries(found).find(([key]) => key.endsWith(name))?.[1] ?? '';
      expect(told.out + told.err).not.toContain(secret);
    }
    expect(told.out + told.err).not.toContain(forge.adminToken);

    expect(await (await asHeadwater('/user')).json()).toMatchObject({ login: 'headwater' });
    expect((await asHeadwater('/admin/hooks')).status).toBe(403);
    expect(await hooks()).toMatchObject([
      { config: { url: 'http://127.0.0.1:8095/hooks/forge', content_type: 'json' }, active: true },
    ]);
    expect(await apps()).toMatchObject([
      {
        client_id: found['HEADWATER_OAUTH_CLIENT_ID'],
        confidential_client: true,
        redirect_uris: ['http://127.0.0.1:8095/oauth/callback'],
      },
    ]);
    expect(await place.custom(footer)).toContain('headwater-templates');
    const page = await (await fetch(`${forge.url}/user/login`)).text();
    expect(page).toContain('<template id="headwater-templates" data-version=');
    expect((await fetch(`${forge.url}/assets/headwater/embed.js`)).status).toBe(200);
  });

  it('changes nothing the second time, and says so', async () => {
    await place.install();
    const before = await everything();
    const told = await place.install();
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toContain('Nothing was changed');
    expect(await everything()).toEqual(before);
  });

  it('mends what was taken away or lost since', async () => {
    await place.install();
    const first = await settings();
    const [hook] = await hooks();
    await place.api('DELETE', `/admin/hooks/${hook?.id ?? 0}`);
    const text = (await readFile(place.config, 'utf8')).replace(
      /^HEADWATER_(FORGE_TOKEN|OAUTH_CLIENT_SECRET)=.*\n/gm,
      '',
    );
    await writeFile(place.config, `# mine\n${text}HEADWATER_LEASE=30s\n`);

    const told = await place.install();
    expect(told.code).toBe(0);
    expect(told.err.match(/headwater: \w+ the .*/g)).toHaveLength(3);
    expect(await hooks()).toHaveLength(1);
    expect(await apps()).toHaveLength(1);
    expect((await asHeadwater('/user')).status).toBe(200);
    const second = await settings();
    expect(second).toMatchObject({
      HEADWATER_LEASE: '30s',
      HEADWATER_WEBHOOK_SECRET: first['HEADWATER_WEBHOOK_SECRET'],
    });
    expect(second['HEADWATER_OAUTH_CLIENT_SECRET']).not.toBe(first['HEADWATER_OAUTH_CLIENT_SECRET']);
    expect((await place.install()).out).toContain('Nothing was changed');
  });

  it('moves with Headwater to another address', async () => {
    await place.install();
    expect((await place.install('--public-url', 'http://127.0.0.1:8096')).code).toBe(0);
    expect((await hooks()).map(({ config }) => config.url)).toEqual(['http://127.0.0.1:8096/hooks/forge']);
    expect(await apps()).toMatchObject([{ redirect_uris: ['http://127.0.0.1:8096/oauth/callback'] }]);
    expect(await place.custom(footer)).not.toContain('8095');
  });

  it('knows where the forge has moved to, for taking itself out again', async () => {
    await place.install();
    const record = `${place.config}.installed.json`;
    await writeFile(record, (await readFile(record, 'utf8')).replace(forge.url, 'http://127.0.0.1:1'));
    await place.install();
    expect(await place.uninstall('--remove-account')).toMatchObject({ code: 0 });
    expect((await place.api('GET', '/users/headwater')).status).toBe(404);
  });

  it("stands beside an admin's own templates, and leaves them as they were", async () => {
    await mkdir(join(place.customPath, 'templates/custom'), { recursive: true });
    await writeFile(join(place.customPath, footer), '<p>the admin’s own</p>');
    await place.api('POST', '/admin/hooks', {
      ...{ type: 'gitea', active: true, events: ['push'] },
      config: { url: 'http://127.0.0.1:1/ci', content_type: 'json', is_system_webhook: 'true' },
    });
    const before = { ...(await everything()), account: 404 };
    await place.install();
    expect(await place.custom(footer)).toMatch(/^<p>the admin’s own<\/p>.+headwater-templates/s);
    const page = await (await fetch(`${forge.url}/user/login`)).text();
    expect(page).toContain('<p>the admin’s own</p>');
    expect(page).toContain('headwater-templates');

    const dry = await place.uninstall('--remove-account', '--dry-run');
    expect(dry.out).toContain('remove the account headwater');
    expect((await hooks()).length).toBe(2);
    const told = await place.uninstall('--remove-account');
    expect(told).toMatchObject({ code: 0 });
    expect(await everything()).toEqual({ ...before, tokens: expect.anything() });
    expect(await place.custom(footer)).toBe('<p>the admin’s own</p>');
    expect(await place.uninstall()).toMatchObject({ code: 1, err: expect.stringContaining('install_not_recorded') });
  });

  it('keeps an account that it did not make, and one that nobody asked to remove', async () => {
    await forge.createUser('headwater');
    await place.install();
    const token = (await settings())['HEADWATER_FORGE_TOKEN'] ?? '';
    const withToken = async () =>
      (await fetch(`${forge.url}/api/v1/user`, { headers: { authorization: `token ${token}` } })).status;
    expect(await withToken()).toBe(200);
    expect((await place.uninstall('--remove-account')).code).toBe(0);
    expect((await place.api('GET', '/users/headwater')).status).toBe(200);
    expect(await apps()).toEqual([]);
    expect(await withToken()).toBe(401);

    await place.api('DELETE', '/admin/users/headwater');
    await place.install();
    const told = await place.uninstall('--reload-command', 'do it yourself');
    expect(told.out).toContain('The account headwater stays');
    // The forge runs elsewhere: somebody is told how, and nothing is claimed to be done.
    expect(told.out).toMatch(/Now have the forge read its templates, .*:\n {2}do it yourself/);
    expect(told.err).not.toContain('reloaded');
    expect((await place.api('GET', '/users/headwater')).status).toBe(200);
  });

  it('puts the files back when the forge refuses the templates', async () => {
    await mkdir(join(place.customPath, 'templates/custom'), { recursive: true });
    await writeFile(join(place.customPath, footer), 'mine\n');
    await writeFile(join(place.customPath, 'templates/custom/header.tmpl'), '{{if}}');
    const before = (await everything()).custom;
    const told = await place.install();
    expect(told.code).toBe(1);
    expect(told.err).toMatch(
      /did not take the templates: .*custom\/header:1: missing value for if\. Everything was put back/,
    );
    expect((await everything()).custom).toEqual(before);
    expect(await place.custom(footer)).toBe('mine\n');

    await writeFile(join(place.customPath, 'templates/custom/header.tmpl'), '');
    expect((await place.install()).code).toBe(0);
    expect(await place.custom(footer)).toContain('headwater-templates');
  });

  it('makes the custom folder of a forge that has none, for whom the forge’s own folders are', async () => {
    await rm(place.customPath, { recursive: true, force: true });
    expect((await place.install()).out).toContain('Start it with');
    const owner = (await stat(dirname(place.customPath))).uid;
    for (const path of ['', 'templates', footer]) expect((await stat(join(place.customPath, path))).uid).toBe(owner);
    expect((await place.uninstall('--remove-account')).code).toBe(0);
    expect(await readdir(place.customPath, { recursive: true })).toEqual([]);
    await mkdir(place.customPath, { recursive: true });
  });

  it('tells a folder that is not the forge’s from the one that is', async () => {
    const missing = await place.install('--custom-path', join(place.dir, 'no/such/custom'));
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('install_folder_missing') });
    const other = await place.install('--custom-path', join(place.dir, 'other'));
    expect(other).toMatchObject({ code: 1 });
    expect(other.out).toMatch(/does not show it: \S+other is not its custom folder/);
    expect(other.out).not.toContain('Start it with');
  });

  it('reloads what an earlier run put in place and the forge did not read', async () => {
    const first = await place.install('--forge-config', join(place.dir, 'nowhere.ini'));
    expect(first.out).toMatch(/not reloaded\. There is no app\.ini at \S+nowhere\.ini/);
    const page = async () => (await fetch(`${forge.url}/user/login`)).text();
    expect(await page()).not.toContain('headwater-templates');
    const second = await place.install();
    expect(second).toMatchObject({ code: 0, err: 'headwater: reloaded the templates of the forge\n' });
    expect(await page()).toContain('headwater-templates');
  });

  it('writes what it cannot put in place into a folder to copy, with instructions', async () => {
    const out = join(place.dir, 'copy');
    const told = await place.install('--out', out);
    expect(told).toMatchObject({ code: 0 });
    expect(told.out).toContain('manager reload-templates');
    expect((await readdir(out)).sort()).toEqual(['README.txt', 'public', 'templates']);
    expect(await place.custom(footer)).toBeNull();
    expect((await place.install('--out', out)).out).toContain('Nothing was changed');
  });

  it('refuses a token that is no site admin’s, before it changes anything', async () => {
    const maintainer = await forge.createUser('maintainer');
    const token = await forge.createToken(maintainer, ['write:admin', 'write:user']);
    await writeFile(join(place.dir, 'admin-token'), token.token);
    const told = await place.install();
    expect(told).toMatchObject({ code: 1, err: expect.stringContaining('admin_token_refused') });
    expect(told.err).toContain('maintainer');
    await writeFile(join(place.dir, 'admin-token'), 'ab'.repeat(20));
    expect((await place.install()).err).toContain('admin_token_refused');
    expect((await everything()).account).toBe(404);
  });
});
