import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import { createAddressPolicy } from '../../../src/git-http/address-policy';
import type { TakePack, Upstream, UpstreamAccess } from '../../../src/ports/upstream';
import { faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { loopbackSsh, sshAccessTo, type TestKey } from '../../support/ssh-access';
import { describeSshd, SshServer } from '../../support/ssh-server';
import { TempRepo } from '../../support/temp-repo';

describeSshd('an upstream behind OpenSSH', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
  const cache = createObjectCache({ dir: path.join(folder, 'cache') });
  const repo = new TempRepo();
  let server: SshServer;
  let upstream: Upstream;
  let key: TestKey;
  let caches = 0;

  beforeAll(async () => {
    repo.commit('main', 'one');
    repo.commit('main', 'two');
    repo.commit('other', 'x'.repeat(300_000));
    repo.git(['tag', '-a', '-m', 'first', 'v1', 'main']);
    server = await SshServer.start({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] });
    upstream = openUpstream({ keepSpareChild: true });
    key = await loopbackSsh.generateKey('ed25519', 'test');
  });
  beforeEach(() => {
    server.authorize(key.publicKey);
    server.forgetLog();
  });
  afterAll(async () => {
    await upstream.close();
    await server.close();
    repo.remove();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const access = (keys = [key], hostKeys = [server.hostKey()], url = server.url(repo.dir)) =>
    sshAccessTo(url, keys, hostKeys);

  const fetchAll = async (
    to: UpstreamAccess,
    mirrorId = `m${(caches += 1)}`,
    from: Upstream = upstream,
    takePack?: TakePack,
  ) => {
    const listing = await from.list(to, never);
    const cacheDir = await cache.open(mirrorId);
    const have = await cache.tips(mirrorId);
    const wanted = [...new Set(listing.refs.values())].filter((oid) => !have.has(oid));
    const [onProgress, signal] = [() => {}, never];
    const fetched = await from.fetch({ access: to, listing, cacheDir, wanted, onProgress, takePack, signal });
    await cache.setTips(mirrorId, listing.refs.values());
    return { ...fetched, cacheDir, wanted };
  };
  const git = (cacheDir: string, ...args: string[]) =>
    execFileSync('git', ['--git-dir', cacheDir, ...args])
      .toString()
      .trim();

  test('lists branches, tags and the default branch in one connection', async () => {
    const { refs, defaultBranch, receivedBytes } = await upstream.list(access().access, never);
    expect(Object.fromEntries(refs)).toEqual({
      'refs/heads/main': repo.resolve('main'),
      'refs/heads/other': repo.resolve('other'),
      'refs/tags/v1': repo.resolve('v1'),
    });
    expect([defaultBranch, receivedBytes > 200]).toEqual(['refs/heads/main', true]);
    expect(server.connections).toBe(1);
    expect(server.commands).toEqual([`git-upload-pack '${repo.dir}'`]);
  });

  test('brings every object, and afterwards only what is new', async () => {
    const { access: to } = access();
    const whole = await fetchAll(to, 'step');
    git(whole.cacheDir, 'fsck', '--full');
    expect(git(whole.cacheDir, 'rev-list', '--objects', '--all').split('\n').length).toBe(
      repo.git(['rev-list', '--objects', 'main', 'other', 'v1']).split('\n').length,
    );
    const tip = repo.commit('main', 'three');
    const step = await fetchAll(to, 'step');
    expect(step.wanted).toEqual([tip]);
    expect(step.receivedBytes).toBeLessThan(2_000);
    expect(git(step.cacheDir, 'cat-file', '-t', tip)).toBe('commit');
  });

  test('shows the pack to whoever takes it, byte for byte, and waits for a slow one', async () => {
    const parts: Uint8Array[] = [];
    const takePack = async (bytes: Uint8Array) => {
      parts.push(Buffer.from(bytes));
      if (parts.length === 1) await sleep(5_700);
    };
    const impatient = openUpstream({ idleTimeoutMs: 5_000 });
    const { cacheDir } = await fetchAll(access().access, 'shown', impatient, takePack);
    await impatient.close();
    const dir = path.join(cacheDir, 'objects', 'pack');
    const [name = ''] = fs.readdirSync(dir).filter((file) => file.endsWith('.pack'));
    expect(Buffer.concat(parts).equals(fs.readFileSync(path.join(dir, name)))).toBe(true);
  });

  test('fetches of several mirrors run side by side', async () => {
    const all = await Promise.all([1, 2, 3].map(() => fetchAll(access().access)));
    expect(all.map(({ receivedBytes }) => receivedBytes > 1_000)).toEqual([true, true, true]);
  });

  test('an object that is gone by the time of the fetch means that the upstream changed', async () => {
    const { access: to } = access();
    const listing = await upstream.list(to, never);
    const gone = 'c'.repeat(40);
    const cacheDir = await cache.open('gone');
    const request = { access: to, listing, cacheDir, wanted: [gone], onProgress: () => {}, signal: never };
    expect((await faultOf(upstream.fetch(request))).code).toBe('upstream_changed');
    expect(fs.readdirSync(path.join(cacheDir, 'objects/pack'))).toEqual([]);
  });

  test.each(['ed25519', 'rsa', 'ecdsa'] as const)('signs in to a server that is known by its %s key', async (type) => {
    const { access: to, told } = access([key], [server.hostKey(type)]);
    expect((await upstream.list(to, never)).refs.size).toBe(3);
    expect(told).toEqual({ workingKeys: [key.publicKey], refusedHostKeys: [] });
  });

  test('signs in with an RSA key as well', async () => {
    const rsa = await loopbackSsh.generateKey('rsa', 'test');
    server.authorize(rsa.publicKey);
    expect((await fetchAll(access([rsa]).access)).receivedBytes).toBeGreaterThan(1_000);
  });

  test('finds a repository in the home folder of the user', async () => {
    const home = path.join(os.homedir(), path.basename(repo.root));
    fs.symlinkSync(repo.dir, home);
    try {
      const url = `${server.user}@127.0.0.1:~/${path.basename(home)}`;
      const to = access([key], [server.hostKey()], url).access;
      const onPort = { ...to, url: { ...to.url, ssh: { ...to.url.ssh, port: server.port } } } as UpstreamAccess;
      expect((await upstream.list(onPort, never)).refs.size).toBe(3);
      expect(server.commands).toEqual([`git-upload-pack '${path.basename(home)}'`]);
    } finally {
      fs.rmSync(home);
    }
  });

  test('a key that is not installed is refused in exactly one connection, with the advice to install it', async () => {
    server.authorize();
    const fault = await faultOf(upstream.list(access().access, never));
    expect(fault.code).toBe('upstream_ssh_key_refused');
    expect(fault.advice).toContain('ssh_public_key');
    expect(server.connections).toBe(1);
    expect(server.commands).toEqual([]);
  });

  test('a key that was withdrawn before the fetch is refused in one connection', async () => {
    const { access: to } = access();
    const listing = await upstream.list(to, never);
    server.authorize();
    server.forgetLog();
    const request = { access: to, listing, cacheDir: await cache.open('late'), onProgress: () => {}, signal: never };
    const fault = await faultOf(upstream.fetch({ ...request, wanted: [...listing.refs.values()] }));
    expect([fault.code, server.connections]).toEqual(['upstream_ssh_key_refused', 1]);
  });

  test('tries the new key first and the old one next, in one connection, and says which one worked', async () => {
    const fresh = await loopbackSsh.generateKey('ed25519', 'new');
    const early = access([fresh, key]);
    await upstream.list(early.access, never);
    expect(early.told.workingKeys).toEqual([key.publicKey]);
    expect(server.connections).toBe(1);
    server.authorize(key.publicKey, fresh.publicKey);
    const late = access([fresh, key]);
    await upstream.list(late.access, never);
    expect(late.told.workingKeys).toEqual([fresh.publicKey]);
  });

  test('SEC-07: another host key stops it before the sign-in, and both fingerprints are told', async () => {
    const foreign = await SshServer.start();
    try {
      const { access: to, told } = access([key], [foreign.hostKey()]);
      const fault = await faultOf(upstream.list(to, never));
      expect(fault.code).toBe('upstream_host_key_changed');
      expect(fault.message).toContain(server.fingerprint());
      expect(fault.message).toContain(foreign.fingerprint());
      expect(told.refusedHostKeys).toEqual([loopbackSsh.readHostKey(server.hostKey())]);
      expect(server.log).not.toMatch(/publickey|Accepted|Failed/);
    } finally {
      await foreign.close();
    }
  });

  test('SEC-07: only the types of the pinned keys are offered; a server without them has changed its key', async () => {
    const plain = await SshServer.start({ hostKeys: ['rsa'] });
    try {
      const { access: to, told } = sshAccessTo(plain.url(repo.dir), [key], [server.hostKey('ed25519')]);
      const fault = await faultOf(upstream.list(to, never));
      expect([fault.code, fault.message]).toEqual([
        'upstream_host_key_changed',
        expect.stringContaining(plain.fingerprint('rsa')),
      ]);
      expect(told.refusedHostKeys.map((seen) => seen.fingerprint)).toEqual([plain.fingerprint('rsa')]);
      expect(plain.log).not.toMatch(/Accepted|Failed/);
    } finally {
      await plain.close();
    }
  });

  test('detects the host keys of every type, with the fingerprints that ssh-keygen prints, and signs in nowhere', async () => {
    const found = await loopbackSsh.detectHostKeys(access().access.url, never);
    expect(Object.fromEntries(found.map(({ type, fingerprint }) => [type, fingerprint]))).toEqual({
      'ssh-ed25519': server.fingerprint('ed25519'),
      'ecdsa-sha2-nistp256': server.fingerprint('ecdsa'),
      'ssh-rsa': server.fingerprint('rsa'),
    });
    for (const { type, key: blob } of found)
      expect(
        ['ed25519', 'rsa', 'ecdsa']
          .map((t) => server.hostKey(t as 'rsa'))
          .some((line) => line.startsWith(`${type} ${blob}`)),
      ).toBe(true);
    expect(server.log).not.toMatch(/publickey|Accepted|Failed/);
  });

  test('a repository that is not there is told as such', async () => {
    const fault = await faultOf(
      upstream.list(access([key], [server.hostKey()], server.url('/no/such.git')).access, never),
    );
    expect(fault.code).toBe('upstream_not_found');
  });

  test('SSRF-11: the shell of the upstream gets the exact path in quotes and runs nothing else', async () => {
    const plain = `${repo.root}/a b @x`;
    const fault = await faultOf(
      upstream.list(access([key], [server.hostKey()], server.url(encodeURI(plain))).access, never),
    );
    expect(fault.code).toBe('upstream_not_found');
    expect(server.commands).toEqual([`git-upload-pack '${plain}'`]);
  });

  test('a closed port, an address that may not be connected to, and a repository too large are told apart', async () => {
    const closed = await SshServer.start();
    await closed.stop();
    const nobody = sshAccessTo(closed.url(repo.dir), [key], [closed.hostKey()]).access;
    expect((await faultOf(upstream.list(nobody, never))).message).toContain('connection refused');
    await closed.close();

    const strict = openUpstream({ policy: createAddressPolicy([]) });
    const small = openUpstream({ maxListingBytes: 100 });
    const tiny = openUpstream({ maxFetchBytes: 1_000 });
    try {
      expect((await faultOf(strict.list(access().access, never))).code).toBe('url_blocked');
      expect((await faultOf(small.list(access().access, never))).code).toBe('upstream_too_many_refs');
      expect((await faultOf(fetchAll(access().access, 'tiny', tiny))).code).toBe('upstream_too_large');
    } finally {
      await Promise.all([strict.close(), small.close(), tiny.close()]);
    }
  });

  test('an abort ends a fetch with its reason and leaves nothing', async () => {
    const { access: to } = access();
    const listing = await upstream.list(to, never);
    const abort = new AbortController();
    const cacheDir = await cache.open('abort');
    const wanted = [...listing.refs.values()];
    const fetching = upstream.fetch({
      access: to,
      listing,
      cacheDir,
      wanted,
      onProgress: () => {},
      signal: abort.signal,
    });
    abort.abort(new Error('switched off'));
    await expect(fetching).rejects.toThrow('switched off');
    expect(fs.readdirSync(path.join(cacheDir, 'objects/pack'))).toEqual([]);
  });
});
