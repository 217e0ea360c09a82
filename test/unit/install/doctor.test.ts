import { loadManifest } from '../../../src/adapters/manifest/load-manifest';
import { Secret } from '../../../src/domain/credentials';
import { HeadwaterError } from '../../../src/domain/errors';
import { doctor } from '../../../src/install/doctor/doctor';
import type { DoctorDeps, DoctorSettings } from '../../../src/install/doctor/doctor-deps';
import { forgeFiles } from '../../../src/panel/embed/forge-files';
import type { ForgeAbout, ForgeAdmin, ForgeProbe, SystemWebhook } from '../../../src/ports/forge-admin';
import type { DatabaseFound, Machine, PageAnswer } from '../../../src/ports/machine';

const manifest = loadManifest();
const publicUrl = 'https://headwater.example.org';
const forgeUrl = 'https://forge.example.org';
const script = 'script();';
const nonce = 'ab'.repeat(16);
const footer = forgeFiles(manifest, { publicUrl, script }).find(({ path }) => path.endsWith('footer.tmpl'))?.text ?? '';
const about: ForgeAbout = {
  kind: 'forgejo',
  version: '11.0.1+gitea-1.22.0',
  publicUrl: forgeUrl,
  httpGit: true,
  lfs: true,
  mirrors: true,
  clockDifferenceMs: 400,
};
const webhook: SystemWebhook = {
  id: 1,
  url: `${publicUrl}/hooks/forge`,
  active: true,
  contentType: 'json',
  events: manifest.webhook.events,
};
const page = (text: string, headers: Record<string, string> = {}): PageAnswer => ({ status: 200, headers, text });

interface World {
  about: ForgeAbout | HeadwaterError;
  settings: DoctorSettings;
  owner: { id: number; login: string; siteAdmin: boolean } | null;
  scopes: readonly string[] | null;
  verdict: Awaited<ReturnType<ForgeProbe['clientVerdict']>>;
  webhooks: readonly SystemWebhook[] | null;
  projects: Awaited<ReturnType<DoctorDeps['projectsWithoutPush']>>;
  stored: Awaited<ReturnType<DoctorDeps['storedSecrets']>>;
  pages: Record<string, PageAnswer>;
  arrives: 'well' | 'unsigned' | 'not';
  reach: 'loopback' | 'private' | 'public';
  whyNoPage: Awaited<ReturnType<Machine['whyNoPage']>>;
  git: string | null;
  disk: { freeBytes: number; totalBytes: number } | null;
  redis: Awaited<ReturnType<Machine['redis']>>;
  database: DatabaseFound;
}

const gibibyte = 2 ** 30;
const panelUrl = `${publicUrl}/panel/headwater/doctor`;
const loginUrl = `${forgeUrl}/user/login`;
const probeUrl = `${publicUrl}/hooks/forge/probe/${nonce}`;
const badGateway: PageAnswer = { status: 502, headers: {}, text: '' };
const probed = (forwarded: string) => page(JSON.stringify({ seen: false, refused: false, forwarded }));
const sound: World = {
  about,
  settings: {
    forgeUrl,
    publicUrl,
    forgePublicUrl: null,
    forgeToken: new Secret('t'),
    oauthClientId: 'client',
    oauthClientSecret: new Secret('s'),
    webhookSecrets: [new Secret('w')],
  },
  owner: { id: 2, login: 'headwater', siteAdmin: false },
  scopes: ['write:repository', 'write:issue', 'read:user'],
  verdict: 'fits',
  webhooks: [webhook],
  projects: { asked: 3, denied: [], unwatched: [] },
  stored: { keys: 1, byKey: [4], unreadable: [] },
  pages: {
    [loginUrl]: page(`<html>${footer}</html>`, { 'x-frame-options': 'SAMEORIGIN' }),
    [`${forgeUrl}/assets/headwater/embed.js`]: page(script),
    [`${publicUrl}/healthz`]: page('{"status":"ok"}'),
    [panelUrl]: page('', { 'content-security-policy': `default-src 'none'; frame-ancestors ${forgeUrl}` }),
    [probeUrl]: page('{"seen":false,"refused":false,"forwarded":"believed"}'),
  },
  arrives: 'well',
  reach: 'public',
  whyNoPage: null,
  git: '2.39.5',
  disk: { freeBytes: 50 * gibibyte, totalBytes: 100 * gibibyte },
  redis: { kind: 'answers', eviction: null, refused: [] },
  database: { kind: 'sqlite', state: 'answers', pending: [], unknown: [], why: null },
};

