import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeForges } from '../support/forges';
import { LfsUpstream, pointerText } from '../support/lfs-upstream';
import { Scene } from '../support/scene';
import { describeSshd, SshServer } from '../support/ssh-server';

interface HostKeyAnswer {
  readonly type: string;
  readonly fingerprint_sha256: string;
}

describeSshd('with a real sshd', () =>
  describeForges('an upstream over SSH', (choice) => {
    let scene: Scene;
    let sshd: SshServer;
    let url: string;

    beforeAll(async () => {
      sshd = await SshServer.start({ hostKeys: ['ed25519', 'rsa'] });
      scene = await Scene.start(choice);
      url = sshd.url(scene.source.dir);
      scene.source.commit('main', 'one');
      scene.source.commit('main', 'two');
      scene.source.commit('other', 'x'.repeat(100_000));
      scene.source.git(['tag', '-a', '-m', 'first release', 'v1', 'main']);
    }, 240_000);
    afterAll(async () => {
      await scene?.close();
      await sshd?.close();
    });

    /** A mirror whose key is installed and whose host keys are confirmed, imported. */
    const imported = async () => {
      const { repo, api } = await scene.project();
      const { data } = await api.put({ url, ssh_host_keys: [sshd.hostKey()], enabled: false });
      sshd.authorize(data.ssh_public_key ?? '');
      await api.put({ enabled: true });
      expect(await api.settled()).toMatchObject({ update_status: 'finished', last_error: null });
      return { repo, api };
    };

    it('is imported once its key is installed and its host key confirmed, and is followed', async () => {
      sshd.authorize();
      const { repo, api } = await scene.project();
      const created = await api.put({ url });
      expect(created.data.ssh_public_key).toMatch(/^ssh-ed25519 \S+ headwater /);
      expect(await api.settled()).toMatchObject({
        paused: true,
        last_error: { code: 'upstream_host_key_unconfirmed', advice: expect.stringContaining('host_keys') },
      });

      sshd.forgetLog();
      const { data: seen } = await api.call<HostKeyAnswer[]>('POST', '/host_keys');
      expect(seen.map((key) => key.fingerprint_sha256)).toEqual([sshd.fingerprint('ed25519'), sshd.fingerprint('rsa')]);
      await api.put({ ssh_host_keys: [sshd.fingerprint()] });
      const refused = await api.settled();
      expect(refused.last_error).toMatchObject({
        code: 'upstream_ssh_key_refused',
        advice: expect.stringContaining('ssh_public_key'),
      });
      expect(refused.ssh_host_keys).toMatchObject([{ confirmed_by: 'maintainer' }]);

      sshd.authorize(created.data.ssh_public_key ?? '');
      expect(await api.updated()).toMatchObject({ status: 'finished' });
      expect(scene.refs(repo)).toEqual(scene.upstreamRefs());

      const next = scene.source.commit('main', `three ${Date.now()}`);
      sshd.forgetLog();
      expect(await api.updated()).toMatchObject({ status: 'finished', counts: { fast_forwarded: 1 } });
      expect(scene.refs(repo)['refs/heads/main']).toBe(next);
      expect(sshd.commands).toEqual(Array(2).fill(`git-upload-pack '${scene.source.dir}'`));
    });

    it('asks the upstream in one connection when nothing is new', async () => {
      const { api } = await imported();
      sshd.forgetLog();
      expect(await api.updated()).toMatchObject({ status: 'finished' });
      expect(sshd.connections).toBe(1);
    });

    it('goes on with the old key until the new one has worked', async () => {
      const { api } = await imported();
      const old = (await api.mirror()).ssh_public_key;
      const { data: rotated } = await api.call<{ ssh_public_key: string }>('POST', '/ssh_key');
      expect(await api.updated()).toMatchObject({ status: 'finished' });
      expect(await api.mirror()).toMatchObject({
        ssh_public_key: rotated.ssh_public_key,
        ssh_previous_public_key: old,
      });

      sshd.authorize(rotated.ssh_public_key);
      expect(await api.updated()).toMatchObject({ status: 'finished' });
      expect(await api.mirror()).toMatchObject({
        ssh_public_key: rotated.ssh_public_key,
        ssh_previous_public_key: null,
      });
    });

    it('SEC-07: stops at a changed host key, shows both fingerprints, and goes on when it is accepted', async () => {
      const { api } = await imported();
      const confirmed = sshd.fingerprint();
      await sshd.stop();
      sshd.newHostKey('ed25519');
      await sshd.start();

      await api.updated();
      const stopped = await api.mirror();
      expect(stopped).toMatchObject({ paused: true, last_error: { code: 'upstream_host_key_changed' } });
      expect(stopped.last_error?.message).toContain(confirmed);
      expect(stopped.last_error?.message).toContain(sshd.fingerprint());
      expect(sshd.log).not.toMatch(/Accepted|Failed publickey/);

      await api.call('POST', '/host_keys/accept', { fingerprint: sshd.fingerprint() });
      expect(await api.settled()).toMatchObject({ update_status: 'finished', paused: false, last_error: null });
    });

    it('SEC-06: has no private key in any file, command line, environment or log, also after a kill', async () => {
      const { api } = await imported();
      await api.call('POST', '/ssh_key');
      await api.updated();
      const leaks = () => [
        ...filesWith(scene.headwater.dataDir, privateKeyMarks),
        ...processesWithMarks(privateKeyMarks),
      ];
      expect(leaks()).toEqual([]);
      await scene.headwater.stop('SIGKILL');
      expect(leaks()).toEqual([]);
      expect(privateKeyMarks.filter((mark) => scene.headwater.output.includes(mark))).toEqual([]);
      await scene.headwater.start();
      expect(await api.updated()).toMatchObject({ status: 'finished' });
    });

    it('HOST-11: brings LFS objects along from where the server says, with what it gives for signing in', async () => {
      const lfs = await LfsUpstream.start();
      try {
        lfs.beforeBatch = (response) => {
          if (lfs.batchHeaders.at(-1)?.authorization === 'RemoteAuth lfs-s3cret') return false;
          response.writeHead(401).end();
          return true;
        };
        const header = { Authorization: 'RemoteAuth lfs-s3cret' };
        const answer = JSON.stringify({ href: lfs.url, header, expires_in: 600 });
        sshd.addCommand('git-lfs-authenticate', `cat <<'END'\n${answer}\nEND`);
        const object = lfs.add('large');
        scene.source.commit('with-lfs', pointerText(object), 'big.bin');
        sshd.forgetLog();
        const { repo, api } = await imported();
        expect(await api.mirror()).toMatchObject({ sync_state: 'in_sync' });
        expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
        expect(sshd.commands).toContain(`git-lfs-authenticate '${scene.source.dir}' download`);
        const authorization = `Basic ${Buffer.from(`x:${scene.token}`).toString('base64')}`;
        const stored = `${scene.forge.url}/${repo.owner}/${repo.name}.git/info/lfs/objects/${object.oid}`;
        expect(await (await fetch(stored, { headers: { authorization } })).text()).toBe('large');
        expect(scene.headwater.output).not.toContain('lfs-s3cret');
      } finally {
        await lfs.close();
        scene.source.git(['update-ref', '-d', 'refs/heads/with-lfs']);
      }
    });

    it('is looked after on the command line', async () => {
      const { repo } = await imported();
      const name = `${repo.owner}/${repo.name}`;
      const { headwater } = scene;
      expect((await headwater.cli(['mirror', 'show', name])).stdout).toContain(sshd.fingerprint());
      const detected = await headwater.cli(['mirror', 'host-keys', name]);
      expect(detected).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`${sshd.fingerprint()}  (confirmed)`),
      });
      const rotated = await headwater.cli(['mirror', 'ssh-key', name, '--rotate']);
      expect(rotated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ssh-ed25519 \S+ headwater /) });
      expect(await headwater.cli(['mirror', 'sync', name])).toMatchObject({ code: 0 });
    });
  }),
);

/** How every private key of OpenSSH's format begins, as text and inside its base64. */
const privateKeyMarks = ['OPENSSH PRIVATE KEY', 'b3BlbnNzaC1rZXktdjEA', 'openssh-key-v1'];

function filesWith(dir: string, marks: readonly string[]): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => marks.some((mark) => contentOf(file).includes(mark)));
}

/** Nothing of a file that went away since it was listed. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw thrown;
  }
}

/** Command lines and environments of all living processes but this one. */
function processesWithMarks(marks: readonly string[]): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return false;
    try {
      const texts = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${entry}/${name}`, 'latin1'));
      return texts.some((text) => marks.some((mark) => text.includes(mark)));
    } catch {
      return false;
    }
  });
}
