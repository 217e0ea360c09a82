import { defaultOptions } from '../../../src/domain/mirror-options';
import { noNotify } from '../../../src/domain/mirror-notify';
import { panelBench, panelPath, type PanelBench } from '../../support/panel-bench';

const address = 'https://git.example/octo-org/library.git';
const day = 86_400_000;

describe('what a maintainer sets in the panel', () => {
  let bench: PanelBench;
  beforeEach(() => {
    bench = panelBench();
  });
  const mirror = () => bench.store.mirrorOfProject(1);
  const secretIn = (text: string, id: string) =>
    new RegExp(`<textarea id="${id}"[^>]*>([^<]+)</textarea>`).exec(text)?.[1] ?? '';

  it('has all options that the API has', async () => {
    const fields = {
      address,
      method: 'none',
      branches: 'pattern',
      pattern: 'main|release/.*',
      tags: 'on_branches',
      divergence: 'pull_request',
      deletions: 'follow',
      check: '3h',
      lfs_shown: 'yes',
      lfs: 'yes',
      lfs_url: 'https://lfs.example/library',
      notify_shown: 'yes',
      notify_issue: 'yes',
    };
    await bench.post('add', fields).expect(303);
    const added = await mirror();
    expect(added?.options).toEqual({
      branches: 'pattern',
      branchPattern: 'main|release/.*',
      tags: 'on_branches',
      followDefaultBranch: false,
      divergence: 'pull_request',
      deletions: 'follow',
      lfs: true,
      lfsUrl: 'https://lfs.example/library',
      interval: 3 * 3_600_000,
    });
    expect(added?.notify).toMatchObject({ issue: true, url: null });
    const { text } = await bench.get('?open=edit').expect(200);
    expect(text).toContain(
      'Branches that match and the tags on them · pull request for what changed here · delete what is deleted there · LFS files from lfs.example · own default branch · check every 3 hours · an issue when it is paused',
    );
    for (const shown of ['value="main|release/.*"', 'value="https://lfs.example/library"', 'value="3h" selected'])
      expect(text).toContain(shown);
    expect(text).toMatch(/name="notify_issue" value="yes" checked/);
  });

  it('marks an address for LFS or messages that is none, with the options open', async () => {
    const common = { address, method: 'none', lfs_shown: 'yes', lfs: 'yes', notify_shown: 'yes' };
    const lfs = await bench.post('add', { ...common, lfs_url: 'ssh://git@x/y' }).expect(400);
    expect(lfs.text).toContain('This address can’t be used. Use one that starts with https://');
    expect(lfs.text).toMatch(/<details class="hw-more hw-only-pull" open>/);
    const told = await bench.post('add', { ...common, notify_url: 'https://127.0.0.1/x' }).expect(400);
    expect(told.text).toMatch(/name="notify_url"[^>]* aria-invalid="true"/);
    expect(await mirror()).toBeNull();
  });

  it('makes an RSA key where the server is old', async () => {
    const fields = { address: 'git@git.example:x/y.git', method: 'key', key_type: 'rsa' };
    const hostKey = bench.ssh.serverKeys[0];
    const whole = `${hostKey?.type} ${hostKey?.key}`;
    await bench.post('add', { ...fields, host_key: whole, keys_confirmed: 'yes' }).expect(303);
    expect((await mirror())?.ssh?.keys.map(({ type }) => type)).toEqual(['rsa']);
  });

  describe('the end of a token', () => {
    const password = { method: 'password', username: 'bot', password: 'secret-1' };
    const edit = (fields: Record<string, string>) =>
      bench.post('edit', { address, username: 'bot', method: 'password', ...fields });

    it('is kept with the password, and forgotten with it', async () => {
      await bench.post('add', { address, ...password, token_end: '2031-05-01' }).expect(303);
      expect((await mirror())?.tokenExpiresAt).toBe(Date.UTC(2031, 4, 1));
      expect((await bench.get('?open=edit')).text).toMatch(/name="token_end" type="date" value="2031-05-01"/);
      await edit({ token_end: '2031-05-01' }).expect(303);
      expect((await mirror())?.tokenExpiresAt).toBe(Date.UTC(2031, 4, 1));
      // What stood in the field is about the old one.
      await edit({ password: 'secret-2', token_end: '2031-05-01' }).expect(303);
      expect((await mirror())?.tokenExpiresAt).toBeNull();
      await bench.post('password', { ...password, password: 'secret-3', token_end: '2032-01-31' }).expect(303);
      expect((await mirror())?.tokenExpiresAt).toBe(Date.UTC(2032, 0, 31));
      await edit({ token_end: '' }).expect(303);
      expect((await mirror())?.tokenExpiresAt).toBeNull();
    });

    it('is no day, and is said to be none', async () => {
      const { text } = await bench.post('add', { address, ...password, token_end: 'soon' }).expect(400);
      expect(text).toContain('This is not a date.');
      expect(await mirror()).toBeNull();
    });

    it('is told in the week before; the badge stays, and the cure is the one primary button', async () => {
      const now = await bench.store.now();
      const proof = { behind: 0, diverged: [], divergedTotal: 0, inSyncAt: now };
      await bench.put({
        url: address,
        lastSuccessAt: 1,
        proof,
        authUser: 'bot',
        sealedPassword: 's',
        tokenExpiresAt: now + 5.5 * day,
      });
      const { text } = await bench.get().expect(200);
      expect(text).toContain('The token for git.example expires in 5 days. Make a new one and enter it before then.');
      expect(text).toContain('Up to date');
      expect(text.match(/class="ui primary tiny button"/g)).toHaveLength(1);
      expect(text).toMatch(/class="ui primary tiny button"[^>]*>Replace password/);
      expect(text).toContain('Update now');
    });
  });

  describe('the webhook of the other side', () => {
    it('is made, shown with its secret once, and taken away', async () => {
      await bench.put({ url: 'https://github.com/octo-org/library.git' });
      expect((await bench.get('?open=edit').expect(200)).text).toContain('Make a webhook');
      const made = await bench.post('webhook').expect(200);
      const hook = (await mirror())?.hook;
      expect(made.text).toContain(`https://headwater.example/hooks/upstream/${hook?.id}`);
      const secret = secretIn(made.text, 'hw-hook-secret');
      expect(secret).toMatch(/^[\w-]{40,}$/);
      expect(made.text).toContain('href="https://github.com/octo-org/library/settings/hooks/new"');
      expect(made.text).toContain('Just the push event');
      const again = await bench.get('?open=edit').expect(200);
      expect(again.text).toContain(`hooks/upstream/${hook?.id}`);
      expect(again.text).not.toContain(secret);
      expect(bench.log()).not.toContain(secret);

      const renewed = await bench.post('webhook').expect(200);
      expect(secretIn(renewed.text, 'hw-hook-secret')).not.toBe(secret);
      expect(renewed.text).toContain('The secret before it is valid until the new one has been used.');
      const { headers } = await bench.post('webhook-remove').expect(303);
      expect(headers['location']).toBe(`${panelPath}?said=hookRemoved`);
      expect((await mirror())?.hook).toBeNull();
      const audit = await bench.store.auditEntries({ repoId: 1 }, { page: 1, limit: 10 });
      expect(audit.items.map(({ who }) => who)).toEqual(['admin-person', 'admin-person', 'admin-person']);
    });

    it('names every place where the address does not tell what runs there', async () => {
      await bench.put({ url: address });
      const { text } = await bench.post('webhook').expect(200);
      for (const name of ['GitHub', 'GitLab', 'Gitea', 'Forgejo', 'Bitbucket', 'Anything else'])
        expect(text).toContain(`<dt>${name}</dt>`);
    });

    it('is for admins of the project alone', async () => {
      await bench.put();
      await bench.postWithout('webhook').expect(403);
      bench.signIn(null);
      await bench.post('webhook').expect(401);
      expect((await mirror())?.hook).toBeNull();
    });
  });

  describe('messages', () => {
    const fields = { address, method: 'none', notify_shown: 'yes', notify_url: 'https://chat.example/hooks/1' };

    it('have a secret that is shown once, when their address is named first', async () => {
      const added = await bench.post('add', fields).expect(200);
      const secret = secretIn(added.text, 'hw-once');
      expect(secret).toMatch(/^whsec_/);
      expect(added.text).toContain('Messages to chat.example are signed with it');
      expect((await bench.get('?open=edit')).text).not.toContain(secret);
      await bench.post('edit', fields).expect(303);
      const renewed = await bench.post('notify-secret').expect(200);
      expect(secretIn(renewed.text, 'hw-once')).toMatch(/^whsec_/);
      expect(secretIn(renewed.text, 'hw-once')).not.toBe(secret);
      expect(renewed.text).toContain('For a day messages are signed with the one before as well.');
      await bench.post('edit', { ...fields, notify_url: '' }).expect(303);
      expect((await mirror())?.notify).toMatchObject({ url: null, secrets: [] });
    });

    it('say how the last one fared', async () => {
      const last = {
        type: 'mirror.failed',
        at: 1,
        attempts: 2,
        delivered: false,
        retries: true,
        status: 502,
        error: null,
      } as const;
      await bench.put({ notify: { ...noNotify, url: 'https://chat.example/', lastWebhook: last } });
      const { text } = await bench.get('?open=edit').expect(200);
      expect(text).toMatch(/Last message: the other side answered 502, <time[^>]*>[^<]*<\/time>\. It is tried again\./);
    });
  });

  describe('replaced values that are kept', () => {
    const keep = (id: string, ref: string, oid: string) =>
      bench.store.transaction((tx) =>
        tx.insertBackups([{ id, mirrorId: 'mirror-1', runId: 'r', ref, oid: oid.repeat(40), at: 1 }]),
      );

    it('fold below the history, and are put back after a question', async () => {
      await bench.put({ lastFinishedAt: 1 });
      expect((await bench.get('/history').expect(200)).text).not.toContain('Replaced values');
      await keep('b1', 'refs/heads/docs', 'a');
      const folded = await bench.get('/history').expect(200);
      expect(folded.text).toMatch(/<details class="hw-more hw-backups" id="hw-backups">/);
      expect(folded.text).toContain('1 value');
      const asked = await bench.get('/history?kept=1&open=b1').expect(200);
      expect(asked.text).toContain('Put docs back');
      expect(asked.text).toMatch(/<details class="hw-more hw-backups" open/);
      bench.forge.refs.set(1, new Map([['refs/heads/docs', 'b'.repeat(40)]]));
      const { headers } = await bench.post('put-back', { backup: 'b1' }).expect(303);
      expect(headers['location']).toMatch(new RegExp(`^${panelPath}/history\\?run=`));
      expect(bench.forge.refs.get(1)?.get('refs/heads/docs')).toBe('a'.repeat(40));
      expect((await bench.get(String(headers['location']).replace(panelPath, ''))).text).toContain('1 put back');
    });

    it('know no value of another mirror', async () => {
      await bench.put();
      await bench.post('put-back', { backup: 'nope' }).expect(404);
    });

    it('warn where the next update replaces it again, and come in pages', async () => {
      await bench.put({ options: { ...defaultOptions, divergence: 'overwrite_with_backup' } });
      for (let at = 0; at < 25; at += 1) await keep(`b${at}`, `refs/heads/b${at}`, 'a');
      const first = await bench.get('/history?kept=1&open=b3').expect(200);
      expect(first.text).toContain('so the next update replaces it again');
      expect(first.text).toContain('25 values');
      const second = await bench.get('/history?kept=2').expect(200);
      expect(second.text.match(/Put back</g)).toHaveLength(5);
      expect(second.text).toContain('Newer ones');
    });
  });
});
