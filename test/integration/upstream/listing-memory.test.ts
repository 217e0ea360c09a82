import { LaterRefs } from '../../../src/git-http/later-refs';
import { accessTo, never, openUpstream } from '../../support/git-upstream-access';
import { GitUpstream } from '../../support/git-upstream';
import { TempRepo } from '../../support/temp-repo';

describe('listing a large upstream again', () => {
  const repo = new TempRepo();
  const upstream = openUpstream();
  let server: GitUpstream;

  beforeAll(async () => {
    const tip = repo.commit('main');
    const branches = Array.from({ length: 3000 }, (_, at): [string, string] => [`refs/heads/topic-${at}`, tip]);
    repo.packRefs(new Map([['refs/heads/main', tip], ...branches]));
    server = await GitUpstream.start({ root: repo.root });
  });
  afterAll(async () => {
    await upstream.close();
    await server.close();
    repo.remove();
  });

  test('says the same without parsing it, and sees whatever has changed since', async () => {
    const access = accessTo(server.url());
    const first = await upstream.list(access, never);
    expect(first.refs).not.toBeInstanceOf(LaterRefs);

    const again = await upstream.list(access, never);
    expect(again.refs).toBeInstanceOf(LaterRefs);
    expect(again).toMatchObject({ digest: first.digest, defaultBranch: 'refs/heads/main' });
    expect(again.capabilities).toEqual(first.capabilities);
    expect(new Map(again.refs)).toEqual(first.refs);

    const moved = repo.commit('zz-last');
    const changed = await upstream.list(access, never);
    expect(changed.digest).not.toBe(first.digest);
    expect(changed.refs.get('refs/heads/zz-last')).toBe(moved);
    expect(changed.refs.size).toBe(3002);

    repo.git(['update-ref', '-d', 'refs/heads/zz-last']);
    const back = await upstream.list(access, never);
    expect(back.digest).toBe(first.digest);
    expect(back.refs).toEqual(first.refs);
  });

  test('what one address said is not taken for what another says', async () => {
    const other = new TempRepo();
    const tip = other.commit('main');
    const elsewhere = await GitUpstream.start({ root: other.root });
    try {
      const listing = await upstream.list(accessTo(elsewhere.url()), never);
      expect(listing.refs).toEqual(new Map([['refs/heads/main', tip]]));
    } finally {
      await elsewhere.close();
      other.remove();
    }
  });
});
