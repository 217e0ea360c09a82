import { Secret } from '../../../src/domain/credentials';
import { emptyRecord } from '../../../src/domain/install-record';
import { loadManifest } from '../../../src/adapters/manifest/load-manifest';
import { forgeFiles } from '../../../src/panel/embed/forge-files';
import { putBlock } from '../../../src/panel/embed/marked-block';
import {
  isChange,
  planInstall,
  type InstallFound,
  type InstallStep,
  type InstallWish,
} from '../../../src/install/plan-install';

const manifest = loadManifest();
const publicUrl = 'https://headwater.example.org';
const wish: InstallWish = {
  manifest,
  publicUrl,
  forgeUrl: 'http://forge:3000',
  forgePublicUrl: 'https://forge.example.org',
  login: 'headwater',
  siteAdmin: false,
  files: forgeFiles(manifest, { publicUrl, script: 'script();' }),
};
const nothing: InstallFound = {
  account: null,
  tokenFault: 'none is stored',
  applications: [],
  client: null,
  webhooks: [],
  files: new Map(),
  settings: {
    forgeUrl: null,
    forgePublicUrl: null,
    publicUrl: null,
    forgeToken: null,
    oauthClientId: null,
    oauthClientSecret: null,
    webhookSecret: null,
  },
  record: null,
  shown: null,
};
const application = {
  id: 5,
  name: 'Headwater',
  clientId: 'client',
  confidential: true,
  redirectUris: [`${publicUrl}/oauth/callback`],
};
const webhook = {
  id: 7,
  url: `${publicUrl}/hooks/forge`,
  active: true,
  contentType: 'json',
  events: [...manifest.webhook.events].reverse(),
};
const everything: InstallFound = {
  account: { id: 2, login: 'headwater', siteAdmin: false },
  tokenFault: null,
  applications: [application],
  client: 'fits',
  webhooks: [webhook],
  files: new Map(
    wish.files.map(({ path, kind, text }) => [
      path,
      kind === 'whole' ? text : putBlock('headwater', '<p>ours</p>', text),
    ]),
  ),
  settings: {
    forgeUrl: wish.forgeUrl,
    forgePublicUrl: wish.forgePublicUrl,
    publicUrl,
    forgeToken: new Secret('t'),
    oauthClientId: 'client',
    oauthClientSecret: new Secret('s'),
    webhookSecret: new Secret('w'),
  },
  record: null,
  shown: null,
};
const shown = (steps: readonly InstallStep[]) => steps.map(({ kind, action }) => `${action} ${kind}`);
const changes = (found: Partial<InstallFound>, more: Partial<InstallWish> = {}) =>
  shown(planInstall({ ...wish, ...more }, { ...everything, ...found }).filter(isChange));

describe('the plan of an install', () => {
  it('makes everything where there is nothing', () => {
    expect(shown(planInstall(wish, nothing))).toEqual([
      'make account',
      'make token',
      'make application',
      'make webhook',
      'change settings',
      'make file',
      'make file',
      'make file',
      'make file',
      'change reload',
    ]);
  });

  it('keeps everything that is right', () => {
    expect(changes({})).toEqual([]);
  });

  it('makes a token where the stored one is of no use, and tells why', () => {
    const [step] = planInstall(wish, { ...everything, tokenFault: 'the stored one lacks read:user' }).filter(isChange);
    expect(step).toMatchObject({ kind: 'token', action: 'make', why: 'the stored one lacks read:user' });
  });

  it.each([
    ['its secret is lost', { settings: { ...everything.settings, oauthClientSecret: null } }],
    [
      'the stored client is unknown',
      { settings: { ...everything.settings, oauthClientId: 'gone' }, client: 'client_unknown' },
    ],
    ['the stored secret is wrong', { client: 'secret_wrong' }],
    [
      'its address is another',
      { applications: [{ ...application, redirectUris: ['https://old.example/oauth/callback'] }] },
    ],
    ['it is a public client', { applications: [{ ...application, confidential: false }] }],
  ] as const)('renews the OAuth2 application when %s', (_why, found) => {
    expect(changes(found as Partial<InstallFound>)).toEqual(['change application']);
  });

  it('leaves the applications of others alone', () => {
    const found = { applications: [{ ...application, name: 'Something else', clientId: 'other' }] };
    expect(changes({ ...found, client: 'client_unknown' })).toEqual(['make application']);
  });

  it.each([
    ['its secret is lost', { settings: { ...everything.settings, webhookSecret: null } }, [7]],
    ['it lacks an event', { webhooks: [{ ...webhook, events: ['push'] }] }, [7]],
    ['it has an event too many', { webhooks: [{ ...webhook, events: [...webhook.events, 'issues'] }] }, [7]],
    ['it is asleep', { webhooks: [{ ...webhook, active: false }] }, [7]],
    ['it sends forms', { webhooks: [{ ...webhook, contentType: 'form' }] }, [7]],
    ['there are two', { webhooks: [webhook, { ...webhook, id: 8 }] }, [7, 8]],
    [
      'Headwater moved',
      {
        webhooks: [{ ...webhook, url: 'https://old.example/hooks/forge' }],
        record: { ...emptyRecord(wish.forgeUrl), webhook: { id: 7, url: 'https://old.example/hooks/forge' } },
      },
      [7],
    ],
  ])('replaces the webhook when %s', (_why, found, removed) => {
    const steps = planInstall(wish, { ...everything, ...found }).filter(isChange);
    expect(steps).toEqual([expect.objectContaining({ kind: 'webhook', action: 'replace', remove: removed })]);
  });

  it('leaves the webhooks of others alone', () => {
    expect(changes({ webhooks: [webhook, { ...webhook, id: 9, url: 'https://ci.example/hook' }] })).toEqual([]);
  });

  it('writes the script without a reload, and templates with one', () => {
    const older = (path: string) => new Map(everything.files).set(path, 'older');
    expect(changes({ files: older('public/assets/headwater/embed.js') })).toEqual(['change file']);
    expect(changes({ files: older('templates/custom/footer.tmpl') })).toEqual(['change file', 'change reload']);
  });

  it('adds its block to what an admin has in a template', () => {
    const [step] = planInstall(wish, {
      ...everything,
      files: new Map(everything.files).set('templates/custom/footer.tmpl', '<p>mine</p>\n'),
    }).filter(isChange);
    expect(step).toMatchObject({
      kind: 'file',
      before: '<p>mine</p>\n',
      text: expect.stringMatching(/^<p>mine<\/p>\n\{\{\/\* headwater:begin/),
    });
  });

  it('leaves the files to a person where no folder is named', () => {
    expect(shown(planInstall(wish, { ...everything, files: null })).slice(-4)).toEqual(Array(4).fill('by_hand file'));
  });

  it('makes the account a site admin only when asked', () => {
    expect(changes({}, { siteAdmin: true })).toEqual(['change site_admin']);
    expect(changes({ account: { id: 2, login: 'headwater', siteAdmin: true } }, { siteAdmin: true })).toEqual([]);
  });

  it('writes the public address of the forge only where it is another', () => {
    const [step] = planInstall({ ...wish, forgePublicUrl: wish.forgeUrl }, everything).filter(isChange);
    expect(step).toEqual({ kind: 'settings', action: 'change', changes: { forgePublicUrl: null } });
  });
});
