import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signInScopes } from '../../../src/adapters/identity/create-identity';
import { checkManifest, loadManifest } from '../../../src/adapters/manifest/load-manifest';
import { callbackPath } from '../../../src/http/sign-in/oauth-routes';
import { HeadwaterError } from '../../../src/domain/errors';

const root = join(__dirname, '../../..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;
const schema = read('plugin-manifest.schema.json');

describe('plugin-manifest.json', () => {
  it('fits its schema, and has the name and the version of the package', () => {
    const { name, version, description } = read('package.json');
    expect(loadManifest()).toMatchObject({ name, version, description });
  });

  it('says of signing in what signing in does', () => {
    const { oauth } = loadManifest();
    expect(oauth.scopes).toEqual(signInScopes);
    expect(oauth.redirectPaths).toEqual([callbackPath]);
  });

  const change = (path: string, value: unknown) => {
    const manifest = read('plugin-manifest.json');
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let place: Record<string, unknown> = manifest;
    for (const key of keys) place = place[key] as Record<string, unknown>;
    if (value === undefined) delete place[last];
    else place[last] = value;
    return manifest;
  };

  it.each([
    ['a missing part', 'webhook', undefined],
    ['an unknown part', 'extra', true],
    ['an unknown forge', 'forges', [{ kind: 'gitlab', versions: '>=1.0.0' }]],
    ['a range that is none', 'forges', [{ kind: 'gitea', versions: 'newest' }]],
    ['a scope that forges do not know', 'account.scopes', ['write:everything']],
    // Without a scope of its own an OAuth2 token may do everything (facts of Forgejo 11).
    ['signing in without a scope that limits it', 'oauth.scopes', ['openid', 'profile']],
    ['an address elsewhere', 'topLink.address', 'https://evil.example/'],
    ['markup in a title', 'repositoryTab.title', '<b>Mirrors</b>'],
    ['a template in a title', 'repositoryTab.title', '{{.Title}}'],
    ['a panel for no project', 'settingsPanel.address', '/panel'],
    ['a selector that could end an attribute', 'settingsPanel.section.block', '"><script>'],
  ])('is refused with %s', (_what, path, value) => {
    expect(() => checkManifest(change(path, value), schema)).toThrow(
      expect.objectContaining({ code: 'manifest_invalid' }) as HeadwaterError,
    );
  });

  it('tells every fault at once', () => {
    const manifest = { ...change('name', 'Head Water'), version: 'one' };
    expect(() => checkManifest(manifest, schema)).toThrow(/\/name .*\/version /s);
  });
});
