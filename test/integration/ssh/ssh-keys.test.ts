import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utils } from 'ssh2';
import { loopbackSsh } from '../../support/ssh-access';

const hasSshKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;
const suite = hasSshKeygen ? describe : describe.skip;

suite(`keys, by ssh-keygen's word${hasSshKeygen ? '' : ' (skipped: ssh-keygen is not installed)'}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'headwater-keys-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const keygen = (...args: string[]) => execFileSync('ssh-keygen', args).toString().trim();

  test.each([
    ['ed25519', '256', 'ED25519'],
    ['rsa', '4096', 'RSA'],
  ] as const)('a new %s key is one that OpenSSH reads, and its halves belong together', async (type, bits, name) => {
    const key = await loopbackSsh.generateKey(type, 'headwater owner/project');
    const file = join(dir, type);
    writeFileSync(file, key.privateKey.reveal(), { mode: 0o600 });
    const halves = (text: string) => text.split(' ').slice(0, 2);
    expect(halves(keygen('-y', '-f', file))).toEqual(halves(key.publicKey));
    writeFileSync(`${file}.pub`, key.publicKey);
    expect(keygen('-lf', `${file}.pub`)).toMatch(
      new RegExp(`^${bits} SHA256:[\\w+/]{43} headwater owner/project \\(${name}\\)$`),
    );
    expect(key.publicKey).not.toContain('\n');
  });

  test('no new key is malformed, though one in two hundred of the library is', async () => {
    for (let i = 0; i < 300; i += 1) {
      const { privateKey, publicKey } = await loopbackSsh.generateKey('ed25519', '');
      const parsed = utils.parseKey(privateKey.reveal());
      if (parsed instanceof Error) throw parsed;
      expect(publicKey).toContain(parsed.getPublicSSH().toString('base64'));
    }
  });

  test.each([
    ['ed25519', []],
    ['rsa', ['-b', '3072']],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
  ] as const)('a host key of type %s %j has the fingerprint that ssh-keygen prints', (type, more) => {
    const file = join(dir, `host-${type}-${more[1] ?? ''}`);
    keygen('-q', '-t', type, ...more, '-N', '', '-C', 'a comment', '-f', file);
    const line = execFileSync('cat', [`${file}.pub`]).toString();
    const read = loopbackSsh.readHostKey(line);
    expect(read?.fingerprint).toBe(keygen('-lf', `${file}.pub`).split(' ')[1]);
    expect(loopbackSsh.readHostKey(`[example.org]:2222,10.0.0.1 ${line}`)).toEqual(read);
  });

  test.each([
    '',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    'ssh-dss AAAAB3NzaC1kc3MAAACBAPDQcCnNAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    `ssh-rsa ${Buffer.from('nothing that is a key at all, though long enough').toString('base64')}`,
    'SHA256:uNiVztksCsDhcc0u9e8BrWb5YFgVfUvhAPHXgB6Uurk',
  ])('%j is no host key that can be pinned', (text) => {
    expect(loopbackSsh.readHostKey(text)).toBeNull();
  });

  test('a key of one type under the name of another, and a marked line, are no host keys', () => {
    const file = join(dir, 'odd');
    keygen('-q', '-t', 'ed25519', '-N', '', '-f', file);
    const line = execFileSync('cat', [`${file}.pub`]).toString();
    expect(loopbackSsh.readHostKey(line.replace('ssh-ed25519', 'ssh-rsa'))).toBeNull();
    expect(loopbackSsh.readHostKey(`@revoked * ${line}`)).toBeNull();
    expect(loopbackSsh.readHostKey(line)).not.toBeNull();
  });
});
