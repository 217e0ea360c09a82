import { acceptLink } from '../../../src/adapters/lfs/download-link';
import { Secret } from '../../../src/domain/credentials';

const ours = `Basic ${Buffer.from('ann:pa55').toString('base64')}`;
const source = {
  endpoint: 'https://git.example/p.git/info/lfs',
  credentials: { user: 'ann', password: new Secret('pa55') },
  credentialsOrigin: 'https://git.example',
};
const at = (href: string, header?: Record<string, string>, more: object = {}) =>
  acceptLink({ href, header, ...more }, source, { authenticated: false, now: 1_000_000 });

describe('HOST-11: the link to an object', () => {
  it('our credentials go along to the origin that they belong to', () => {
    expect(at('https://git.example/store/1')).toMatchObject({ headers: { authorization: ours } });
  });

  it.each([
    ['another host', 'https://store.example/1'],
    ['another port', 'https://git.example:8443/1'],
    ['another scheme', 'http://git.example/1'],
    ['a name that looks like it', 'https://git.example.evil/1'],
  ])('our credentials do not go along to %s', (_, href) => {
    expect(at(href)).toMatchObject({ headers: {} });
    expect(at(href, { Authorization: ours })).toMatchObject({ headers: {} });
  });

  it('what the server sends along is used in place of ours', () => {
    expect(at('https://git.example/1', { Authorization: 'Bearer x' })).toMatchObject({
      headers: { authorization: 'Bearer x' },
    });
    expect(at('https://store.example/1', { Authorization: 'Bearer x', 'X-Amz-Date': 'y' })).toMatchObject({
      headers: { authorization: 'Bearer x', 'x-amz-date': 'y' },
    });
  });

  it('a link that needs no more gets no more', () => {
    const link = acceptLink({ href: 'https://git.example/1' }, source, { authenticated: true, now: 0 });
    expect(link).toMatchObject({ headers: {} });
  });

  it.each(['Host', 'Connection', 'Transfer-Encoding', 'Content-Length', 'Cookie', 'X-Forwarded-For', 'Proxy-Foo'])(
    'the header %s is left out',
    (name) => {
      expect(at('https://store.example/1', { [name]: 'x' })).toMatchObject({ headers: {} });
    },
  );

  it.each([
    ['a line break in a value', { 'X-Amz-Date': 'a\r\nHost: evil' }],
    ['a line break in a name', { 'X-Amz-Date\r\nHost': 'a' }],
    ['a NUL', { Authorization: 'a\0b' }],
    ['a value without end', { Authorization: 'a'.repeat(10_000) }],
  ])('a link with %s is not used', (_, header) => {
    expect(at('https://store.example/1', header)).toEqual({ why: 'it comes with a malformed header' });
  });

  it.each([
    ['a file', 'file:///etc/passwd'],
    ['another scheme', 'gopher://store.example/1'],
    ['a user name', 'https://eve:x@store.example/1'],
    ['nonsense', '/relative'],
  ])('a link to %s is not used', (_, href) => {
    expect(at(href)).toMatchObject({ why: expect.any(String) });
  });

  it('a link is known to expire, a little early', () => {
    expect(at('https://s.example/1', {}, { expires_in: 60 })).toMatchObject({ expiresAt: 1_055_000 });
    const expires_at = new Date(2_000_000_000_000).toISOString();
    expect(at('https://s.example/1', {}, { expires_at })).toMatchObject({ expiresAt: 1_999_999_995_000 });
    const never = { expiresAt: Number.POSITIVE_INFINITY };
    expect(at('https://s.example/1')).toMatchObject(never);
    expect(at('https://s.example/1', {}, { expires_at: '0001-01-01T00:00:00Z' })).toMatchObject(never);
    expect(at('https://s.example/1', {}, { expires_at: 'soon' })).toMatchObject(never);
  });
});