function depsOf(world: World): DoctorDeps {
  const pages = { ...world.pages };
  const probe: ForgeProbe = {
    about: async () => {
      if (world.about instanceof HeadwaterError) throw world.about;
      return world.about;
    },
    tokenOwner: async () => world.owner,
    tokenScopes: async () => world.scopes,
    clientVerdict: async () => world.verdict,
  };
  const admin: Pick<ForgeAdmin, 'webhooks' | 'deliverTest'> = {
    webhooks: async () => world.webhooks ?? [],
    deliverTest: async (_login, url, _secret, whileItStands) => {
      const before = JSON.parse(pages[url]?.text ?? '{}') as object;
      if (world.arrives !== 'not')
        pages[url] = page(JSON.stringify({ ...before, seen: world.arrives === 'well', refused: true }));
      await whileItStands();
    },
  };
  return {
    manifest,
    script,
    settings: world.settings,
    probe,
    admin: world.webhooks === null ? null : (admin as ForgeAdmin),
    projectsWithoutPush: async () => world.projects,
    storedSecrets: async () => world.stored,
    newNonce: () => nonce,
    machine: {
      gitVersion: async () => world.git,
      diskSpace: async () => world.disk,
      redis: async () => world.redis,
      database: async () => world.database,
      page: async (url) => pages[url] ?? null,
      reach: async () => world.reach,
      whyNoPage: async () => world.whyNoPage,
      sleep: async () => undefined,
    },
  };
}

const lookAt = (changes: Partial<World>) => doctor(depsOf({ ...sound, ...changes }));
const withSettings = (changes: Partial<DoctorSettings>) => ({ settings: { ...sound.settings, ...changes } });
const withPage = (url: string, answer: PageAnswer) => ({ pages: { ...sound.pages, [url]: answer } });

