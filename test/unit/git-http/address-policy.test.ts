import { parseUpstreamUrl } from '../../../src/domain/upstream-url';
import { HeadwaterError } from '../../../src/domain/errors';
import { AllowListError, createAddressPolicy } from '../../../src/git-http/address-policy';

const policy = createAddressPolicy([]);

/** What happens to an address that a person typed, as far as no DNS is needed. */
function outcome(text: string): string {
  try {
    const { host } = parseUpstreamUrl(text).url;
    return policy.allows(host, 80, host) ? 'allowed' : 'blocked';
  } catch (error) {
    return (error as HeadwaterError).code;
  }
}

describe('odd spellings of forbidden addresses (SSRF-01)', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.2',
    '0.0.0.0',
    '0',
    '0177.1',
    '017700000001',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '127.000.000.001',
    '127.0.1',
    '127.1',
    '127.0.0.1.',
    '①②⑦.0.0.1',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '100.64.0.1',
    '[fe80::1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[fec0::1]',
    '[ff02::1]',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '0xffffffff',
    '192.0.2.1',
    '198.18.0.1',
    '[2001:db8::1]',
  ])('%s is blocked', (host) => {
    expect(outcome(`http://${host}/group/project.git`)).toBe('blocked');
  });

  test.each([
    ['http://:8080/x', 'url_invalid'],
    [`http://${'a'.repeat(260)}/x`, 'url_invalid'],
    ['http://127.0.0.1:99999/x', 'url_invalid'],
    ['http://127.0.0.1:65536/x', 'url_invalid'],
    ['http://good.example\\@127.0.0.1/x', 'url_invalid'],
    ['http:///127.0.0.1/x', 'url_invalid'],
    ['http://127.0.0.1%00.example.org/x', 'url_invalid'],
  ])('%s is refused as an address', (text, code) => {
    expect(outcome(text)).toBe(code);
  });

  test.each(['93.184.216.34', '[2606:2800:220:1:248:1893:25c8:1946]'])('%s is allowed', (host) => {
    expect(outcome(`https://${host}/group/project.git`)).toBe('allowed');
  });

  test('user information before a forbidden address hides nothing', () => {
    expect(outcome('http://github.com@127.0.0.1/x')).toBe('blocked');
  });

  test('what is no address is not allowed', () => {
    expect(policy.allows('host', 80, 'not-an-address')).toBe(false);
  });
});

describe('the list of what the admin allows (SSRF-08)', () => {
  const allows = (entries: string[], host: string, port: number, address: string) =>
    createAddressPolicy(entries).allows(host, port, address);

  test.each([
    [['git.corp'], 'git.corp', 443, '10.0.0.1', true],
    [['GIT.corp'], 'git.corp.', 443, '10.0.0.1', true],
    [['git.corp'], 'evil-git.corp', 443, '10.0.0.1', false],
    [['git.corp'], 'git.corp.evil.example', 443, '10.0.0.1', false],
    [['git.corp:8443'], 'git.corp', 8443, '10.0.0.1', true],
    [['git.corp:8443'], 'git.corp', 6379, '10.0.0.1', false],
    [['10.0.0.0/8'], 'anything', 80, '10.200.0.1', true],
    [['10.0.0.0/8'], 'anything', 80, '11.0.0.1', true],
    [['10.0.0.0/8'], 'anything', 80, '192.168.0.1', false],
    [['10.0.0.0/8'], 'anything', 80, '::ffff:10.0.0.1', true],
    [['127.0.0.1'], '127.0.0.1', 3000, '127.0.0.1', true],
    [['127.0.0.1'], '127.0.0.2', 3000, '127.0.0.2', false],
    [['127.0.0.1:3000'], '127.0.0.1', 3000, '127.0.0.1', true],
    [['127.0.0.1:3000'], '127.0.0.1', 6379, '127.0.0.1', false],
    [['::1'], '::1', 80, '::1', true],
    [['[::1]:80'], '::1', 80, '::1', true],
    [['[::1]:80'], '::1', 81, '::1', false],
    [['fd00::/8'], 'host', 80, 'fd00::5', true],
    [['fd00::/8'], 'host', 80, '10.0.0.1', false],
  ])('%j lets %s:%d at %s pass: %s', (entries, host, port, address, expected) => {
    expect(allows(entries, host, port, address)).toBe(expected);
  });

  test.each(['http://host', 'host:0', 'host:99999', '10.0.0.0/99', 'a b', '', '-x', '[::1', '*'])(
    '"%s" is not a usable entry',
    (entry) => {
      expect(() => createAddressPolicy([entry])).toThrow(AllowListError);
    },
  );
});
