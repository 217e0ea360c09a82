import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expectTold } from '../support/expect-told';
import { startForgeDouble } from '../support/forge-double/forge-double';
import { mountable } from '../support/mountable';
import { Scene } from '../support/scene';

describe('bad luck', () => {
  it('with our own token revoked: the run says so, and the admin is told what to do', async () => {
    const scene = await Scene.start({ name: 'the forge double', start: startForgeDouble });
    try {
      scene.source.commit('main', 'one');
      const { api } = await scene.project();
      await api.put(scene.settings);
      await api.settled();
      await scene.forge.revokeToken(scene.bot, scene.botToken);
      expectTold((await api.updated()).error, 'forge_token_refused');
      const ready = await fetch(`${scene.headwater.url}/readyz`);
      expect(await ready.json()).toMatchObject({ checks: { forge: { code: 'forge_token_refused' } } });
    } finally {
      await scene.close();
    }
  }, 240_000);

  it('with Redis gone: the run is recorded, the answer says so, and readiness names the queue', async () => {
    const scene = await Scene.start(
      { name: 'the forge double', start: startForgeDouble },
      { REDIS_URL: 'redis://127.0.0.1:1' },
    );
    try {
      scene.source.commit('main', 'one');
      const { api } = await scene.project();
      const { data } = await api.put(scene.settings);
      expect(data.warnings?.map((warning) => warning.code)).toEqual(['queue_unavailable']);
      expect(await api.mirror()).toMatchObject({ update_status: 'scheduled' });
      const ready = await fetch(`${scene.headwater.url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({
        checks: { database: { status: 'ok' }, forge: { status: 'ok' }, queue: { code: 'queue_unavailable' } },
      });
    } finally {
      await scene.close();
    }
  }, 240_000);

  const canMount = mountable();
  (canMount ? it : it.skip)(
    `RES-02: with the disk full: it is told, and the next run mends it${canMount ? '' : ' (skipped: this user may not mount a small disk)'}`,
    async () => {
      const disk = mkdtempSync(join(tmpdir(), 'headwater-disk-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
      const scene = await Scene.start({ name: 'the forge double', start: startForgeDouble });
      try {
        scene.source.commit('main', randomBytes(6_000_000), 'large.bin');
        await scene.headwater.stop();
        rmSync(join(scene.headwater.dataDir, 'cache'), { recursive: true, force: true });
        execFileSync('ln', ['-s', disk, join(scene.headwater.dataDir, 'cache')]);
        await scene.headwater.start();
        const { repo, api } = await scene.project();
        await api.put(scene.settings);
        expectTold((await api.settled()).last_error, 'disk_full');
        execFileSync('mount', ['-o', 'remount,size=50m', disk]);
        expect((await api.updated()).status).toBe('finished');
        expect(scene.refs(repo)).toEqual(scene.upstreamRefs());
      } finally {
        await scene.close();
        execFileSync('umount', [disk]);
        rmSync(disk, { recursive: true, force: true });
      }
    },
    240_000,
  );

  it('with a wrong configuration: every fault is told at once, and no secret', async () => {
    const child = spawn(process.execPath, [resolve(__dirname, '../../dist/src/main.js'), 'serve'], {
      env: {
        PATH: process.env['PATH'],
        HEADWATER_FORGE_TOKEN: 's3cret-token',
        HEADWATER_LEASE: 'soon',
        HEADWATER_LISTN: 'x',
        HEADWATER_SECRET_KEY: 'short-key',
      },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    for (const name of ['HEADWATER_FORGE_URL', 'HEADWATER_LEASE', 'HEADWATER_LISTN', 'HEADWATER_SECRET_KEY'])
      expect(said).toContain(name);
    expect(said).not.toMatch(/s3cret-token|short-key|\bat .*\.(ts|js):\d+/);
  });
});
