import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import type { FetchRequest } from '../../../src/ports/upstream';
import { accessTo, faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { GitUpstream } from '../../support/git-upstream';
import {
  HostileUpstream,
  answer,
  lists,
  packResult,
  refsListing,
  uploadPackResult,
} from '../../support/hostile-upstream';
import { TempRepo } from '../../support/temp-repo';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-test-'));
const cache = createObjectCache({ dir: path.join(folder, 'cache') });
const repo = new TempRepo();
const upstream = openUpstream({ keepSpareChild: true, idleTimeoutMs: 4_000 });
let server: GitUpstream;
let mirrors = 0;

beforeAll(async () => {
  repo.commit('main', 'one');
  const noise = Array.from({ length: 300_000 }, (_, at) => Math.sin(at).toString(36)).join('');
  repo.commit('main', noise);
  server = await GitUpstream.start({ root: repo.root });
});
afterAll(async () => {
  await upstream.close();
  await server.close();
  repo.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function fetchShowing(url: string, takePack: FetchRequest['takePack'], signal = never): Promise<string> {
  const access = accessTo(url);
  const listing = await upstream.list(access, never);
  const cacheDir = await cache.open(`m${(mirrors += 1)}`);
  const wanted = [...new Set(listing.refs.values())];
  await upstream.fetch({ access, listing, cacheDir, wanted, takePack, onProgress: () => {}, signal });
  return cacheDir;
}

/** The only pack of a repository. */
function packOf(cacheDir: string): Buffer {
  const dir = path.join(cacheDir, 'objects', 'pack');
  const [name = ''] = fs.readdirSync(dir).filter((file) => file.endsWith('.pack'));
  return fs.readFileSync(path.join(dir, name));
}

describe('whoever takes the pack of a fetch', () => {
  test('is shown all of it, byte for byte, by the time that the fetch is over', async () => {
    const parts: Uint8Array[] = [];
    const cacheDir = await fetchShowing(server.url(), (bytes) => void parts.push(Buffer.from(bytes)));
    const shown = Buffer.concat(parts);
    expect(shown.subarray(-20)).toEqual(createHash('sha1').update(shown.subarray(0, -20)).digest());
    expect(shown.equals(packOf(cacheDir))).toBe(true);
    const check = ['--git-dir', cacheDir, 'fsck', '--full'];
    expect(() => execFileSync('git', check, { stdio: 'pipe' })).not.toThrow();
  });

  test('slows the upstream by being slow, and that is no stall', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let shown = 0;
    const before = server.sentBytes;
    const fetching = fetchShowing(server.url(), (bytes) => {
      shown += bytes.length;
      return held;
    });
    await sleep(6_000);
    // The rest waits in the buffers of the system, and in git.
    expect(server.sentBytes - before).toBeGreaterThan(shown);
    expect(shown).toBeLessThan(200_000);
    release();
    const cacheDir = await fetching;
    expect(shown).toBe(packOf(cacheDir).length);
  });

  test('does not keep a fetch from being stopped', async () => {
    const abort = new AbortController();
    const fetching = fetchShowing(server.url(), () => new Promise(() => {}), abort.signal);
    setTimeout(() => abort.abort(new Error('switched off')), 300);
    await expect(fetching).rejects.toThrow('switched off');
  });

  test('has been shown a bad pack, too, before the fetch fails', async () => {
    const bad = repo.pack('main');
    bad[bad.length - 1] = (bad[bad.length - 1] ?? 0) ^ 0xff;
    const hostile = await HostileUpstream.start({
      listing: lists(refsListing({ 'refs/heads/main': repo.resolve('main') ?? '' })),
      rpc: answer(200, { 'content-type': uploadPackResult }, packResult(bad)),
    });
    let shown = 0;
    const fault = await faultOf(fetchShowing(hostile.url, (bytes) => void (shown += bytes.length)));
    await hostile.close();
    expect([fault.code, shown]).toEqual(['upstream_corrupt', bad.length]);
  });
});
