import { openUpstream, faultOf, never } from '../../support/git-upstream-access';
import { loopbackSsh, sshAccessTo, type TestKey } from '../../support/ssh-access';
import { describeSshd, SshServer } from '../../support/ssh-server';
import type { Upstream } from '../../../src/ports/upstream';

describeSshd('the LFS login of an upstream behind OpenSSH', () => {
  let server: SshServer;
  let upstream: Upstream;
  let key: TestKey;

  beforeAll(async () => {
    server = await SshServer.start();
    upstream = openUpstream();
    key = await loopbackSsh.generateKey('ed25519', 'test');
  });
  beforeEach(() => {
    server.authorize(key.publicKey);
    server.forgetLog();
  });
  afterAll(async () => {
    await upstream.close();
    await server.close();
  });

  const access = () => sshAccessTo(server.url('/srv/project.git'), [key], [server.hostKey()]);
  const ask = () => upstream.lfsLogin(access().access, never);
  const answering = (text: string) => server.addCommand('git-lfs-authenticate', `cat <<'END'\n${text}\nEND`);

  it('is where the server says and what it gives, asked for in one connection', async () => {
    const header = { Authorization: 'RemoteAuth s3cret', 'X-GitLab-Lfs': '1' };
    answering(JSON.stringify({ href: 'https://lfs.example/group/project/', header, expires_in: 60 }));
    await ask();
    server.forgetLog();
    const before = Date.now();
    const login = await ask();
    expect(login?.endpoint).toBe('https://lfs.example/group/project');
    expect([...(login?.headers ?? [])].map(([name, value]) => [name, value.reveal()])).toEqual([
      ['authorization', 'RemoteAuth s3cret'],
      ['x-gitlab-lfs', '1'],
    ]);
    expect(login?.expiresAt).toBeGreaterThan(before + 50_000);
    expect(login?.expiresAt).toBeLessThan(Date.now() + 60_000);
    expect(JSON.stringify(login)).not.toContain('s3cret');
    expect(server.commands).toEqual(["git-lfs-authenticate '/srv/project.git' download"]);
    expect(server.connections).toBe(1);
  });

  it('lasts until the time that the server names, or until it is refused', async () => {
    const at = '2031-01-01T00:00:00Z';
    answering(JSON.stringify({ href: 'https://lfs.example/x', expires_at: at }));
    expect((await ask())?.expiresAt).toBe(Date.parse(at) - 5_000);
    answering(JSON.stringify({ href: 'https://lfs.example/x', expires_at: '0001-01-01T00:00:00Z', header: null }));
    expect(await ask()).toEqual({ endpoint: 'https://lfs.example/x', headers: new Map(), expiresAt: Infinity });
  });

  it.each([
    ['no JSON', 'Welcome!'],
    ['no address', '{}'],
    ['a file', JSON.stringify({ href: 'file:///etc/passwd' })],
    ['a password inside', JSON.stringify({ href: 'https://a:b@lfs.example/x' })],
    ['headers that are none', JSON.stringify({ href: 'https://lfs.example/x', header: { a: { b: 1 } } })],
    ['what has no end', 'x'.repeat(100_000)],
  ])('HOST-11: is none where the server answers %s', async (_, text) => {
    answering(text);
    expect(await ask()).toBeNull();
  });

  it('is none where the server does not know the command, or refuses it', async () => {
    server.addCommand('git-lfs-authenticate', 'exit 127');
    expect(await ask()).toBeNull();
    server.addCommand('git-lfs-authenticate', 'echo "no such repository" >&2; exit 1');
    expect(await ask()).toBeNull();
  });

  it('NET-01: is not waited for without end', async () => {
    server.addCommand('git-lfs-authenticate', 'exec sleep 30');
    const impatient = openUpstream({ idleTimeoutMs: 1_000 });
    expect(await faultOf(impatient.lfsLogin(access().access, never))).toMatchObject({ code: 'upstream_stalled' });
    await impatient.close();
  });

  it('SEC-07: is not asked of a server that is not the pinned one', async () => {
    answering('{}');
    const other = sshAccessTo(
      server.url('/x'),
      [key],
      ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'],
    );
    expect(await faultOf(upstream.lfsLogin(other.access, never))).toMatchObject({ code: 'upstream_host_key_changed' });
    expect(server.commands).toEqual([]);
  });
});
