import { hostKeyNamed } from '../../fakes/fake-ssh';
import { cliBench } from './cli-bench';

describe('an ssh upstream on the command line', () => {
  const set = ['mirror', 'set', 'owner/project', '--url', 'git@upstream.example:group/project.git'];

  it('shows the public key and what is missing', async () => {
    const bench = cliBench();
    expect((await bench.run(set)).code).toBe(0);
    const { out } = await bench.run(['mirror', 'show', 'owner/project']);
    expect(out).toContain('ssh://git@upstream.example/group/project.git');
    expect(out).toContain('ssh-ed25519 key-1 headwater owner/project');
    expect(out).toContain('none confirmed');
  });

  it('detects host keys, and trusts the one that is accepted', async () => {
    const bench = cliBench();
    await bench.run(set);
    const { fingerprint } = hostKeyNamed('server');
    expect((await bench.run(['mirror', 'host-keys', 'owner/project'])).out).toContain(
      `ssh-ed25519          ${fingerprint}\n`,
    );
    expect((await bench.run(['mirror', 'host-keys', 'owner/project', '--accept', fingerprint])).code).toBe(0);
    expect((await bench.run(['mirror', 'host-keys', 'owner/project'])).out).toContain('(confirmed)');
    expect((await bench.run(['mirror', 'show', 'owner/project'])).out).toContain(fingerprint);
  });

  it('takes host keys and the type of the key at once', async () => {
    const bench = cliBench();
    const { code, out } = await bench.run([
      ...set,
      '--ssh-key-type',
      'rsa',
      '--ssh-host-key',
      'ssh-ed25519 server',
      '--json',
    ]);
    expect([code, JSON.parse(out)]).toMatchObject([0, { ssh_key_type: 'rsa', ssh_host_keys: [{ key: 'server' }] }]);
  });

  it('makes a new key beside the old one', async () => {
    const bench = cliBench();
    await bench.run(set);
    const { out, err } = await bench.run(['mirror', 'ssh-key', 'owner/project', '--rotate']);
    expect(out).toBe('ssh-ed25519 key-2 headwater owner/project\n');
    expect(err).toContain('until this one has worked');
    expect((await bench.run(['mirror', 'show', 'owner/project'])).out).toContain('key-1');
  });

  it('says so when the upstream is not an ssh address', async () => {
    const bench = cliBench();
    await bench.run(['mirror', 'set', 'owner/project', '--url', 'https://upstream.example/p.git']);
    expect(await bench.run(['mirror', 'host-keys', 'owner/project'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('mirror_not_ssh'),
    });
  });
});
