import type { LookupAddress } from 'node:dns';
import { createAddressPolicy } from '../../../src/git-http/address-policy';
import { accessTo, faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { HostileUpstream, lists, refsListing } from '../../support/hostile-upstream';
import { GitUpstream } from '../../support/git-upstream';
import { selfSigned } from '../../support/git-upstream-tls';
import { TempRepo } from '../../support/temp-repo';

const listing = lists(refsListing({ 'refs/heads/main': 'a'.repeat(40) }));
const v4 = (...addresses: string[]): LookupAddress[] => addresses.map((address) => ({ address, family: 4 }));

describe('which addresses are connected to', () => {
  let trap: HostileUpstream;
  beforeAll(async () => {
    trap = await HostileUpstream.start({ listing });
  });
  afterAll(() => trap.close());
  beforeEach(() => {
    trap.requests.length = 0;
  });

  const attempt = async (host: string, options: Parameters<typeof openUpstream>[0] = {}) => {
    const upstream = openUpstream({ policy: createAddressPolicy([]), connectTimeoutMs: 300, ...options });
    try {
      return await faultOf(upstream.list(accessTo(`http://${host}:${trap.port}/project.git`), never));
    } finally {
      await upstream.close();
    }
  };

  test('a literal private address is never connected to', async () => {
    for (const host of ['127.0.0.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', '[::1]', '0.0.0.0'])
      expect((await attempt(host)).code).toBe('url_blocked');
    expect(trap.requests).toEqual([]);
  });

  test('a name with a private address is never connected to, also among public ones (SSRF-04)', async () => {
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['127.0.0.1', '93.184.216.34']])
      expect((await attempt('upstream.example', { resolve: async () => v4(...addresses) })).code).toBe('url_blocked');
    expect(trap.requests).toEqual([]);
  });

  test('all that is forbidden gives one and the same text, whether something listens there or not (SSRF-09)', async () => {
    const open = await attempt('10.0.0.1');
    const closed = await attempt('127.0.0.1');
    const named = await attempt('upstream.example', { resolve: async () => v4('169.254.169.254') });
    const text = (message: string) => message.replace(/upstream [\w.]+/, 'upstream X');
    expect(new Set([open, closed, named].map((fault) => text(fault.message))).size).toBe(1);
  });

  test('an answer of the DNS that changes is checked anew and never connected to (SSRF-04)', async () => {
    let questions = 0;
    const policy = createAddressPolicy([]);
    const resolve = async () => {
      questions += 1;
      return v4(questions % 2 === 1 ? '192.0.2.1' : '127.0.0.1');
    };
    for (let i = 0; i < 20; i += 1) {
      const fault = await attempt('upstream.example', { policy, resolve, connectTimeoutMs: 50 });
      expect(['url_blocked', 'upstream_unreachable']).toContain(fault.code);
    }
    expect(questions).toBe(20);
    expect(trap.requests).toEqual([]);
  });

  test('the connection goes to the very address that was checked', async () => {
    let questions = 0;
    const upstream = openUpstream({
      policy: createAddressPolicy(['127.0.0.1']),
      resolve: async () => {
        questions += 1;
        // Whoever asked a second time would get an address that nothing listens at.
        return questions === 1 ? v4('127.0.0.1') : v4('127.0.0.9');
      },
    });
    const { refs } = await upstream.list(accessTo(`http://upstream.example:${trap.port}/project.git`), never);
    await upstream.close();
    expect([refs.size, questions]).toEqual([1, 1]);
  });

  test('a first address that is dead does not hide the second (NET-09)', async () => {
    const upstream = openUpstream({
      policy: createAddressPolicy(['127.0.0.0/8']),
      resolve: async () => v4('127.0.0.77', '127.0.0.1'),
    });
    const { refs } = await upstream.list(accessTo(`http://upstream.example:${trap.port}/project.git`), never);
    await upstream.close();
    expect(refs.size).toBe(1);
  });

  test('names without an address, and a DNS that fails or hangs, are unknown hosts (SSRF-05)', async () => {
    const broken: (() => Promise<LookupAddress[]>)[] = [
      async () => [],
      () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
      () => new Promise(() => {}),
    ];
    for (const resolve of broken) {
      const fault = await attempt('upstream.example', { resolve, dnsTimeoutMs: 100 });
      expect([fault.code, fault.message]).toEqual([
        'upstream_host_unknown',
        expect.stringContaining('upstream.example'),
      ]);
    }
  });

  test("the system's resolver knows no host of a name that cannot exist", async () => {
    expect((await attempt('no-such-host.invalid')).code).toBe('upstream_host_unknown');
  });

  test('proxies of the environment are not used (SSRF-10)', async () => {
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = `http://127.0.0.1:${trap.port}`;
    try {
      expect((await attempt('upstream.example', { resolve: async () => v4('10.0.0.1') })).code).toBe('url_blocked');
    } finally {
      delete process.env['HTTP_PROXY'];
      delete process.env['http_proxy'];
    }
    expect(trap.requests).toEqual([]);
  });
});

describe('TLS (SEC-08)', () => {
  const repo = new TempRepo();
  let server: GitUpstream;
  beforeAll(async () => {
    repo.commit();
    server = await GitUpstream.start({ root: repo.root, tls: selfSigned });
  });
  afterAll(async () => {
    await server.close();
    repo.remove();
  });

  const list = async (host: string, ca?: string) => {
    const upstream = openUpstream({ ca, resolve: async () => v4('127.0.0.1') });
    try {
      return await upstream.list(accessTo(`https://${host}:${server.port}/project.git`), never);
    } finally {
      await upstream.close();
    }
  };

  test('a certificate of an unknown authority is not accepted', async () => {
    const fault = await faultOf(list('upstream.example'));
    expect([fault.code, fault.message]).toEqual(['upstream_tls', expect.stringContaining('self-signed')]);
    expect(server.requests).toEqual([]);
  });

  test('a certificate for another host name is not accepted', async () => {
    const fault = await faultOf(list('other.example', selfSigned.cert));
    expect([fault.code, fault.message]).toEqual(['upstream_tls', expect.stringContaining('another host name')]);
    expect(server.requests).toEqual([]);
  });

  test('with its authority installed it is accepted, under its name and under its address', async () => {
    expect((await list('upstream.example', selfSigned.cert)).refs.size).toBe(1);
    expect((await list('127.0.0.1', selfSigned.cert)).refs.size).toBe(1);
  });

  test('a server without TLS is told from one with a bad certificate', async () => {
    const plain = await HostileUpstream.start({ listing });
    const upstream = openUpstream();
    const fault = await faultOf(upstream.list(accessTo(`https://127.0.0.1:${plain.port}/project.git`), never));
    await upstream.close();
    await plain.close();
    expect(fault.code).toBe('upstream_tls');
  });
});
