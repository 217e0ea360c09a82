import { fitsRule, parseHostRule, placeOf, showHostRule } from '../../../src/domain/host-rule';
import { parseUpstreamUrl } from '../../../src/domain/upstream-url';

const fits = (rule: string, address: string): boolean => {
  const parsed = parseHostRule(rule);
  if (parsed === null) throw new Error(`${rule} is no rule`);
  return fitsRule(parsed, placeOf(parseUpstreamUrl(address).url.href));
};

describe('a rule for hosts', () => {
  it.each([
    ['Example.ORG', 'example.org'],
    [' *.example.org ', '*.example.org'],
    ['example.org.', 'example.org'],
    ['example.org:8443', 'example.org:8443'],
    ['exämple.org', 'xn--exmple-cua.org'],
    ['*.exämple.org', '*.xn--exmple-cua.org'],
    ['10.*', '10.*'],
    ['0x7f.1', '127.0.0.1'],
    ['2001:DB8::1', '[2001:db8::1]'],
    ['[2001:db8:0::1]:443', '[2001:db8::1]:443'],
    ['*', '*'],
    ['my_host', 'my_host'],
  ])('reads %j as %j, which it reads again', (text, shown) => {
    const rule = parseHostRule(text);
    expect(rule === null ? null : showHostRule(rule)).toBe(shown);
    expect(parseHostRule(shown)).toEqual(rule);
  });

  it.each([
    '',
    ' ',
    'a b',
    'https://example.org',
    'example.org/x',
    'example.org:0',
    'example.org:65536',
    'u@example.org',
  ])('refuses %j', (text) => expect(parseHostRule(text)).toBeNull());
  it.each([':443', 'example.org:', 'a?', 'a#b', '[::1', '%2a.org', 'a\\b', '*.10', 'x'.repeat(254)])(
    'refuses %j',
    (text) => expect(parseHostRule(text)).toBeNull(),
  );

  it.each([
    ['example.org', 'https://example.org/a.git', true],
    ['example.org', 'https://EXAMPLE.org./a.git', true],
    ['example.org', 'ssh://git@example.org/a.git', true],
    ['example.org', 'git@example.org:a/b.git', true],
    ['example.org', 'https://sub.example.org/a.git', false],
    ['example.org', 'https://example.org.evil.net/a.git', false],
    ['example.org', 'https://badexample.org/a.git', false],
    ['*.example.org', 'https://a.b.example.org/a.git', true],
    ['*.example.org', 'https://example.org/a.git', false],
    ['*', 'https://anything.example/a.git', true],
    ['git*.example.*', 'https://gitlab.example.net/a.git', true],
    ['a*a*a*b', `https://${'a'.repeat(60)}/a.git`, false],
    ['example.org:8443', 'https://example.org:8443/a.git', true],
    ['example.org:8443', 'https://example.org/a.git', false],
    ['example.org:443', 'https://example.org/a.git', true],
    ['example.org:80', 'http://example.org/a.git', true],
    ['example.org:22', 'git@example.org:a/b.git', true],
    ['example.org:22', 'ssh://git@example.org:2222/a.git', false],
    ['127.0.0.1', 'http://0x7f.1/a.git', true],
    ['127.0.0.1', 'http://2130706433/a.git', true],
    ['10.*', 'https://10.1.2.3/a.git', true],
    ['2001:db8::1', 'https://[2001:DB8:0:0::1]/a.git', true],
    ['2001:db8::1', 'ssh://git@[2001:db8::1]/a.git', true],
    ['exämple.org', 'https://xn--exmple-cua.org/a.git', true],
  ])('%s and %s (SSRF-03)', (rule, address, expected) => expect(fits(rule, address)).toBe(expected));

  it('takes no long time for whatever it is given (WH-07)', () => {
    const begun = performance.now();
    const rule = { host: '*a'.repeat(120), port: null };
    for (let time = 0; time < 100; time += 1) fitsRule(rule, { host: `${'a'.repeat(240)}b`, port: 443 });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
