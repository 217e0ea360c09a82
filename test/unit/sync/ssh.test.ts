import { HeadwaterError } from '../../../src/domain/errors';
import { acceptHostKey, detectHostKeys } from '../../../src/sync/host-keys';
import { enrolMirror } from '../../../src/sync/enrol-mirror';
import { rotateSshKey } from '../../../src/sync/rotate-ssh-key';
import { sshKeyContext } from '../../../src/sync/secret-context';
import type { UpstreamAccess } from '../../../src/ports/upstream';
import { hostKeyNamed } from '../../fakes/fake-ssh';
import { ScriptedWorld, secret } from '../../fakes/scripted-world';

const url = 'git@upstream.example:group/project.git';
const hostKey = 'ssh-ed25519 server';

function world() {
  const w = new ScriptedWorld();
  w.upstreamRefs.set('refs/heads/main', w.history.commit('c1'));
  return w;
}

/** Lets the upstream do something with its access before it lists. */
function whenListed(w: ScriptedWorld, act: (access: UpstreamAccess) => void): void {
  const list = w.upstream.list;
  w.upstream.list = async (access) => {
    act(access);
    return list(access);
  };
}

describe('a mirror with an ssh address', () => {
  it('gets a key of its own whose private half is sealed for this mirror, host, port and user', async () => {
    const w = world();
    const { mirror } = await enrolMirror(w, w.project, { url });
    expect(mirror.url).toBe('ssh://git@upstream.example/group/project.git');
    const [key] = mirror.ssh?.keys ?? [];
    expect(key).toMatchObject({ type: 'ed25519', publicKey: 'ssh-ed25519 key-1 headwater ann/project' });
    expect(w.secrets.open(key?.sealedPrivateKey ?? '', sshKeyContext(mirror)).reveal()).toBe('private-1');
    const elsewhere = { ...mirror, url: 'ssh://git@upstream.example:2222/group/project.git' };
    expect(() => w.secrets.open(key?.sealedPrivateKey ?? '', sshKeyContext(elsewhere))).toThrow();
  });

  it('fails its run without a connection, and waits, until a host key is confirmed', async () => {
    const w = world();
    const id = await w.imported({ url });
    expect(w.upstreamCalls).toEqual([]);
    expect(await w.mirror(id)).toMatchObject({
      status: 'failed',
      pause: { reason: 'host_key' },
      nextUpdateAt: null,
      lastError: { code: 'upstream_host_key_unconfirmed' },
    });
    await enrolMirror(w, w.project, { sshHostKeys: [hostKey], confirmedBy: 'ann' });
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', pause: null, lastError: null });
    expect((await w.mirror(id)).ssh?.hostKeys).toMatchObject([{ ...hostKeyNamed('server'), confirmedBy: 'ann' }]);
    expect(w.lastAccess?.ssh?.keys.map((key) => key.privateKey.reveal())).toEqual(['private-1']);
  });

  it('keeps key and host keys when only the path changes, and their confirmation when they are sent again', async () => {
    const w = world();
    const id = await w.imported({ url, sshHostKeys: [hostKey], confirmedBy: 'ann' });
    const before = (await w.mirror(id)).ssh;
    w.clock.advance(1_000);
    await enrolMirror(w, w.project, { url: `${url}2`, sshHostKeys: [hostKey], confirmedBy: 'eve' });
    expect((await w.mirror(id)).ssh).toEqual(before);
  });

  it.each([
    ['the host', 'git@other.example:group/project.git', []],
    ['the port', 'ssh://git@upstream.example:2222/group/project.git', []],
    ['the user', 'mallory@upstream.example:group/project.git', ['server']],
  ])(
    'SEC-06, SEC-07: a change of %s makes a new key and forgets the old one; host keys belong to host and port',
    async (_, changed, hostKeys) => {
      const w = world();
      const id = await w.imported({ url, sshHostKeys: [hostKey] });
      const old = (await w.mirror(id)).ssh?.keys[0]?.publicKey;
      await enrolMirror(w, w.project, { url: changed });
      const { ssh } = await w.mirror(id);
      expect(ssh?.keys).toHaveLength(1);
      expect(ssh?.keys[0]?.publicKey).not.toBe(old);
      // SEC-07: a fingerprint is worth nothing for another server.
      expect(ssh?.hostKeys.map((key) => key.key)).toEqual(hostKeys);
    },
  );

  it('has no use for a user name and a password beside it, and drops those of an http address', async () => {
    const w = world();
    const credentials = { authUser: 'bob', authPassword: secret('s3cret') };
    await expect(enrolMirror(w, w.project, { url, ...credentials })).rejects.toMatchObject({
      code: 'input_invalid',
      fieldFaults: [{ field: 'auth_user' }, { field: 'auth_password' }],
    });
    const id = await w.imported({ ...credentials });
    await enrolMirror(w, w.project, { url });
    expect(await w.mirror(id)).toMatchObject({ authUser: null, sealedPassword: null, ssh: { hostKeys: [] } });
    await enrolMirror(w, w.project, { url: 'https://upstream.example/p.git' });
    expect((await w.mirror(id)).ssh).toBeNull();
  });

  it('is told of a password inside the address that was ignored', async () => {
    const w = world();
    const { warnings, mirror } = await enrolMirror(w, w.project, { url: 'ssh://bob:s3cret@upstream.example/p' });
    expect(warnings).toMatchObject([{ code: 'url_credentials_ignored' }]);
    expect(JSON.stringify(mirror)).not.toContain('s3cret');
  });

  it('refuses SSH settings for an http address', async () => {
    const w = world();
    await w.imported();
    for (const settings of [{ sshKeyType: 'rsa' as const }, { sshHostKeys: [hostKey] }])
      await expect(enrolMirror(w, w.project, settings)).rejects.toMatchObject({ code: 'mirror_not_ssh' });
  });
});

