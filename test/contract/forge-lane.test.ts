import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HeadwaterError } from '../../src/domain/errors';
import type { ForgeProject, PackLane } from '../../src/ports/forge';
import { startForgeDouble, type ForgeDouble } from '../support/forge-double/forge-double';
import { create, ForgeStage, summary } from '../support/forge-stage';
import { describeForges, type TestForge } from '../support/forges';
import { until } from '../support/until';
import { startWebhookReceiver } from '../support/webhook-receiver';

const noOid = '0'.repeat(40);

/** As it would come from a network. */
async function feed(lane: PackLane, pack: Buffer, pieceSize = 1000): Promise<void> {
  for (let at = 0; at < pack.length; at += pieceSize) await lane.write(pack.subarray(at, at + pieceSize));
}

/** Packs and loose objects of a project, quarantined ones apart. */
function objectFiles(forge: TestForge, { owner, name }: ForgeProject): string[] {
  const folder = join(forge.repositoryPath(owner, name), 'objects');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^(pack\/pack-.*\.pack|[0-9a-f]{2}\/[0-9a-f]{38})$/.test(file),
  );
}

function quarantines(forge: TestForge, { owner, name }: ForgeProject): string[] {
  const names = readdirSync(join(forge.repositoryPath(owner, name), 'objects'));
  return names.filter((file) => file.startsWith('tmp_objdir'));
}

