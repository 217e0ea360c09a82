import { createRefLister } from '../../../src/adapters/upstream/ref-lister';
import { createAddressPolicy } from '../../../src/git-http/address-policy';
import { parseUpstreamUrl } from '../../../src/domain/upstream-url';
import { GitUpstream } from '../../support/git-upstream';
import { TempRepo } from '../../support/temp-repo';

const limits = { idleTimeoutMs: 5_000, totalTimeoutMs: 10_000, maxListingBytes: 1024 * 1024 };
const signal = new AbortController().signal;

describe('listing without fetching', () => {
  let source: TempRepo;
  let upstream: GitUpstream;
  beforeAll(async () => {
    source = new TempRepo();
    source.commit('main');
    upstream = await GitUpstream.start({ root: source.root });
  });
  afterAll(async () => {
    await upstream.close();
    source.remove();
  });

  const list = async (allowed: readonly string[], href = upstream.url()) => {
    const lister = createRefLister({ ...limits, policy: createAddressPolicy(allowed) });
    try {
      return await lister.list({ url: parseUpstreamUrl(href).url, credentials: null, ssh: null }, signal);
    } finally {
      lister.close();
    }
  };

  it('answers the same as the listing of an update', async () => {
    const { refs, defaultBranch } = await list(['127.0.0.1']);
    expect([...refs.keys()]).toContain(defaultBranch);
  });

  it('refuses what the address policy refuses, with one text for an open and a closed port', async () => {
    const port = new URL(upstream.url()).port;
    const texts = await Promise.all(
      [upstream.url(), upstream.url().replace(port, '1')].map((href) =>
        list([], href).then(
          () => 'it answered',
          ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
        ),
      ),
    );
    expect(texts[0]).toMatch(/^url_blocked: /);
    expect(new Set(texts).size).toBe(1);
  });
});
