import { LaterRefs } from '../../../src/git-http/later-refs';
import { accessTo, faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { GitUpstream } from '../../support/git-upstream';
import { TempRepo } from '../../support/temp-repo';

describe('listing the refs of a git server', () => {
  const repo = new TempRepo();
  const upstream = openUpstream();
  let server: GitUpstream;

  beforeAll(async () => {
    repo.commit('main');
    repo.commit('fix/one');
    repo.git(['tag', '-a', '-m', 'first', 'v1', 'main']);
    repo.git(['update-ref', 'refs/pull/1/head', 'main']);
    repo.git(['update-ref', 'refs/notes/commits', 'main']);
    server = await GitUpstream.start({ root: repo.root, user: 'bob', password: 'correct horse' });
  });
  afterAll(async () => {
    await upstream.close();
    await server.close();
    repo.remove();
  });
  beforeEach(() => {
    server.requests.length = 0;
    server.authenticatedTries = 0;
  });

  test('takes one request and keeps branches and tags only (HOST-05)', async () => {
    const listing = await upstream.list(accessTo(server.url(), 'bob', 'correct horse'), never);
    expect(listing.refs).toEqual(
      new Map(
        ['refs/heads/fix/one', 'refs/heads/main', 'refs/tags/v1'].map((name) => [name, repo.resolve(name) ?? '']),
      ),
    );
    expect(listing.defaultBranch).toBe('refs/heads/main');
    expect(listing.capabilities).toContain('ofs-delta');
    expect(server.requests).toEqual(['GET /project.git/info/refs?service=git-upload-pack']);
  });

  test('answers equal digests for equal refs, and another once anything changed', async () => {
    const access = accessTo(server.url(), 'bob', 'correct horse');
    const first = await upstream.list(access, never);
    const again = await upstream.list(access, never);
    expect(again.digest).toBe(first.digest);
    repo.git(['symbolic-ref', 'HEAD', 'refs/heads/fix/one']);
    const otherDefault = await upstream.list(access, never);
    repo.git(['symbolic-ref', 'HEAD', 'refs/heads/main']);
    repo.commit('main');
    const moved = await upstream.list(access, never);
    expect(new Set([first.digest, otherDefault.digest, moved.digest]).size).toBe(3);
    expect(otherDefault.defaultBranch).toBe('refs/heads/fix/one');
  });

  test('a HEAD that points to no branch gives no default branch (HOST-06)', async () => {
    repo.git(['symbolic-ref', 'HEAD', 'refs/heads/gone']);
    const listing = await upstream.list(accessTo(server.url(), 'bob', 'correct horse'), never);
    repo.git(['symbolic-ref', 'HEAD', 'refs/heads/main']);
    expect(listing.defaultBranch).toBeNull();
  });

  test('a wrong password is seen exactly once (NET-04)', async () => {
    const fault = await faultOf(upstream.list(accessTo(server.url(), 'bob', 'wrong'), never));
    expect(fault.code).toBe('upstream_credentials_refused');
    expect(server.authenticatedTries).toBe(1);
    expect(server.requests).toHaveLength(1);
  });

  test('a missing password is asked for, and none is sent', async () => {
    const fault = await faultOf(upstream.list(accessTo(server.url()), never));
    expect(fault.code).toBe('upstream_auth_required');
    expect(server.authenticatedTries).toBe(0);
  });

  test('a repository that does not exist is not found', async () => {
    const access = accessTo(server.url('other.git'), 'bob', 'correct horse');
    expect((await faultOf(upstream.list(access, never))).code).toBe('upstream_not_found');
  });

  test('an empty repository is an answer, not a fault', async () => {
    const empty = new TempRepo('empty.git');
    const other = await GitUpstream.start({ root: empty.root });
    const listing = await upstream.list(accessTo(other.url('empty.git')), never);
    await other.close();
    empty.remove();
    expect([listing.refs.size, listing.defaultBranch]).toEqual([0, null]);
  });

  test('a SHA-256 repository is refused', async () => {
    const sha256 = new TempRepo('sha256.git', ['--object-format=sha256']);
    sha256.commit();
    const other = await GitUpstream.start({ root: sha256.root });
    const fault = await faultOf(upstream.list(accessTo(other.url('sha256.git')), never));
    await other.close();
    sha256.remove();
    expect(fault.code).toBe('upstream_sha256');
  });

  test('RES-04: a hundred thousand refs are listed whole, and are not even parsed when they are the same', async () => {
    const many = new TempRepo('many.git');
    const oid = many.commit();
    const names = Array.from({ length: 100_000 }, (_, i) => `refs/heads/topic/${i}`);
    many.packRefs(new Map(names.map((name) => [name, oid])));
    const other = await GitUpstream.start({ root: many.root });
    const access = accessTo(other.url('many.git'));
    const listing = await upstream.list(access, never);
    const again = await upstream.list(access, never);
    await other.close();
    many.remove();
    expect(listing.refs.size).toBe(100_001);
    expect(again.digest).toBe(listing.digest);
    expect(again.refs).toBeInstanceOf(LaterRefs);
    expect(listing.invalidNames).toEqual([]);
  });

  test('an abort ends it with its reason', async () => {
    const abort = new AbortController();
    const listing = upstream.list(accessTo(server.url(), 'bob', 'correct horse'), abort.signal);
    abort.abort(new Error('changed our mind'));
    await expect(listing).rejects.toThrow('changed our mind');
    await expect(upstream.list(accessTo(server.url()), abort.signal)).rejects.toThrow('changed our mind');
  });
});
