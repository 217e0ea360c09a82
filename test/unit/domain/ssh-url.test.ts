import { HeadwaterError } from '../../../src/domain/errors';
import { parseUpstreamUrl } from '../../../src/domain/upstream-url';

describe('an ssh address', () => {
  it.each([
    [
      'ssh://git@example.org/group/project.git',
      'ssh://git@example.org/group/project.git',
      'git',
      22,
      '/group/project.git',
    ],
    ['git@example.org:group/project.git', 'ssh://git@example.org/group/project.git', 'git', 22, '/group/project.git'],
    ['git@example.org:/srv/project.git/', 'ssh://git@example.org/srv/project.git', 'git', 22, '/srv/project.git'],
    ['ssh://example.org/p', 'ssh://git@example.org/p', 'git', 22, '/p'],
    ['SSH://alice@Example.ORG:22/p/', 'ssh://alice@example.org/p', 'alice', 22, '/p'],
    ['ssh://alice@example.org:2222/p', 'ssh://alice@example.org:2222/p', 'alice', 2222, '/p'],
    ['ssh://git@example.org:80/p', 'ssh://git@example.org:80/p', 'git', 80, '/p'],
    ['ssh://git@[2001:DB8::1]:2222/p', 'ssh://git@[2001:db8::1]:2222/p', 'git', 2222, '/p'],
    ['git@[2001:db8::1]:p', 'ssh://git@[2001:db8::1]/p', 'git', 22, '/p'],
    ['alice@example.org:code/p.git', 'ssh://alice@example.org/~/code/p.git', 'alice', 22, 'code/p.git'],
    ['alice@example.org:~/code/p.git', 'ssh://alice@example.org/~/code/p.git', 'alice', 22, 'code/p.git'],
    ['ssh://alice@example.org/~/code/p.git', 'ssh://alice@example.org/~/code/p.git', 'alice', 22, 'code/p.git'],
    [
      'ssh://git@example.org/My%20Team/größe',
      'ssh://git@example.org/My%20Team/gr%C3%B6%C3%9Fe',
      'git',
      22,
      '/My Team/größe',
    ],
    ['git@example.org:a%20b', 'ssh://git@example.org/a%2520b', 'git', 22, '/a%20b'],
  ])('%s is read as %s', (typed, href, user, port, path) => {
    const { url, hadCredentials } = parseUpstreamUrl(typed);
    expect(url.href).toBe(href);
    expect(url.ssh).toEqual({ user, port, path });
    expect(url.origin).toBe(`ssh://${url.host.includes(':') ? `[${url.host}]` : url.host}:${port}`);
    expect(hadCredentials).toBe(false);
    // What is stored means the same when it is read again.
    expect(parseUpstreamUrl(href).url).toEqual(url);
  });

  it('loses its password, and says so', () => {
    const parsed = parseUpstreamUrl('ssh://bob:s3c@ret@example.org/p.git');
    expect(parsed.hadCredentials).toBe(true);
    expect(JSON.stringify(parsed)).not.toMatch(/s3c|ret@/);
    expect(parsed.url.href).toBe('ssh://bob@example.org/p.git');
  });

  it.each([
    "ssh://git@example.org/a'b",
    'ssh://git@example.org/a%27b',
    'ssh://git@example.org/a!b',
    'ssh://git@example.org/a%0Ab',
    'ssh://git@example.org/a\nb',
    'ssh://git@example.org/a%5Cb',
    'ssh://git@example.org/a"b',
    'ssh://git@example.org/a$(id)',
    'ssh://git@example.org/a`id`',
    'ssh://git@example.org/a;id',
    'ssh://git@example.org/-oProxyCommand=x',
    'alice@example.org:-oProxyCommand=x',
    'alice@example.org:~/-x',
    'git@example.org:-x',
    'ssh://git@example.org/~root/p',
    'git@example.org:~root/p',
    'ssh://git@example.org/a/../b',
    'ssh://git@example.org/./b',
    'ssh://git@example.org/a//b',
    'ssh://git@example.org/a?x',
    'ssh://git@example.org/a#x',
    'ssh://git@example.org/%zz',
    'ssh://git@example.org/',
    'ssh://git@example.org',
    'ssh://git@example.org/~/',
    'git@example.org:',
    'ssh://-oProxyCommand=x/p',
    'ssh://git@-oProxyCommand=x/p',
    'ssh://-l@example.org/p',
    '-l@example.org:p',
    'ssh://a%0Ab@example.org/p',
    'ssh://a$b@example.org/p',
    'ssh://git@/p',
    'ssh:///p',
    'ssh://git@exa$mple/p',
    'ssh://git@example.org:0/p',
    'ssh://git@example.org:65536/p',
    'ssh://git@example.org:22x/p',
    `ssh://git@${'a'.repeat(254)}.example/p`,
  ])('SSRF-11: %j is refused', (typed) => {
    expect(() => parseUpstreamUrl(typed)).toThrow(expect.objectContaining({ code: 'url_invalid' }) as HeadwaterError);
  });

  it.each([
    ['ssh://git@0177.1/p', '127.0.0.1'],
    ['ssh://git@2130706433:22/p', '127.0.0.1'],
    ['git@0x7f.1:p', '127.0.0.1'],
    ['ssh://git@[::ffff:127.0.0.1]/p', '::ffff:7f00:1'],
  ])('SSRF-01: the odd spelling %s has the one host %s', (typed, host) => {
    expect(parseUpstreamUrl(typed).url.host).toBe(host);
  });
});
