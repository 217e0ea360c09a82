import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { basicAuthorization, Secret } from '../../../src/domain/credentials';
import { failureRule } from '../../../src/domain/failure-rules';
import { pktLine } from '../../../src/git-http/pkt-line';
import { accessTo, faultOf, never, openUpstream } from '../../support/git-upstream-access';
import {
  HostileUpstream,
  answer,
  listingOf,
  lists,
  neverEnds,
  refsListing,
  silent,
  startsAndBreaksOff,
  startsAndStalls,
  uploadPackAdvertisement as listingType,
  type Handler,
} from '../../support/hostile-upstream';

const oid = 'a'.repeat(40);
const canary = 'canary-7f3a/+%';
const good = refsListing({ HEAD: oid, 'refs/heads/main': oid });
const html = '<!doctype html><title>Sign in</title>';

/** An answer past Node's own care: the given length (null: none), the bytes, and the end of the connection. */
function raw(length: number | null, body: Buffer): Handler {
  return (request) => {
    const head = ['HTTP/1.1 200 OK', `content-type: ${listingType}`, 'connection: close'];
    if (length !== null) head.push(`content-length: ${length}`);
    request.socket.write(`${head.join('\r\n')}\r\n\r\n`);
    request.socket.end(body);
  };
}

const cases: readonly [string, Handler, string, RegExp?][] = [
  [
    'a redirect to another host',
    answer(302, { location: 'https://evil.example/x.git/info/refs?service=git-upload-pack' }),
    'upstream_redirected',
    /https:\/\/evil\.example\/x\.git,/,
  ],
  [
    'a redirect with credentials in it',
    answer(301, { location: 'https://me:secret@evil.example/x' }),
    'upstream_redirected',
    /to https:\/\/evil\.example\/x,/,
  ],
  [
    'a redirect to a path',
    answer(307, { location: '/moved.git/info/refs' }),
    'upstream_redirected',
    /127\.0\.0\.1:\d+\/moved\.git,/,
  ],
  [
    'a redirect that also asks for a password',
    answer(302, { location: 'http://127.0.0.2/', 'www-authenticate': 'Basic' }),
    'upstream_redirected',
  ],
  ['a redirect to nowhere', answer(302, { location: 'http://[' }), 'upstream_redirected', /cannot be read/],
  ['401', answer(401, { 'www-authenticate': 'Basic' }), 'upstream_credentials_refused'],
  ['403', answer(403), 'upstream_forbidden'],
  ['404', answer(404), 'upstream_not_found'],
  ['410', answer(410), 'upstream_not_found'],
  ['500', answer(500), 'upstream_unavailable', /error 500/],
  ['502 with a page', answer(502, { 'content-type': 'text/html' }, html), 'upstream_unavailable'],
  ['418', answer(418), 'upstream_not_git', /418/],
  [
    'a web page with 200',
    answer(200, { 'content-type': 'text/html; charset=utf-8' }, html),
    'upstream_not_git',
    /web page/,
  ],
  [
    'a dumb server',
    answer(200, { 'content-type': 'text/plain' }, `${oid}\trefs/heads/main\n`),
    'upstream_not_git',
    /dumb/,
  ],
  ['no content type', answer(200, {}, good), 'upstream_not_git'],
  ['a page called a listing', lists(Buffer.from(html)), 'upstream_not_git', /malformed/],
  ['nothing called a listing', lists(Buffer.alloc(0)), 'upstream_truncated'],
  ['a list that ends in the middle', lists(good.subarray(0, -4)), 'upstream_truncated'],
  ['a list whose connection breaks', startsAndBreaksOff(listingType, good.subarray(0, 80)), 'upstream_truncated'],
  [
    'a body shorter than announced',
    answer(200, { 'content-type': listingType, 'content-length': 5000 }, good),
    'upstream_stalled',
  ],
  [
    'compression that nobody asked for',
    answer(200, { 'content-type': listingType, 'content-encoding': 'gzip' }, gzipSync(good)),
    'upstream_not_git',
    /compressed/,
  ],
  [
    'an error line',
    lists(listingOf('ERR repository is \u001b[31mlocked.\n')),
    'upstream_refused',
    /repository is locked\.$/,
  ],
  [
    'a shallow repository',
    lists(listingOf(`${oid} refs/heads/main\0x\n`, `shallow ${oid}\n`)),
    'upstream_refused',
    /shallow/,
  ],
  ['silence', silent, 'upstream_stalled', /1 seconds while waiting|1 seconds while listing refs/],
  ['silence in the middle', startsAndStalls(listingType, good.subarray(0, 80)), 'upstream_stalled', /listing refs/],
  [
    'an endless list',
    neverEnds(listingType, good.subarray(0, -4), pktLine(`${oid} refs/tags/again\n`)),
    'upstream_too_many_refs',
    /200000/,
  ],
  ['an endless line', neverEnds(listingType, Buffer.from('fff0'), Buffer.alloc(10_000, 120)), 'upstream_not_git'],
];