describeForges('A lane to a forge', (choice) => {
  let stage: ForgeStage;
  const folder = mkdtempSync(join(tmpdir(), 'headwater-lane-'));
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
    stage.source.commit('main', 'some text '.repeat(5_000));
    for (let count = 0; count < 5; count += 1) stage.source.commit('main', `${'some text '.repeat(5_000)}${count}`);
  });
  afterAll(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });
  const tip = () => stage.source.resolve('refs/heads/main') ?? '';
  const updates = () => [create('refs/heads/main', tip()), create('refs/tags/v1', tip())];
  const expectNothing = async (project: ForgeProject) => {
    expect(await stage.refs(project)).toEqual({});
    await until(() => quarantines(stage.forge, project).length === 0);
    expect(objectFiles(stage.forge, project)).toEqual([]);
  };

  test('brings every ref and every object, and counts the bytes', async () => {
    const project = await stage.newProject();
    const lane = await stage.openLane(project, updates());
    const pack = stage.source.pack('main');
    await feed(lane, pack);
    const result = await lane.finish();
    expect(result.outcomes).toEqual(updates().map((update) => ({ ...update, reason: null })));
    expect(result.sentBytes).toBeGreaterThan(pack.length);
    expect(await stage.refs(project)).toEqual({ 'refs/heads/main': tip(), 'refs/tags/v1': tip() });
    const dir = stage.forge.repositoryPath(project.owner, project.name);
    const fsck = stage.source.git(['-c', 'safe.directory=*', '--git-dir', dir, 'fsck', '--full', '--strict']);
    expect(fsck).toMatch(/^(dangling blob [0-9a-f]{40})?$/);
    await stage.adapter.setDefaultBranch(project, 'refs/heads/main');
    await until(async () => !(await stage.adapter.project(project.id)).empty);
    lane.abort();
    expect(Object.keys(await stage.refs(project))).toHaveLength(2);
  });

  test('leaves a project that takes ordinary pushes afterwards', async () => {
    const project = await stage.newProject();
    const lane = await stage.openLane(project, updates());
    await feed(lane, stage.source.pack('main'));
    await lane.finish();
    const next = stage.source.commit('topic');
    expect(summary(await stage.push(project, [create('refs/heads/topic', next)]))).toEqual({
      'refs/heads/topic': 'created',
    });
  });

  test('keeps everything in quarantine until it is finished, and waits for that in silence', async () => {
    const project = await stage.newProject();
    const hasty = ForgeStage.adapter(stage.forge.url, stage.botToken, 3_000);
    const lane = await stage.openLane(project, updates(), { adapter: hasty });
    await feed(lane, stage.source.pack('main'));
    await until(() => quarantines(stage.forge, project).length > 0);
    await sleep(4_500);
    expect(await stage.refs(project)).toEqual({});
    expect(objectFiles(stage.forge, project)).toEqual([]);
    await lane.finish();
    expect(Object.keys(await stage.refs(project))).toHaveLength(2);
    hasty.close();
  });

  test('fires hooks and webhooks like any push, once', async () => {
    const repo = await stage.newRepo();
    const project = await stage.adapter.project(repo.id);
    const receiver = await startWebhookReceiver();
    const log = (hook: string) => join(folder, `${hook}.txt`);
    try {
      for (const hook of ['pre-receive', 'post-receive'] as const)
        await stage.forge.addGitHook('owner', project.name, hook, `cat >> '${log(hook)}'`);
      await stage.forge.addWebhook(repo, { ...receiver, events: ['push', 'create'] });
      const lane = await stage.openLane(project, updates());
      await feed(lane, stage.source.pack('main'));
      await lane.finish();
      await receiver.until((all) => all.length >= 4);
      expect(receiver.deliveries.map(({ event, payload }) => `${event} ${String(payload['ref'])}`).sort()).toEqual([
        'create main',
        'create v1',
        'push refs/heads/main',
        'push refs/tags/v1',
      ]);
      for (const hook of ['pre-receive', 'post-receive'])
        expect(readFileSync(log(hook), 'utf8').trim().split('\n').sort()).toEqual([
          `${noOid} ${tip()} refs/heads/main`,
          `${noOid} ${tip()} refs/tags/v1`,
        ]);
    } finally {
      await receiver.close();
    }
  });

  test('that is given up leaves nothing', async () => {
    const project = await stage.newProject();
    const lane = await stage.openLane(project, updates());
    await feed(lane, stage.source.pack('main'));
    await until(() => quarantines(stage.forge, project).length > 0);
    lane.abort();
    await expectNothing(project);
  });

  test('whose run is stopped leaves nothing', async () => {
    const project = await stage.newProject();
    const stop = new AbortController();
    const lane = await stage.openLane(project, updates(), { signal: stop.signal });
    await feed(lane, stage.source.pack('main'));
    await until(() => quarantines(stage.forge, project).length > 0);
    stop.abort(new Error('switched off'));
    await expect(lane.finish()).rejects.toThrow('switched off');
    await expectNothing(project);
  });

  test.each(['pre-receive', 'update'] as const)('brings all but the ref that a %s hook refuses', async (hook) => {
    const project = await stage.newProject();
    const one = 'refs/tags/v1';
    const script = hook === 'update' ? `test "$1" != ${one}` : `! grep -q ${one}`;
    await stage.forge.addGitHook('owner', project.name, hook, script);
    const lane = await stage.openLane(project, updates());
    await feed(lane, stage.source.pack('main'));
    expect(summary(await lane.finish())).toEqual({ 'refs/heads/main': 'created', [one]: 'rejected: hook_declined' });
    expect(await stage.refs(project)).toEqual({ 'refs/heads/main': tip() });
  });

  test('brings all but a protected branch', async () => {
    const project = await stage.newProject();
    await stage.forge.protectBranch('owner', project.name, 'main');
    const lane = await stage.openLane(project, updates());
    await feed(lane, stage.source.pack('main'));
    expect(summary(await lane.finish())).toEqual({
      'refs/heads/main': 'rejected: branch_protected',
      'refs/tags/v1': 'created',
    });
    expect(await stage.refs(project)).toEqual({ 'refs/tags/v1': tip() });
  });

  test('whose token was revoked fails like a push, and leaves nothing', async () => {
    const project = await stage.newProject();
    const token = await stage.forge.createToken(stage.bot, ['write:repository']);
    const revoked = ForgeStage.adapter(stage.forge.url, token.token);
    await stage.forge.revokeToken(stage.bot, token);
    const lane = await stage.openLane(project, updates(), { adapter: revoked });
    await feed(lane, stage.source.pack('main'));
    await expect(lane.finish()).rejects.toMatchObject({ code: 'forge_token_refused' });
    await expectNothing(project);
    revoked.close();
  });

  test('does not overwrite a ref that somebody pushed meanwhile', async () => {
    const project = await stage.newProject();
    const lane = await stage.openLane(project, updates());
    await feed(lane, stage.source.pack('main'));
    const theirs = stage.source.commit('theirs');
    await stage.push(project, [create('refs/heads/main', theirs)]);
    expect(summary(await lane.finish())).toEqual({
      'refs/heads/main': 'diverged: moved_meanwhile',
      'refs/tags/v1': 'created',
    });
    expect(await stage.refs(project)).toEqual({ 'refs/heads/main': theirs, 'refs/tags/v1': tip() });
  });

  describe('with a pack of a stranger', () => {
    const attempts: readonly (readonly [string, (good: Buffer) => Buffer])[] = [
      ['that is damaged', (good) => Buffer.concat([good.subarray(0, 60), Buffer.from('x'), good.subarray(61)])],
      ['that is cut short', (good) => good.subarray(0, good.length >> 1)],
      ['that is no pack', () => Buffer.from('<html>'.repeat(100))],
      ['that is empty', () => Buffer.alloc(0)],
      ['that lacks what is listed', () => stage.source.pack('lone')],
      ['that goes on after its end', (good) => Buffer.concat([good, Buffer.alloc(500)])],
      ['that ends twice', (good) => Buffer.concat([good, good])],
      [
        'that foresees the object which is added',
        (good) => {
          const body = Buffer.from(good.subarray(0, -20));
          body.writeUInt32BE(body.readUInt32BE(8) + 1, 8);
          const checksum = createHash('sha1').update(body).digest();
          return Buffer.concat([good.subarray(0, -20), checksum, Buffer.alloc(100)]);
        },
      ],
    ];
    beforeAll(() => void stage.source.commit('lone', 'something else'));

    test.each(attempts)('%s leaves nothing', async (_, spoil) => {
      const project = await stage.newProject();
      const lane = await stage.openLane(project, updates());
      await feed(lane, spoil(stage.source.pack('main')));
      await sleep(300);
      expect(await stage.refs(project)).toEqual({});
      lane.abort();
      await expectNothing(project);
    });

    test.each(attempts)('%s brings nothing wrong, even if it is finished by mistake', async (_, spoil) => {
      const project = await stage.newProject();
      const lane = await stage.openLane(project, updates());
      await feed(lane, spoil(stage.source.pack('main')));
      // Where the forge noticed in time, the refs come from the repository.
      const arrived = await lane.finish().then(
        () => true,
        (thrown: HeadwaterError) => expect(['forge_push_failed', 'upstream_corrupt']).toContain(thrown.code),
      );
      expect(await stage.refs(project)).toEqual(
        arrived === true ? { 'refs/heads/main': tip(), 'refs/tags/v1': tip() } : {},
      );
    });
  });
});

