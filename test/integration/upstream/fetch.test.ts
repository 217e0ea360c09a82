import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import type { Progress } from '../../../src/domain/events';
import type { RefListing, Upstream, UpstreamAccess } from '../../../src/ports/upstream';
import { runGit } from '../../../src/git-http/run-git';
import { accessTo, faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { GitUpstream } from '../../support/git-upstream';
import {
  HostileUpstream,
  answer,
  capabilities,
  lists,
  neverEnds,
  packResult,
  refsListing,
  sideband,
  silent,
  startsAndBreaksOff,
  startsAndStalls,
  uploadPackResult as resultType,
  type Handler,
} from '../../support/hostile-upstream';
import { TempRepo } from '../../support/temp-repo';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
const cache = createObjectCache({ dir: path.join(folder, 'cache') });
const repo = new TempRepo();
let nextMirror = 0;

beforeAll(() => {
  repo.commit('main', 'one');
  repo.commit('main', 'two');
  repo.commit('other', 'x'.repeat(200_000));
  repo.git(['tag', '-a', '-m', 'first', 'v1', 'main']);
  // A tag of something that is no commit, as git's own repository has one.
  repo.git(['update-ref', 'refs/tags/key', repo.git(['hash-object', '-w', '--stdin'], 'a public key')]);
});
afterAll(() => {
  repo.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Fetched {
  readonly cacheDir: string;
  readonly wanted: readonly string[];
  readonly receivedBytes: number;
  readonly progress: readonly Progress[];
}

async function fetchInto(
  mirrorId: string,
  upstream: Upstream,
  access: UpstreamAccess,
  listing: RefListing,
  signal = never,
): Promise<Fetched> {
  const cacheDir = await cache.open(mirrorId);
  const have = await cache.tips(mirrorId);
  const wanted = [...new Set(listing.refs.values())].filter((oid) => !have.has(oid));
  const progress: Progress[] = [];
  const onProgress = (step: Progress) => void progress.push(step);
  const { receivedBytes } = await upstream.fetch({ access, listing, cacheDir, wanted, onProgress, signal });
  await cache.setTips(mirrorId, listing.refs.values());
  return { cacheDir, wanted, receivedBytes, progress };
}

/** Everything below a folder, but for what open() makes. */
function packFolder(cacheDir: string): string[] {
  return fs.readdirSync(path.join(cacheDir, 'objects', 'pack'));
}

describe('fetching from a git server', () => {
  const upstream = openUpstream({ keepSpareChild: true });
  let server: GitUpstream;
  let access: UpstreamAccess;
  beforeAll(async () => {
    server = await GitUpstream.start({ root: repo.root, user: 'bob', password: 'correct horse' });
    access = accessTo(server.url(), 'bob', 'correct horse');
  });
  afterAll(async () => {
    await upstream.close();
    await server.close();
  });

  test('brings every object and leaves no ref but the tips', async () => {
    const listing = await upstream.list(access, never);
    const { cacheDir, receivedBytes, progress } = await fetchInto('whole', upstream, access, listing);
    expect(receivedBytes).toBeGreaterThan(0);
    expect(progress.at(-1)).toMatchObject({ done: progress.at(-1)?.total });
    const git = async (...args: string[]) => runGit({ args: ['--git-dir', cacheDir, ...args] });
    expect((await git('fsck', '--full')).exitCode).toBe(0);
    expect((await git('rev-list', '--objects', '--all')).stdout.split('\n').length).toBe(
      repo.git(['rev-list', '--objects', 'main', 'other', 'v1', 'key']).split('\n').length + 1,
    );
    const refs = (await git('for-each-ref', '--format=%(refname)')).stdout.trim().split('\n');
    expect(refs).toEqual([...new Set(listing.refs.values())].sort().map((oid) => `refs/tips/${oid}`));
    expect(fs.existsSync(path.join(cacheDir, 'FETCH_HEAD'))).toBe(false);
  });

  test('fetches afterwards only what is new, in one request', async () => {
    await fetchInto('step', upstream, access, await upstream.list(access, never));
    repo.commit('main', 'three');
    const listing = await upstream.list(access, never);
    server.requests.length = 0;
    const { wanted, receivedBytes } = await fetchInto('step', upstream, access, listing);
    expect(wanted).toEqual([repo.resolve('main')]);
    expect(receivedBytes).toBeLessThan(2_000);
    expect(server.requests).toEqual(['POST /project.git/git-upload-pack']);
  });

  test('asks for nothing when nothing is wanted', async () => {
    const listing = await upstream.list(access, never);
    server.requests.length = 0;
    const request = { access, listing, cacheDir: folder, wanted: [], onProgress: () => {}, signal: never };
    expect(await upstream.fetch(request)).toEqual({ receivedBytes: 0 });
    expect(server.requests).toEqual([]);
  });

  test('fetches of several mirrors run side by side', async () => {
    const listing = await upstream.list(access, never);
    const all = await Promise.all(['p1', 'p2', 'p3'].map((id) => fetchInto(id, upstream, access, listing)));
    expect(all.map(({ receivedBytes }) => receivedBytes > 0)).toEqual([true, true, true]);
  });

  test('an object that is gone by the time of the fetch means that the upstream changed', async () => {
    const listing = await upstream.list(access, never);
    const gone = { ...listing, refs: new Map([['refs/heads/main', 'c'.repeat(40)]]) };
    expect((await faultOf(fetchInto('gone', upstream, access, gone))).code).toBe('upstream_changed');
  });

  test('a password that was withdrawn meanwhile is tried once', async () => {
    const listing = await upstream.list(access, never);
    server.authenticatedTries = 0;
    const fault = await faultOf(fetchInto('auth', upstream, accessTo(server.url(), 'bob', 'wrong'), listing));
    expect([fault.code, server.authenticatedTries]).toEqual(['upstream_credentials_refused', 1]);
  });

  test('an abort ends it with its reason and leaves nothing', async () => {
    const listing = await upstream.list(access, never);
    const abort = new AbortController();
    const fetching = fetchInto('abort', upstream, access, listing, abort.signal);
    abort.abort(new Error('switched off'));
    await expect(fetching).rejects.toThrow('switched off');
    expect(packFolder(await cache.open('abort'))).toEqual([]);
  });

  test('RES-08: a limit of bytes ends it', async () => {
    const small = openUpstream({ maxFetchBytes: 100 });
    const listing = await small.list(access, never);
    const fault = await faultOf(fetchInto('small', small, access, listing));
    await small.close();
    expect([fault.code, fault.message]).toEqual(['upstream_too_large', expect.stringContaining('100 bytes')]);
    expect(packFolder(await cache.open('small'))).toEqual([]);
  });
});

describe('a hostile answer to a fetch', () => {
  const tip = 'a'.repeat(40);
  const pack = repo.git.bind(repo);
  const upstream = openUpstream({ maxFetchBytes: 3_000_000, keepSpareChild: true });
  // Longer than a child takes to start on a busy machine.
  const impatient = openUpstream({ idleTimeoutMs: 4_000, keepSpareChild: true });
  let server: HostileUpstream;
  let good: Buffer;
  let tipOid: string;

  beforeAll(async () => {
    server = await HostileUpstream.start();
    tipOid = pack(['rev-parse', 'main']);
    const file = pack(['pack-objects', '--revs', '-q', path.join(repo.root, 'p')], 'main\n');
    good = fs.readFileSync(path.join(repo.root, `p-${file}.pack`));
  });
  afterAll(async () => {
    await Promise.all([upstream.close(), impatient.close()]);
    await server.close();
  });

  const attempt = async (
    rpc: Handler,
    oid = tipOid,
    by = upstream,
  ): Promise<{ code: string; message: string; left: string[] }> => {
    server.behaviour = { listing: lists(refsListing({ 'refs/heads/main': oid })), rpc };
    const mirrorId = `hostile${(nextMirror += 1)}`;
    const access = accessTo(server.url);
    const listing = await upstream.list(access, never);
    const { code, message } = await faultOf(fetchInto(mirrorId, by, access, listing));
    return { code, message, left: packFolder(path.join(folder, 'cache', `${mirrorId}.git`)) };
  };
  const sends = (body: Buffer): Handler => answer(200, { 'content-type': resultType }, body);
  const damaged = (at: number): Buffer => {
    const copy = Buffer.from(good);
    copy[at] = (copy[at] ?? 0) ^ 0xff;
    return copy;
  };

  /** A pack with the given objects and a checksum that is right. */
  const packOf = (count: number, ...objects: Buffer[]): Buffer => {
    const head = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
    head.writeUInt32BE(count, 8);
    const body = Buffer.concat([head, ...objects]);
    return Buffer.concat([body, createHash('sha1').update(body).digest()]);
  };
  const [blob, refDelta] = [3, 7];
  const headOf = (type: number, size: number): Buffer => Buffer.from([(type << 4) | size]);
  // Copies nothing and inserts one byte, on top of an object that nobody has.
  const orphanDelta = (): Buffer =>
    packOf(1, headOf(refDelta, 4), Buffer.alloc(20, 0xab), deflateSync(Buffer.from([1, 1, 1, 65])));
  const promising = (count: number): Buffer => packOf(count, headOf(blob, 1), deflateSync('x'));
  const lyingHead = (): Buffer => packOf(1, headOf(blob, 1), deflateSync('much longer than one byte'));

  test('the same server with an honest answer is fetched from', async () => {
    server.behaviour = { listing: lists(refsListing({ 'refs/heads/main': tipOid })), rpc: sends(packResult(good)) };
    const access = accessTo(server.url);
    const { cacheDir } = await fetchInto('honest', upstream, access, await upstream.list(access, never));
    expect((await runGit({ args: ['--git-dir', cacheDir, 'fsck'] })).exitCode).toBe(0);
  });

  const cases: readonly [string, () => Handler, string, RegExp?][] = [
    ['a pack with a wrong checksum (HOST-08)', () => sends(packResult(damaged(good.length - 1))), 'upstream_corrupt'],
    ['a pack with a damaged object (HOST-08)', () => sends(packResult(damaged(30))), 'upstream_corrupt'],
    ['a pack with a damaged head (HOST-08)', () => sends(packResult(damaged(0))), 'upstream_corrupt'],
    ['a pack cut short (HOST-08)', () => sends(packResult(good.subarray(0, good.length / 2))), 'upstream_corrupt'],
    ['no pack at all (HOST-08)', () => sends(packResult(Buffer.alloc(0))), 'upstream_corrupt'],
    ['a pack whose delta lacks its base (HOST-08)', () => sends(packResult(orphanDelta())), 'upstream_corrupt'],
    [
      'a pack that promises more objects than it has (HOST-08)',
      () => sends(packResult(promising(9))),
      'upstream_corrupt',
    ],
    ['an object that is longer than its head says (HOST-08)', () => sends(packResult(lyingHead())), 'upstream_corrupt'],
    ['bytes that are no protocol (HOST-08)', () => sends(Buffer.from('<html>')), 'upstream_corrupt'],
    ['nothing (HOST-08)', () => sends(Buffer.alloc(0)), 'upstream_corrupt'],
    [
      'a connection that breaks (HOST-08)',
      () => startsAndBreaksOff(resultType, packResult(good).subarray(0, 200)),
      'upstream_corrupt',
    ],
    ['silence', () => silent, 'upstream_stalled', /waiting for the answer/],
    [
      'silence in the middle of the pack',
      () => startsAndStalls(resultType, packResult(good).subarray(0, 100)),
      'upstream_stalled',
      /receiving data/,
    ],
    [
      'endless chatter',
      () => neverEnds(resultType, Buffer.from('0008NAK\n'), sideband(2, Buffer.alloc(900, 46))),
      'upstream_too_large',
    ],
    [
      'a redirect (SSRF-06)',
      () => answer(307, { location: 'http://127.0.0.2/' }),
      'upstream_redirected',
      /127\.0\.0\.2/,
    ],
    ['500', () => answer(500), 'upstream_unavailable'],
    ['a web page', () => answer(200, { 'content-type': 'text/html' }, '<html>'), 'upstream_not_git'],
  ];
  test.each(cases)('%s', async (_, rpc, code, text = /./) => {
    const { left, ...fault } = await attempt(rpc(), tipOid, code === 'upstream_stalled' ? impatient : upstream);
    expect(fault).toEqual({ code, message: expect.stringMatching(text) });
    expect(left).toEqual([]);
  });

  test('NET-02: cut off anywhere, a pack is a fault, and leaves nothing', async () => {
    const whole = packResult(good);
    for (const part of [0, 0.1, 0.3, 0.6, 0.9]) {
      const { code, left } = await attempt(startsAndBreaksOff(resultType, whole.subarray(0, whole.length * part)));
      expect([part, code, left]).toEqual([part, 'upstream_corrupt', []]);
    }
  });

  test('a sound pack that lacks what was listed, as when its bytes have another hash (HOST-08)', async () => {
    expect(await attempt(sends(packResult(good)), tip)).toEqual({
      code: 'upstream_corrupt',
      message: expect.stringContaining('missing'),
      left: [],
    });
  });

  test('an object that claims to be huge (RES-01)', async () => {
    // One blob of 64 GiB, if its head is believed.
    const bomb = Buffer.concat([
      Buffer.from('PACK\0\0\0\x02\0\0\0\x01', 'latin1'),
      Buffer.from([0xb0, 0x80, 0x80, 0x80, 0x80, 0x40]),
      Buffer.alloc(500),
    ]);
    const { code, left } = await attempt(sends(packResult(bomb)));
    expect(['upstream_corrupt', 'fetch_limit']).toContain(code);
    expect(left).toEqual([]);
  });

  test('the server is asked for nothing that it did not offer', async () => {
    let asked = '';
    const listens: Handler = (request, response) => {
      request.on('data', (chunk: Buffer) => (asked += chunk.toString('latin1')));
      request.on('end', () => response.writeHead(500).end());
    };
    await attempt(listens);
    const offered = new Set(capabilities.split(' '));
    const used = (/want [0-9a-f]{40} ([^\n]*)/.exec(asked)?.[1] ?? '').trim().split(/\s+/);
    expect(used.length).toBeGreaterThan(1);
    expect(used.filter((name) => !offered.has(name) && !/^(agent|session-id)=/.test(name))).toEqual([]);
  });
});