describe('a new key beside the old one', () => {
  it('is tried first, and the old one goes once the new one has worked', async () => {
    const w = world();
    const id = await w.imported({ url, sshHostKeys: [hostKey] });
    const rotated = await rotateSshKey(w, await w.mirror(id));
    const [fresh, old] = rotated.ssh?.keys ?? [];
    expect(old?.publicKey).toContain('key-1');

    let tried: string[] = [];
    let works = old?.publicKey ?? '';
    whenListed(w, ({ ssh }) => {
      tried = (ssh?.keys ?? []).map((key) => key.privateKey.reveal());
      ssh?.onKeyWorked(works);
    });
    await w.updateNow(id);
    expect(tried).toEqual(['private-2', 'private-1']);
    expect((await w.mirror(id)).ssh?.keys).toEqual([fresh, old]);

    works = fresh?.publicKey ?? '';
    await w.updateNow(id);
    expect((await w.mirror(id)).ssh?.keys).toEqual([fresh]);
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
  });

  it('that never worked makes room for the next one, and the one that works stays', async () => {
    const w = world();
    const id = await w.imported({ url, sshHostKeys: [hostKey] });
    await rotateSshKey(w, await w.mirror(id));
    const { ssh } = await rotateSshKey(w, await w.mirror(id), 'rsa');
    expect(ssh?.keys.map((key) => key.publicKey.split(' ')[1])).toEqual(['key-3', 'key-1']);
    expect(ssh?.keys[0]?.type).toBe('rsa');
  });

  it('is also made when another type is asked for, but not for the same', async () => {
    const w = world();
    const id = await w.imported({ url, sshHostKeys: [hostKey] });
    await enrolMirror(w, w.project, { sshKeyType: 'ed25519' });
    expect((await w.mirror(id)).ssh?.keys).toHaveLength(1);
    await enrolMirror(w, w.project, { sshKeyType: 'rsa' });
    expect((await w.mirror(id)).ssh?.keys.map((key) => key.type)).toEqual(['rsa', 'ed25519']);
  });

  it('is nothing for an http address', async () => {
    const w = world();
    const id = await w.imported();
    await expect(rotateSshKey(w, await w.mirror(id))).rejects.toMatchObject({ code: 'mirror_not_ssh' });
  });
});

describe('SEC-07: host keys', () => {
  const never = new AbortController().signal;

  it('that were detected are not trusted, and can be confirmed by their fingerprint', async () => {
    const w = world();
    const id = await w.imported({ url });
    const other = hostKeyNamed('other').fingerprint;
    await expect(enrolMirror(w, w.project, { sshHostKeys: [other] })).rejects.toMatchObject({
      code: 'input_invalid',
      fieldFaults: [{ field: 'ssh_host_keys.0' }],
    });
    const [seen] = await detectHostKeys(w, await w.mirror(id), never);
    expect((await w.mirror(id)).ssh).toMatchObject({ hostKeys: [], seenHostKeys: [seen] });
    await enrolMirror(w, w.project, { sshHostKeys: [seen?.fingerprint ?? ''] });
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'finished' });
  });

  it('that changed stop the mirror at once; one call accepts the key that was seen, and no other', async () => {
    const w = world();
    const id = await w.imported({ url, sshHostKeys: [hostKey] });
    const changed = hostKeyNamed('changed');
    w.upstreamFault = new HeadwaterError('upstream_host_key_changed', {
      host: 'upstream.example',
      seen: changed.fingerprint,
      confirmed: hostKeyNamed('server').fingerprint,
    });
    const list = w.upstream.list;
    whenListed(w, ({ ssh }) => ssh?.onHostKeyRefused(changed));
    await w.updateNow(id);
    expect(await w.mirror(id)).toMatchObject({
      pause: { reason: 'host_key' },
      failures: 1,
      lastError: { code: 'upstream_host_key_changed', message: expect.stringContaining(changed.fingerprint) },
    });
    // The clock leaves it alone.
    expect((await w.mirror(id)).nextUpdateAt).toBeNull();

    await expect(acceptHostKey(w, id, hostKeyNamed('third').fingerprint, 'ann')).rejects.toMatchObject({
      code: 'input_invalid',
      fieldFaults: [{ field: 'fingerprint' }],
    });
    w.upstreamFault = null;
    w.upstream.list = list;
    await acceptHostKey(w, id, changed.fingerprint, 'ann');
    await w.work();
    expect(await w.mirror(id)).toMatchObject({ status: 'finished', pause: null });
    expect(w.lastAccess?.ssh?.hostKeys).toMatchObject([{ ...changed, confirmedBy: 'ann' }]);
  });
});
