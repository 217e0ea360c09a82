import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { readAdminToken } from '../../../src/cli/admin-token';
import { adminTokenOfEnvironment, parseConfig } from '../../../src/config';
import { Secret } from '../../../src/domain/credentials';

function terminal(isTTY: boolean) {
  const [input, out, err] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let shown = '';
  for (const stream of [out, err]) stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return { io: { in: Object.assign(input, { isTTY }), out, err }, input, shown: () => shown };
}

describe("an admin's token", () => {
  it('is typed on a terminal, corrected there, and never shown', async () => {
    const { io, input, shown } = terminal(true);
    const asked = readAdminToken(io, undefined, null);
    // A wrong letter and a backspace.
    input.write('canary-x\u007f');
    input.write('token\r');
    expect((await asked).reveal()).toBe('canary-token');
    expect(shown()).toMatch(/token .*not shown/);
    expect(shown()).not.toContain('canary');
  });

  it('comes from a file before the environment, and from there before a question', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headwater-token-'));
    try {
      writeFileSync(join(folder, 'token'), 'of-the-file\n');
      const { io } = terminal(true);
      expect((await readAdminToken(io, join(folder, 'token'), new Secret('of-the-environment'))).reveal()).toBe(
        'of-the-file',
      );
      expect((await readAdminToken(io, undefined, new Secret('of-the-environment'))).reveal()).toBe(
        'of-the-environment',
      );
      await expect(readAdminToken(io, join(folder, 'nowhere'), null)).rejects.toMatchObject({
        code: 'admin_token_missing',
        message: expect.stringMatching(/nowhere cannot be read \(ENOENT\)/),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('comes through a pipe, from the program that made it, and is not taken from what that says of a fault', async () => {
    const piped = (text: string) => {
      const { io, input } = terminal(false);
      input.end(text);
      return readAdminToken(io, '-', new Secret('of-the-environment'));
    };
    expect((await piped('of-the-pipe\n')).reveal()).toBe('of-the-pipe');
    const [token, other] = ['0123456789abcdef'.repeat(3).slice(0, 40), 'f'.repeat(40)];
    const log = '2026/11/22 22:22:48 setting.go:184:loadRunModeFrom() [E] You are running as the root user';
    for (const lines of [
      [token, log],
      [log, token],
    ])
      for (const end of ['\n', '\r\n'])
        expect((await piped(lines.map((line) => line + end).join(''))).reveal()).toBe(token);
    await expect(piped(`${token}\n${other}\n`)).rejects.toMatchObject({ code: 'admin_token_missing' });
    await expect(piped('')).rejects.toMatchObject({ message: expect.stringContaining('empty') });
    await expect(piped('connection refused\n')).rejects.toMatchObject({
      code: 'admin_token_missing',
      message: expect.not.stringContaining('refused'),
    });
  });

  it('is not waited for where nobody can type', async () => {
    await expect(readAdminToken(terminal(false).io, undefined, null)).rejects.toMatchObject({
      code: 'admin_token_missing',
    });
    const { io, input } = terminal(true);
    const asked = readAdminToken(io, undefined, null);
    input.end();
    await expect(asked).rejects.toMatchObject({ code: 'admin_token_missing' });
  });

  it('may stand in the environment of a server, which passes it over', () => {
    const env = {
      HEADWATER_ADMIN_TOKEN: 'a',
      HEADWATER_FORGE_URL: 'https://forge.example',
      HEADWATER_FORGE_TOKEN: 't',
    };
    expect(adminTokenOfEnvironment(env)?.reveal()).toBe('a');
    expect(adminTokenOfEnvironment({})).toBeNull();
    expect(() => parseConfig(env)).not.toThrow();
  });
});
