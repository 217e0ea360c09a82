import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObjectCache } from '../../../src/adapters/cache/create-object-cache';
import { mountable } from '../../support/mountable';
import { GitUpstream } from '../../support/git-upstream';
import { accessTo, faultOf, never, openUpstream } from '../../support/git-upstream-access';
import { TempRepo } from '../../support/temp-repo';

const canMount = mountable();
const skipped = canMount ? '' : ' (skipped: this user may not mount a small disk)';

(canMount ? describe : describe.skip)(`RES-03: a disk with room for bytes and none for files${skipped}`, () => {
  const disk = mkdtempSync(join(tmpdir(), 'headwater-inodes-'));
  const repo = new TempRepo();
  const upstream = openUpstream();
  let server: GitUpstream;
  const inodes = (count: number) => execFileSync('mount', ['-o', `remount,nr_inodes=${count}`, disk]);

  beforeAll(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,nr_inodes=100', 'tmpfs', disk]);
    repo.commit('main');
    server = await GitUpstream.start({ root: repo.root });
  });
  afterAll(async () => {
    await upstream.close();
    await server.close();
    repo.remove();
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  /** How many files and folders there are, and one for the disk's own. */
  const used = () => readdirSync(disk, { recursive: true }).length + 1;

  it('is full, whatever is made there, and nothing half made is taken for whole later', async () => {
    const cache = createObjectCache({ dir: disk });
    const access = accessTo(server.url());
    const listing = await upstream.list(access, never);
    const fetch = async (cacheDir: string) => {
      const wanted = [...listing.refs.values()];
      return upstream.fetch({ access, listing, cacheDir, wanted, onProgress: () => {}, signal: never });
    };
    inodes(used() + 2);
    expect((await faultOf(cache.open('m'))).code).toBe('disk_full');

    inodes(100);
    const cacheDir = await cache.open('m');
    inodes(used());
    expect((await faultOf(fetch(cacheDir))).code).toBe('disk_full');
    expect((await faultOf(cache.setTips('m', new Set(listing.refs.values())))).code).toBe('disk_full');
    expect([...(await cache.tips('m'))]).toEqual([]);

    inodes(100);
    await fetch(await cache.open('m'));
    await cache.setTips('m', new Set(listing.refs.values()));
    expect([...(await cache.tips('m'))]).toEqual([...listing.refs.values()]);
  });
});