describe('A lane to a forge that misbehaves, on the forge double', () => {
  let stage: ForgeStage;
  let double: ForgeDouble;
  let tip: string;
  beforeAll(async () => {
    double = await startForgeDouble();
    stage = await ForgeStage.start({ name: 'double', start: () => Promise.resolve(double) });
    const noise = Array.from({ length: 300_000 }, (_, at) => Math.sin(at).toString(36)).join('');
    tip = stage.source.commit('main', noise);
  });
  afterEach(() => double.faults.set(null));
  afterAll(() => stage.close());

  const lane = async (project: ForgeProject, adapter = stage.adapter) =>
    stage.openLane(project, [create('refs/heads/main', tip)], { adapter });

  test('whose answer got lost is settled by reading the refs back (NET-07)', async () => {
    const project = await stage.newProject();
    double.faults.set({ kind: 'lose_push_answer' });
    const one = await lane(project);
    await feed(one, stage.source.pack('main'), 60_000);
    expect(summary(await one.finish())).toEqual({ 'refs/heads/main': 'created' });
  });

  test.each([
    ['cuts the connection', { kind: 'cut_push' }],
    ['answers with an error page', { kind: 'answer', status: 502, body: '<h1>Bad</h1>', contentType: 'text/html' }],
    ['answers with a page', { kind: 'answer', status: 200, body: '<h1>Hello</h1>', contentType: 'text/html' }],
  ] as const)('that %s loses the lane, and the refs come from the repository', async (_, fault) => {
    const project = await stage.newProject();
    double.faults.set(fault);
    const one = await lane(project);
    await feed(one, stage.source.pack('main'), 60_000);
    await sleep(300);
    double.faults.set(null);
    expect(summary(await one.finish())).toEqual({ 'refs/heads/main': 'created' });
  });

  test('that takes nothing holds the sender up, and loses the lane after the idle time-out', async () => {
    const project = await stage.newProject();
    const hasty = ForgeStage.adapter(double.url, stage.botToken, 3_000);
    double.faults.set({ kind: 'hang' }, /git-receive-pack$/);
    const one = await lane(project, hasty);
    const began = performance.now();
    // More than what the buffers of two sockets hold.
    await feed(one, Buffer.concat([stage.source.pack('main'), Buffer.alloc(30_000_000)]), 60_000);
    expect(performance.now() - began).toBeGreaterThan(500);
    double.faults.set(null);
    expect(summary(await one.finish())).toEqual({ 'refs/heads/main': 'created' });
    hasty.close();
  });

  test('whose hooks hang fails after the idle time-out, like a push', async () => {
    const project = await stage.newProject();
    await double.addGitHook('owner', project.name, 'pre-receive', 'cat > /dev/null; sleep 5; exit 1');
    const hasty = ForgeStage.adapter(double.url, stage.botToken, 700);
    const one = await lane(project, hasty);
    await feed(one, stage.source.pack('main'), 60_000);
    await expect(one.finish()).rejects.toMatchObject({ code: 'forge_push_failed' });
    expect(await stage.refs(project)).toEqual({});
    hasty.close();
  });
});
