import { createSecretBox } from '../../../src/adapters/secrets/secret-box';
import { Secret } from '../../../src/domain/credentials';
import { noNotify } from '../../../src/domain/mirror-notify';
import type { Mirror } from '../../../src/domain/mirror';
import type { SecretBox } from '../../../src/ports/secret-box';
import { auditedStore } from '../../../src/sync/audited-store';
import { hookContext } from '../../../src/sync/hook-secret';
import { notifyContext } from '../../../src/sync/notices/notify-settings';
import { resealSecrets, surveySecrets } from '../../../src/sync/reseal-secrets';
import { secretContext, sshKeyContext } from '../../../src/sync/secret-context';
import { MemoryStore } from '../../fakes/memory-store';
import { buildHook, buildMirror, buildMirrorSsh } from '../../support/builders';

const [oldKey, newKey, lostKey] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer];
const old = createSecretBox([oldKey]);
const both = createSecretBox([newKey, oldKey]);
const fresh = createSecretBox([newKey]);

/** A mirror with everything that is stored sealed: with a password or, over ssh, a key. */
function sealedMirror(box: SecretBox, number: number, way: 'http' | 'ssh' = 'http'): Mirror {
  const url = way === 'ssh' ? 'ssh://git@u.example/p.git' : 'https://u.example/p.git';
  const plain = buildMirror({
    id: `mirror-${number}`,
    repoId: number,
    fullName: `group/p${number}`,
    url,
    authUser: 'bot',
  });
  const seal = (text: string, context: string) => box.seal(new Secret(text), context);
  const hook = buildHook({ id: `hook-${number}` });
  const ssh = buildMirrorSsh();
  return {
    ...plain,
    sealedPassword: way === 'http' ? seal('canary-password', secretContext(plain)) : null,
    ssh:
      way === 'ssh'
        ? {
            ...ssh,
            keys: ssh.keys.map((key) => ({ ...key, sealedPrivateKey: seal('canary-key', sshKeyContext(plain)) })),
          }
        : null,
    hook: { ...hook, secrets: [{ sealed: seal('canary-hook', hookContext(plain.id, hook.id)), createdAt: 1 }] },
    notify: {
      ...noNotify,
      url: 'https://n.example',
      secrets: [{ sealed: seal('canary-message', notifyContext(plain.id)), createdAt: 1 }],
    },
  };
}

