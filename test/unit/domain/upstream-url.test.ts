import { HeadwaterError } from '../../../src/domain/errors';
import { parseUpstreamUrl } from '../../../src/domain/upstream-url';

function codeOf(text: string): string {
  try {
    return `accepted ${parseUpstreamUrl(text).url.href}`;
  } catch (thrown) {
    if (!(thrown instanceof HeadwaterError)) throw thrown;
    expect(thrown.message).toMatch(/^[A-Z].*\.$/);
    expect(thrown.advice).toMatch(/^[A-Z].*\.$/);
    return thrown.code;
  }
}

describe('an upstream address', () => {
  it.each([
    ['https://example.org/group/project.git', 'https://example.org/group/project.git'],
    [' HTTPS://Example.ORG:443/group/project/ ', 'https://example.org/group/project'],
    ['http://example.org:8080/p', 'http://example.org:8080/p'],
    ['https://[2001:db8::1]/p.git', 'https://[2001:db8::1]/p.git'],
    ['https://bücher.example/p', 'https://xn--bcher-kva.example/p'],
  ])('%s is read as %s', (typed, href) => {
    expect(parseUpstreamUrl(typed).url.href).toBe(href);
  });

  it('loses its user name and password, and says so', () => {
    const parsed = parseUpstreamUrl('https://bob:s3cret@example.org/p.git');
    expect(parsed.hadCredentials).toBe(true);
    expect(JSON.stringify(parsed)).not.toContain('s3cret');
    expect(parsed.url.href).toBe('https://example.org/p.git');
  });

  it.each([
    ['', 'url_invalid'],
    ['not a url', 'url_invalid'],
    ['example.org/project.git', 'url_invalid'],
    ['/srv/git/project.git', 'url_invalid'],
    ['../project.git', 'url_invalid'],
    ['https://', 'url_invalid'],
    ['https:///project.git', 'url_invalid'],
    ['http:/localhost:9201', 'url_scheme_forbidden'],
    ['http://:8080/p', 'url_invalid'],
    ['https://example.org', 'url_invalid'],
    ['https://example.org/', 'url_invalid'],
    ['https://example.org/p?x=1', 'url_invalid'],
    ['https://example.org/p#x', 'url_invalid'],
    ['https://example.org:65536/p', 'url_invalid'],
    ['https://example.org:99999/p', 'url_invalid'],
    [`https://${'a'.repeat(254)}.example/p`, 'url_invalid'],
    [`https://example.org/${'a'.repeat(2000)}`, 'url_invalid'],
    ['https://exa\tmple.org/p', 'url_invalid'],
    ['https://good@evil\\@x/p', 'url_invalid'],
    ['https://example.org/a%0d%0ab', 'url_invalid'],
    ['https://example.org/a%00b', 'url_invalid'],
    ['https://example.org/a%2fb', 'url_invalid'],
    ['https://-oProxyCommand=x/p', 'url_invalid'],
    ['file:///etc/passwd', 'url_scheme_forbidden'],
    ['git://example.org/p', 'url_scheme_forbidden'],
    ['ssh+git://example.org/p', 'url_scheme_forbidden'],
    ['ext::sh -c id', 'url_invalid'],
    ['ext::sh', 'url_scheme_forbidden'],
    ['javascript:alert(1)', 'url_scheme_forbidden'],
    ['ftp://example.org/p', 'url_scheme_forbidden'],
  ])('SSRF-02, SSRF-03: %j is refused as %s', (typed, code) => {
    expect(codeOf(typed)).toBe(code);
  });

  it.each([
    ['http://0177.1/p', '127.0.0.1'],
    ['http://0x7f.1/p', '127.0.0.1'],
    ['http://2130706433/p', '127.0.0.1'],
    ['http://127.1/p', '127.0.0.1'],
    ['http://[::ffff:127.0.0.1]/p', '::ffff:7f00:1'],
    ['http://１２７.0.0.1/p', '127.0.0.1'],
  ])('SSRF-01: the odd spelling %s has the one host %s', (typed, host) => {
    expect(parseUpstreamUrl(typed).url.host).toBe(host);
  });
});
