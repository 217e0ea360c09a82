import { openPolicy, type Policy } from '../../src/domain/policy';
import type { Store } from '../../src/ports/store';
import { buildMirror } from '../support/builders';

/** What a Store knows of what the site's admins allow. */
export function describeStorePolicy(open: () => Store): void {
  it('has an open policy until somebody says another one, which it keeps whole', async () => {
    const store = open();
    expect(await store.policy()).toEqual(openPolicy);
    const policy: Policy = {
      whoMayMirror: 'listed',
      listed: ['group'],
      allowedHosts: ['*.example.org'],
      refusedHosts: ['bad.example.org:8443'],
      schemes: ['https', 'ssh'],
      minIntervalMs: 3_600_000,
      maxIntervalMs: 86_400_000,
      defaults: { interval: 'adaptive', tags: 'none', divergence: 'overwrite', deletions: 'follow', lfs: false },
      pushMirrors: false,
      mirrorsPerOwner: null,
      mirrorsPerUser: 3,
    };
    await store.transaction((tx) => tx.savePolicy(policy));
    expect(await store.policy()).toEqual(policy);
    await expect(
      store.transaction(async (tx) => {
        await tx.savePolicy(openPolicy);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow();
    expect(await store.policy()).toEqual(policy);
  });

  it('lets one at a time count by the policy (WH-07)', async () => {
    const store = open();
    await store.transaction((tx) => tx.savePolicy({ ...openPolicy, mirrorsPerOwner: 3 }));
    const add = (number: number): Promise<boolean> =>
      store.transaction(async (tx) => {
        const { mirrorsPerOwner } = await tx.lockPolicy();
        const room = (await tx.countMirrors({ ownerId: 7 })) < (mirrorsPerOwner ?? Infinity);
        if (room) await tx.insertMirror(buildMirror({ id: `mirror-${number}`, repoId: number, ownerId: 7 }));
        return room;
      });
    const added = await Promise.all([1, 2, 3, 4, 5, 6].map(add));
    expect(added.filter((one) => one)).toHaveLength(3);
    expect(await store.countMirrors({ ownerId: 7 })).toBe(3);
  });

  it('counts the mirrors of an owner and those that a user answers for', async () => {
    const store = open();
    const maintainer = { id: 11, login: 'ann', siteAdmin: false };
    await store.transaction(async (tx) => {
      await tx.insertMirror(buildMirror({ id: 'mirror-1', repoId: 1, ownerId: 7, maintainer }));
      await tx.insertMirror(buildMirror({ id: 'mirror-2', repoId: 2, ownerId: 8, maintainer }));
      await tx.insertMirror(buildMirror({ id: 'mirror-3', repoId: 3, ownerId: 7 }));
    });
    expect(await store.countMirrors({ ownerId: 7 })).toBe(2);
    expect(await store.countMirrors({ maintainerId: 11 })).toBe(2);
    expect(await store.countMirrors({ maintainerId: 12 })).toBe(0);
    expect((await store.mirror('mirror-1'))?.maintainer).toEqual(maintainer);
    await store.transaction((tx) => tx.saveMirror(buildMirror({ id: 'mirror-1', repoId: 1, ownerId: 9 })));
    expect(await store.countMirrors({ maintainerId: 11 })).toBe(1);
    expect(await store.countMirrors({ ownerId: 7 })).toBe(1);
  });

  it('keeps since when a project is known to be public', async () => {
    const store = open();
    const visibility = { private: false, madePublicAt: 5 };
    await store.transaction((tx) => tx.insertMirror(buildMirror({ visibility })));
    expect((await store.mirror('mirror-1'))?.visibility).toEqual(visibility);
  });
}