describe('the doctor', () => {
  it('finds nothing where all is well, and looks at everything', async () => {
    const findings = await lookAt({});
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.map(({ id }) => id)).toEqual([
      ...['forge', 'forge_address', 'clock', 'token', 'account', 'lfs'],
      ...['sign_in', 'webhook', 'delivery', 'templates'],
      ...['address', 'same_site', 'proxy', 'framing'],
      ...['database', 'redis', 'git', 'disk', 'sealing_keys'],
    ]);
    expect(findings.every(({ cure }) => cure === null)).toBe(true);
  });

  const cases: readonly (readonly [what: string, id: string, status: string, changes: Partial<World>, cure: RegExp])[] =
    [
      ['an unsupported forge', 'forge', 'fail', { about: { ...about, version: '1.21.0' } }, /Forgejo >=7/],
      ['an old Gitea', 'forge', 'fail', { about: { ...about, kind: 'gitea', version: '1.20.3' } }, /Gitea >=1/],
      ['git over HTTP switched off', 'forge', 'fail', { about: { ...about, httpGit: false } }, /DISABLE_HTTP_GIT/],
      [
        'another address of the forge',
        'forge_address',
        'fail',
        { about: { ...about, publicUrl: 'https://git.example' } },
        /FORGE_PUBLIC_URL=https:\/\/git\.example/,
      ],
      ['a clock that is late', 'clock', 'warn', { about: { ...about, clockDifferenceMs: -90_000 } }, /NTP/],
      ['a clock of another day', 'clock', 'fail', { about: { ...about, clockDifferenceMs: 86_400_000 } }, /NTP/],
      ['a token that is refused', 'token', 'fail', { owner: null }, /headwater install/],
      ['a token without a scope', 'token', 'fail', { scopes: ['read:user'] }, /headwater install/],
      [
        'a project that it may not push to',
        'account',
        'fail',
        { projects: { asked: 2, denied: ['a/b'], unwatched: [] } },
        /write access/,
      ],
      [
        'a project where it cannot tell who is an admin',
        'account',
        'warn',
        { projects: { asked: 2, denied: [], unwatched: ['a/b'] } },
        /Make headwater an admin/,
      ],
      ['no OAuth2 application', 'sign_in', 'warn', withSettings({ oauthClientId: null }), /headwater install/],
      ['an unknown application', 'sign_in', 'fail', { verdict: 'client_unknown' }, /headwater install/],
      ['a wrong client secret', 'sign_in', 'fail', { verdict: 'secret_wrong' }, /headwater install/],
      ['another redirect address', 'sign_in', 'fail', { verdict: 'redirect_unknown' }, /headwater install/],
      ['no webhook secret', 'webhook', 'warn', withSettings({ webhookSecrets: null }), /headwater install/],
      ['no webhook', 'webhook', 'fail', { webhooks: [] }, /headwater install/],
      [
        'a webhook that lacks events',
        'webhook',
        'fail',
        { webhooks: [{ ...webhook, events: ['push'] }] },
        /headwater install/,
      ],
      ['no admin token', 'webhook', 'skipped', { webhooks: null }, /--admin-token-file/],
      ['a delivery that does not arrive', 'delivery', 'fail', { arrives: 'not' }, /log says why/],
      [
        'a delivery that the forge may not send',
        'delivery',
        'fail',
        { arrives: 'not', reach: 'loopback' },
        /ALLOWED_HOST_LIST = external,loopback in .*log says why/,
      ],
      ['a delivery that lost its signature', 'delivery', 'fail', { arrives: 'unsigned' }, /proxy/],
      [
        'a private address, without an admin token',
        'delivery',
        'warn',
        { webhooks: null, reach: 'private' },
        /ALLOWED_HOST_LIST = external,private in .*--admin-token-file/,
      ],
      ['no templates', 'templates', 'fail', withPage(loginUrl, page('<html></html>')), /reload-templates/],
      [
        'older templates',
        'templates',
        'warn',
        withPage(loginUrl, page(footer.replace(/data-version="\w+"/, 'data-version="0"'))),
        /headwater install/,
      ],
      [
        'an older script',
        'templates',
        'fail',
        withPage(`${forgeUrl}/assets/headwater/embed.js`, page('old')),
        /headwater install/,
      ],
      ['no public address', 'address', 'fail', withSettings({ publicUrl: null }), /HEADWATER_PUBLIC_URL/],
      [
        'another server at the address',
        'address',
        'fail',
        withPage(`${publicUrl}/healthz`, page('hello')),
        /reverse proxy/,
      ],
      [
        'a proxy without Headwater behind it',
        'address',
        'fail',
        withPage(`${publicUrl}/healthz`, badGateway),
        /start it/,
      ],
      [
        'a certificate that is not believed',
        'address',
        'fail',
        {
          pages: { ...sound.pages, [`${publicUrl}/healthz`]: undefined as unknown as PageAnswer },
          whyNoPage: { kind: 'certificate', what: 'its certificate is not believed: SELF_SIGNED_CERT_IN_CHAIN' },
        },
        /NODE_EXTRA_CA_CERTS/,
      ],
      ['a proxy that is not believed', 'proxy', 'warn', withPage(probeUrl, probed('not_believed')), /TRUSTED_PROXIES/],
      ['a proxy that tells nothing', 'proxy', 'warn', withPage(probeUrl, probed('nobody')), /X-Forwarded-For/],
      ['a forge that shows an error', 'templates', 'fail', withPage(loginUrl, badGateway), /whether it runs/],
      ['http beside https', 'same_site', 'fail', withSettings({ publicUrl: 'http://headwater.example.org' }), /https/],
      ['another site', 'same_site', 'warn', withSettings({ publicUrl: 'https://headwater.example.com' }), /one domain/],
      [
        'a forge that forbids frames',
        'framing',
        'fail',
        withPage(loginUrl, page(footer, { 'x-frame-options': 'DENY' })),
        /X_FRAME_OPTIONS/,
      ],
      [
        'a panel for another forge',
        'framing',
        'fail',
        withPage(panelUrl, page('', { 'content-security-policy': 'frame-ancestors https://old.example' })),
        /HEADWATER_FORGE_PUBLIC_URL/,
      ],
      [
        'a proxy that forbids frames',
        'framing',
        'fail',
        withPage(panelUrl, page('', { ...sound.pages[panelUrl]?.headers, 'x-frame-options': 'DENY' })),
        /proxy/,
      ],
      [
        'a silent database',
        'database',
        'fail',
        { database: { ...sound.database, kind: 'postgres', state: 'silent', why: 'connect ECONNREFUSED' } },
        /HEADWATER_DATABASE_URL/,
      ],
      ['an older database', 'database', 'warn', { database: { ...sound.database, pending: ['One'] } }, /backup/],
      ['a newer database', 'database', 'fail', { database: { ...sound.database, unknown: ['Next'] } }, /that version/],
      [
        'a silent Redis',
        'redis',
        'fail',
        { redis: { kind: 'silent', why: 'connect ECONNREFUSED' } },
        /HEADWATER_REDIS_URL/,
      ],
      [
        'a Redis that forgets',
        'redis',
        'warn',
        { redis: { kind: 'answers', eviction: 'allkeys-lru', refused: [] } },
        /noeviction/,
      ],
      [
        'a Redis that refuses to tell',
        'redis',
        'warn',
        { redis: { kind: 'answers', eviction: null, refused: ['SUBSCRIBE'] } },
        /all commands on the keys and channels headwater/,
      ],
      [
        'a Redis that refuses to work',
        'redis',
        'fail',
        { redis: { kind: 'answers', eviction: null, refused: ['EVALSHA', 'SUBSCRIBE'] } },
        /all commands on the keys and channels headwater/,
      ],
      ['no Redis at all', 'redis', 'fail', { redis: { kind: 'private', program: false, running: false } }, /Install/],
      ['no git', 'git', 'fail', { git: null }, /2\.29/],
      ['an old git', 'git', 'fail', { git: '2.25.1' }, /2\.29/],
      [
        'little space',
        'disk',
        'warn',
        { disk: { freeBytes: 3 * gibibyte, totalBytes: 100 * gibibyte } },
        /HEADWATER_DATA_DIR/,
      ],
      [
        'secrets under an older key',
        'sealing_keys',
        'warn',
        { stored: { keys: 2, byKey: [3, 2], unreadable: [] } },
        /headwater secrets reseal/,
      ],
      [
        'a key that nothing needs',
        'sealing_keys',
        'warn',
        { stored: { keys: 2, byKey: [3], unreadable: [] } },
        /Take it out of HEADWATER_SECRET_KEY/,
      ],
      [
        'secrets that no key opens',
        'sealing_keys',
        'fail',
        { stored: { keys: 2, byKey: [3], unreadable: ['a/b'] } },
        /enter the passwords anew/,
      ],
      ['no space', 'disk', 'fail', { disk: { freeBytes: 1000, totalBytes: 100 * gibibyte } }, /HEADWATER_DATA_DIR/],
    ];
  it.each(cases)('finds %s', async (_what, id, status, changes, cure) => {
    const finding = (await lookAt(changes)).find((each) => each.id === id);
    expect(finding).toMatchObject({ status, cure: expect.stringMatching(cure) });
    expect(finding?.sentence).toMatch(/^[^.]{3}.*\.$/);
  });

  it('says which of several older keys nothing needs, and whose secrets no key opens', async () => {
    const told = async (stored: World['stored']) =>
      (await lookAt({ stored })).find(({ id }) => id === 'sealing_keys')?.sentence;
    expect(await told({ keys: 3, byKey: [3, 0, 2], unreadable: [] })).toBe(
      '2 of 5 stored secrets are sealed with older keys. Nothing needs number 2 of the keys any more.',
    );
    expect(await told({ keys: 3, byKey: [5], unreadable: [] })).toContain('the others are not needed any more');
    expect(await told({ keys: 1, byKey: [], unreadable: ['a/b', 'c/d'] })).toBe(
      'No key opens stored secrets of a/b, c/d.',
    );
    expect((await lookAt({ stored: null })).find(({ id }) => id === 'sealing_keys')?.status).toBe('skipped');
  });

  it('goes on when the forge does not answer, and says so where it matters', async () => {
    const findings = await lookAt({ about: new HeadwaterError('forge_unreachable', { why: 'connection refused' }) });
    expect(findings.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual(['forge']);
    expect(findings.filter(({ status }) => status === 'skipped').map(({ id }) => id)).toEqual([
      ...['forge_address', 'clock', 'token', 'account', 'lfs', 'sign_in', 'webhook', 'delivery', 'templates'],
    ]);
    expect(findings[0]?.sentence).toContain('connection refused');
  });

  it('never shows a secret', async () => {
    const settings = {
      forgeToken: new Secret('canary-1'),
      oauthClientSecret: new Secret('canary-2'),
      webhookSecrets: [new Secret('canary-3')],
    };
    for (const changes of [{}, { owner: null, verdict: 'secret_wrong' as const, arrives: 'not' as const }])
      expect(JSON.stringify(await lookAt({ ...withSettings(settings), ...changes }))).not.toContain('canary');
  });
});
