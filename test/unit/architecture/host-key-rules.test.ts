import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const project = resolve(__dirname, '../../..');

/** Source files with what stands in them. */
const sources = readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(project, 'src', file), 'utf8') }));

describe('SEC-07: no line of the product', () => {
  it.each([
    ['gives libgit2 a word in the trust of hosts', /certificateCheck/],
    ['switches the check of certificates off', /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|sslVerify/],
    ['tells OpenSSH to trust anybody', /StrictHostKeyChecking|UserKnownHostsFile/],
    ['accepts every host key', /hostVerifier\s*:\s*(?:\([^)]*\)|\w+)\s*=>\s*true/],
  ])('%s', (_, pattern) => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });
});