describe('a hostile answer to the question for refs', () => {
  const upstream = openUpstream({ idleTimeoutMs: 700, totalTimeoutMs: 8_000, maxListingBytes: 200_000 });
  let server: HostileUpstream;

  beforeAll(async () => {
    server = await HostileUpstream.start();
  });
  afterAll(async () => {
    await upstream.close();
    await server.close();
  });

  test.each(cases)('%s', async (_, listing, code, text = /./) => {
    server.behaviour = { listing };
    server.requests.length = 0;
    const fault = await faultOf(upstream.list(accessTo(server.url, 'bob', canary), never));
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(text);
    expect(`${fault.message} ${fault.advice}`).not.toContain(canary);
    expect(server.requests).toHaveLength(1);
  });

  describe('NET-02: cut off anywhere, a listing is a fault that is tried again, and never an empty upstream', () => {
    // Nothing here is about time, of which a busy machine has little.
    const patient = openUpstream({ idleTimeoutMs: 20_000 });
    afterAll(() => patient.close());
    const offsets = Array.from({ length: 20 }, (_, n) => Math.floor((n * (good.length - 1)) / 19));
    const ways: readonly [string, (kept: Buffer) => Handler][] = [
      ['ends as if that were all', lists],
      ['is reset', (kept) => startsAndBreaksOff(listingType, kept)],
      ['is shorter than its length', (kept) => raw(good.length, kept)],
      ['has a length that is too short', (kept) => raw(kept.length, good)],
    ];
    test.each(ways)('it %s', async (_, way) => {
      for (const offset of offsets) {
        server.behaviour = { listing: way(good.subarray(0, offset)) };
        const { code } = await faultOf(patient.list(accessTo(server.url), never));
        expect([offset, code]).toEqual([offset, expect.stringMatching(/^upstream_(truncated|not_git|unreachable)$/)]);
        expect(failureRule(code).pauses).toBeNull();
      }
    });

    test('a server that closes its half early, and says the rest, has said it all', async () => {
      server.behaviour = { listing: raw(null, good) };
      expect((await patient.list(accessTo(server.url), never)).refs.size).toBe(1);
    });

    test.each([
      ['bytes that are called gzip', { 'content-encoding': 'gzip' }],
      ['bytes that are called deflate', { 'content-encoding': 'deflate' }],
    ])('%s', async (_, encoding) => {
      server.behaviour = { listing: answer(200, { 'content-type': listingType, ...encoding }, randomBytes(500)) };
      expect((await faultOf(patient.list(accessTo(server.url), never))).code).toBe('upstream_not_git');
    });

    test('a captive portal, which sends everybody to its page of terms', async () => {
      server.behaviour = { listing: answer(302, { location: 'http://portal.example/terms?back=x' }) };
      expect((await faultOf(patient.list(accessTo(server.url), never))).code).toBe('upstream_redirected');
      const page = Buffer.concat([Buffer.from(html), good]);
      server.behaviour = { listing: answer(200, { 'content-type': 'text/html' }, page) };
      expect((await faultOf(patient.list(accessTo(server.url), never))).code).toBe('upstream_not_git');
    });
  });

  test('429 tells how long to wait', async () => {
    server.behaviour = { listing: answer(429, { 'retry-after': '120' }) };
    const fault = await faultOf(upstream.list(accessTo(server.url), never));
    expect([fault.code, fault.retryAfterMs]).toEqual(['upstream_rate_limited', 120_000]);
  });

  test('403 with a time to wait is a limit, as GitHub puts it', async () => {
    server.behaviour = { listing: answer(403, { 'retry-after': '60' }) };
    const fault = await faultOf(upstream.list(accessTo(server.url, 'bob', canary), never));
    expect([fault.code, fault.retryAfterMs]).toEqual(['upstream_rate_limited', 60_000]);
  });

  test.each([
    ['2027-10-12 09:00:00 UTC', Date.UTC(2027, 9, 12, 9)],
    ['2027-10-12 09:00:00 +0200', Date.UTC(2027, 9, 12, 7)],
    ['tomorrow', undefined],
    ['9999999-01-01 00:00:00 UTC', undefined],
  ])('the end of the token is read from what the upstream says: %s', async (text, expected) => {
    const headers = { 'content-type': listingType, 'github-authentication-token-expiration': text };
    server.behaviour = { listing: answer(200, headers, refsListing({ 'refs/heads/main': 'a'.repeat(40) })) };
    const listing = await upstream.list(accessTo(server.url, 'bob', canary), never);
    expect(listing.credentialsExpireAt).toBe(expected);
    expect((await upstream.list(accessTo(server.url), never)).credentialsExpireAt).toBeUndefined();
  });

  test('503 may tell how long to wait too', async () => {
    server.behaviour = { listing: answer(503, { 'retry-after': '60' }) };
    const fault = await faultOf(upstream.list(accessTo(server.url), never));
    expect([fault.code, fault.retryAfterMs]).toEqual(['upstream_unavailable', 60_000]);
  });

  test('an upstream that echoes the password, in whatever form, does not get it shown (SEC-02)', async () => {
    const header = basicAuthorization({ user: 'bob', password: new Secret(canary) });
    const base64 = header.slice('Basic '.length);
    server.behaviour = {
      listing: lists(listingOf(`ERR you sent ${header} and ${canary} and ${encodeURIComponent(canary)}\n`)),
    };
    const fault = await faultOf(upstream.list(accessTo(server.url, 'bob', canary), never));
    expect(fault.code).toBe('upstream_refused');
    for (const form of [canary, base64, encodeURIComponent(canary), Buffer.from(canary).toString('base64')])
      expect(fault.message).not.toContain(form);
  });

  test.each(['flood ', 'x', '://', '\u001b[0'])(
    'RES-07: however much an upstream says, little of it is passed on: %j',
    async (flood) => {
      server.behaviour = { listing: lists(listingOf(`ERR no: ${flood.repeat(60_000 / flood.length)}\n`)) };
      const fault = await faultOf(upstream.list(accessTo(server.url), never));
      expect(fault.code).toBe('upstream_refused');
      expect(fault.message.length).toBeLessThan(400);
    },
  );

  test('refs that stand in no branch or tag folder are not even looked at', async () => {
    server.behaviour = {
      listing: lists(refsListing({ 'refs/replace/x': oid, '../../evil': oid, 'refs/heads/main': oid })),
    };
    const listing = await upstream.list(accessTo(server.url), never);
    expect([...listing.refs.keys()]).toEqual(['refs/heads/main']);
    expect(listing.invalidNames).toEqual([]);
  });

  test('without the name of its target, HEAD is found by where it stands', async () => {
    const other = 'b'.repeat(40);
    server.behaviour = {
      listing: lists(
        refsListing({
          HEAD: oid,
          'refs/heads/a': other,
          'refs/heads/b': oid,
          'refs/heads/master': oid,
          'refs/tags/a': oid,
        }),
      ),
    };
    expect((await upstream.list(accessTo(server.url), never)).defaultBranch).toBe('refs/heads/master');
    server.behaviour = { listing: lists(refsListing({ HEAD: oid, 'refs/heads/a': other, 'refs/heads/b': oid })) };
    expect((await upstream.list(accessTo(server.url), never)).defaultBranch).toBe('refs/heads/b');
  });

  test('what does not speak HTTP is not a git server', async () => {
    const smtp = net.createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('220 mail.example ESMTP\r\n'),
    );
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.address() as net.AddressInfo;
    const fault = await faultOf(upstream.list(accessTo(`http://127.0.0.1:${port}/x`), never));
    await new Promise((resolve) => smtp.close(resolve));
    expect([fault.code, fault.message]).toEqual(['upstream_not_git', expect.stringContaining('does not speak HTTP')]);
  });

  test('a refused connection is unreachable', async () => {
    const closed = await HostileUpstream.start();
    const { url } = closed;
    await closed.close();
    const fault = await faultOf(upstream.list(accessTo(url), never));
    expect([fault.code, fault.message]).toEqual([
      'upstream_unreachable',
      expect.stringContaining('connection refused'),
    ]);
  });
});