async function storeWith(...mirrors: Mirror[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.transaction(async (tx) => {
    for (const mirror of mirrors) await tx.insertMirror(mirror);
  });
  return store;
}

const numbered = (box: SecretBox, count: number) =>
  Array.from({ length: count }, (_, at) => sealedMirror(box, at + 1, at % 2 === 0 ? 'http' : 'ssh'));

describe('SEC-05: sealing all stored secrets with the first key', () => {
  it('leaves nothing for the old key to open, and all of it opens to what it was', async () => {
    const store = await storeWith(...numbered(old, 2));
    expect(await surveySecrets({ store, secrets: both })).toEqual({ byKey: [0, 6], unreadable: [] });
    expect(await resealSecrets({ store, secrets: both })).toEqual({ resealed: 6, current: 0, unreadable: [] });
    expect(await surveySecrets({ store, secrets: fresh })).toEqual({ byKey: [6], unreadable: [] });
    const [http, ssh] = [await store.mirror('mirror-1'), await store.mirror('mirror-2')];
    if (http === null || ssh === null) throw new Error('a mirror is gone');
    expect(fresh.open(http.sealedPassword ?? '', secretContext(http)).reveal()).toBe('canary-password');
    expect(fresh.open(ssh.ssh?.keys[0]?.sealedPrivateKey ?? '', sshKeyContext(ssh)).reveal()).toBe('canary-key');
    expect(fresh.open(http.hook?.secrets[0]?.sealed ?? '', hookContext(http.id, 'hook-1')).reveal()).toBe(
      'canary-hook',
    );
    expect(fresh.open(ssh.notify.secrets[0]?.sealed ?? '', notifyContext(ssh.id)).reveal()).toBe('canary-message');
  });

  it('changes nothing else of a mirror, and what is sealed already not at all', async () => {
    const before = sealedMirror(old, 1);
    const store = await storeWith(before, sealedMirror(fresh, 2));
    const untouched = await store.mirror('mirror-2');
    await resealSecrets({ store, secrets: both });
    const after = await store.mirror('mirror-1');
    expect({ ...after, sealedPassword: 0, hook: 0, notify: 0 }).toEqual({
      ...before,
      sealedPassword: 0,
      hook: 0,
      notify: 0,
    });
    expect(after?.fence).toBe(before.fence);
    expect(await store.mirror('mirror-2')).toEqual(untouched);
    const once = await store.mirror('mirror-1');
    expect(await resealSecrets({ store, secrets: both })).toEqual({ resealed: 0, current: 6, unreadable: [] });
    expect(await store.mirror('mirror-1')).toEqual(once);
  });

  it('is finished by the next one when it broke off, and everything opens in between', async () => {
    const store = await storeWith(...numbered(old, 5));
    let left = 2;
    const breaking: Pick<MemoryStore, 'mirrors' | 'transaction'> = {
      mirrors: store.mirrors,
      transaction: (work) => {
        if ((left -= 1) < 0) throw new Error('killed');
        return store.transaction(work);
      },
    };
    await expect(resealSecrets({ store: breaking, secrets: both })).rejects.toThrow('killed');
    expect(await surveySecrets({ store, secrets: both })).toEqual({ byKey: [6, 9], unreadable: [] });
    expect(await resealSecrets({ store, secrets: both })).toEqual({ resealed: 9, current: 6, unreadable: [] });
  });

  it('does not undo what a server writes meanwhile', async () => {
    const store = await storeWith(...numbered(old, 1));
    const racing: Pick<MemoryStore, 'mirrors' | 'transaction'> = {
      mirrors: async (...page) => {
        const found = await store.mirrors(...page);
        // Between reading the list and locking the row, a run ends and somebody enters another password.
        await store.transaction(async (tx) => {
          const mirror = await tx.lockMirror('mirror-1');
          if (mirror === null || mirror.status === 'finished') return;
          const sealedPassword = fresh.seal(new Secret('the new one'), secretContext(mirror));
          await tx.saveMirror({ ...mirror, status: 'finished', sealedPassword, fence: 7 });
        });
        return found;
      },
      transaction: store.transaction.bind(store),
    };
    expect(await resealSecrets({ store: racing, secrets: both })).toEqual({ resealed: 2, current: 1, unreadable: [] });
    const after = await store.mirror('mirror-1');
    expect(after).toMatchObject({ status: 'finished', fence: 7 });
    expect(fresh.open(after?.sealedPassword ?? '', secretContext(after ?? buildMirror())).reveal()).toBe('the new one');
  });

  it('leaves alone what no key opens, names it, and goes on with all others', async () => {
    const lost = sealedMirror(createSecretBox([lostKey]), 1);
    // Of another mirror: it has the right key, and is bound to another place.
    const moved = { ...sealedMirror(old, 2), sealedPassword: sealedMirror(old, 9).sealedPassword };
    const store = await storeWith(lost, moved, sealedMirror(old, 3));
    const told = await resealSecrets({ store, secrets: both });
    expect(told).toMatchObject({ resealed: 5, current: 0 });
    expect([...told.unreadable].sort((a, b) => a.project.localeCompare(b.project))).toEqual([
      { project: 'group/p1', kinds: ['password', 'webhook_secret', 'notify_secret'] },
      { project: 'group/p2', kinds: ['password'] },
    ]);
    expect(await store.mirror('mirror-1')).toEqual(lost);
    expect((await store.mirror('mirror-2'))?.sealedPassword).toBe(moved.sealedPassword);
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  it('is nothing that the audit log would tell: nobody replaced a secret', async () => {
    const store = await storeWith(...numbered(old, 2));
    const actor = { who: 'root', via: 'cli', from: null } as const;
    let ids = 0;
    const audited = auditedStore(store, actor, { newId: () => `id-${(ids += 1)}`, auditKeepMs: 1e12 });
    expect(await resealSecrets({ store: audited, secrets: both })).toMatchObject({ resealed: 6 });
    expect((await store.auditEntries({}, { page: 1, limit: 10 })).items).toEqual([]);
  });

  it('goes through more than one page', async () => {
    const store = await storeWith(...Array.from({ length: 450 }, (_, at) => sealedMirror(old, at + 1)));
    expect(await resealSecrets({ store, secrets: both })).toMatchObject({ resealed: 1350, current: 0 });
  });
});
