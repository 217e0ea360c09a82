import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForgeProject } from '../../src/ports/forge';
import { create, ForgeStage, forward, summary } from '../support/forge-stage';
import { describeForges } from '../support/forges';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver';

const noOid = '0'.repeat(40);

describeForges('Hooks and rules of a forge', (choice) => {
  let stage: ForgeStage;
  let receiver: WebhookReceiver;
  const folder = mkdtempSync(join(tmpdir(), 'headwater-hooks-'));
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
    receiver = await startWebhookReceiver();
  });
  afterAll(async () => {
    await receiver.close();
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  const names = (count: number, prefix = 'refs/heads/b') => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
  const filled = async () => {
    const project = await stage.newProject();
    const tip = stage.source.commit();
    await stage.push(project, [create('refs/heads/main', tip)]);
    await stage.adapter.setDefaultBranch(project, 'refs/heads/main');
    return { project, tip };
  };
  const eventsOf = (project: ForgeProject) =>
    receiver.deliveries
      .filter(({ payload }) => (payload['repository'] as { id: number }).id === project.id)
      .map(({ event, payload }) => `${event} ${String(payload['ref'])}`);

  test('a protected branch refuses only itself', async () => {
    const { project, tip } = await filled();
    await stage.forge.protectBranch('owner', project.name, 'release*');
    const result = await stage.push(project, [
      create('refs/heads/one', tip),
      create('refs/heads/release1', tip),
      create('refs/heads/two', tip),
      create('refs/heads/release2', tip),
      create('refs/tags/v1', tip),
    ]);
    expect(summary(result)).toEqual({
      'refs/heads/one': 'created',
      'refs/heads/release1': 'rejected: branch_protected',
      'refs/heads/two': 'created',
      'refs/heads/release2': 'rejected: branch_protected',
      'refs/tags/v1': 'created',
    });
    const reason = result.outcomes[1]?.reason;
    expect(reason?.message).toContain('refs/heads/release1');
    expect(reason?.advice).toContain('headwater-bot');
    expect(Object.keys(await stage.refs(project)).sort()).toEqual([
      'refs/heads/main',
      'refs/heads/one',
      'refs/heads/two',
      'refs/tags/v1',
    ]);
  });

  test('a protected branch takes the push of an account that its rule names', async () => {
    const { project, tip } = await filled();
    await stage.forge.protectBranch('owner', project.name, 'main', [stage.bot.name]);
    const next = stage.source.commit();
    const result = await stage.push(project, [forward('refs/heads/main', tip, next)]);
    expect(summary(result)).toEqual({ 'refs/heads/main': 'fast_forwarded' });
  });

  test('a rule that wants signatures, or protects a file, is told apart from one that is about who may push', async () => {
    const { project, tip } = await filled();
    const rule = (name: string, more: object) =>
      stage.forge.protectBranch('owner', project.name, name, [stage.bot.name], more);
    await rule('signed', { require_signed_commits: true });
    await rule('files', { protected_file_patterns: '*.lock' });
    const next = stage.source.commit('next', 'x', 'some.lock');
    const result = await stage.push(project, [
      create('refs/heads/signed', next),
      create('refs/heads/files', next),
      create('refs/heads/free', tip),
    ]);
    expect(summary(result)).toEqual({
      'refs/heads/signed': 'rejected: branch_unsigned',
      'refs/heads/files': 'rejected: branch_file_protected',
      'refs/heads/free': 'created',
    });
    expect(result.outcomes[1]?.reason?.message).toContain('some.lock');
  });

  test('a protected tag refuses only itself', async () => {
    const { project, tip } = await filled();
    await stage.forge.protectTags('owner', project.name, 'v*', ['owner']);
    const result = await stage.push(project, [create('refs/tags/v1', tip), create('refs/tags/free', tip)]);
    expect(summary(result)).toEqual({ 'refs/tags/v1': 'rejected: tag_protected', 'refs/tags/free': 'created' });
  });

  test('a pre-receive hook refuses only the ref that it is about, with its own words', async () => {
    const { project, tip } = await filled();
    const hook = 'while read old new ref; do case "$ref" in */b5) echo "b5 is a bad name." >&2; exit 1;; esac; done';
    await stage.forge.addGitHook('owner', project.name, 'pre-receive', hook);
    const result = await stage.push(
      project,
      names(9).map((name) => create(name, tip)),
    );
    const expected = names(9).map((name) => [name, name.endsWith('b5') ? 'rejected: hook_declined' : 'created']);
    expect(summary(result)).toEqual(Object.fromEntries(expected));
    expect(result.outcomes[5]?.reason?.message).toContain('b5 is a bad name');
    expect(Object.keys(await stage.refs(project))).toHaveLength(9);
  });

  test('an update hook refuses only its ref, with its own words', async () => {
    const { project, tip } = await filled();
    const hook = 'case "$1" in */no) echo "update says no" >&2; exit 1;; esac';
    await stage.forge.addGitHook('owner', project.name, 'update', hook);
    const result = await stage.push(project, [create('refs/heads/no', tip), create('refs/heads/yes', tip)]);
    expect(summary(result)).toEqual({ 'refs/heads/no': 'rejected: hook_declined', 'refs/heads/yes': 'created' });
    expect(result.outcomes[0]?.reason?.message).toContain('update says no');
  });

  test('a post-receive hook sees every ref with its old and new value', async () => {
    const { project, tip } = await filled();
    const log = join(folder, 'post-receive.txt');
    await stage.forge.addGitHook('owner', project.name, 'post-receive', `cat >> '${log}'`);
    const next = stage.source.commit();
    await stage.push(project, [forward('refs/heads/main', tip, next), create('refs/tags/v2', next)]);
    const lines = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.sort()).toEqual([`${noOid} ${next} refs/tags/v2`, `${tip} ${next} refs/heads/main`]);
  });

  test('webhooks follow a push: create and push for a new branch, push for an update, push and create for a tag', async () => {
    const repo = await stage.newRepo();
    const project = await stage.adapter.project(repo.id);
    const { url, secret } = receiver;
    await stage.forge.addWebhook(repo, { url, secret, events: ['push', 'create', 'delete'] });
    const first = stage.source.commit();
    await stage.push(project, [create('refs/heads/main', first)]);
    await receiver.until(() => eventsOf(project).length >= 2);
    const second = stage.source.commit();
    await stage.push(project, [forward('refs/heads/main', first, second), create('refs/tags/v1', second)]);
    await receiver.until(() => eventsOf(project).length >= 5);

    // A forge delivers in parallel, so only what is in one step is compared as a set.
    expect(eventsOf(project).slice(0, 2).sort()).toEqual(['create main', 'push refs/heads/main']);
    expect(eventsOf(project).slice(2).sort()).toEqual(['create v1', 'push refs/heads/main', 'push refs/tags/v1']);
    const mine = receiver.deliveries.filter(({ payload }) => (payload['repository'] as { id: number }).id === repo.id);
    expect(mine.every(({ signed }) => signed)).toBe(true);
    const update = mine.slice(2).find(({ payload }) => payload['ref'] === 'refs/heads/main');
    expect(update?.payload).toMatchObject({
      before: first,
      after: second,
      commits: [{ id: second }],
      head_commit: { id: second },
      pusher: { login: 'headwater-bot' },
      sender: { login: 'headwater-bot' },
    });
    const tag = mine.find(({ event, payload }) => event === 'push' && payload['ref'] === 'refs/tags/v1');
    expect(tag?.payload).toMatchObject({ before: noOid, after: second });
  });

  test('a webhook of the whole forge hears of every project', async () => {
    const { url, secret } = receiver;
    await stage.forge.addWebhook(null, { url, secret, events: ['push'] });
    const project = await stage.newProject();
    await stage.push(project, [create('refs/heads/main', stage.source.commit())]);
    await receiver.until(() => eventsOf(project).includes('push refs/heads/main'));
  });
});
