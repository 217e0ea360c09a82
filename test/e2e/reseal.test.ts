import { randomBytes } from 'node:crypto';
import { startForgeDouble } from '../support/forge-double/forge-double';
import { Scene } from '../support/scene';

describe('SEC-05: another key for what is stored sealed', () => {
  it('works beside running servers: with both keys, after resealing, and then without the old one', async () => {
    const [oldKey, newKey] = [1, 2].map(() => randomBytes(32).toString('base64'));
    const choice = { name: 'the forge double', start: startForgeDouble };
    const scene = await Scene.start(choice, { SECRET_KEY: `${oldKey}` });
    const restartWith = async (keys: string) => {
      await scene.headwater.stop();
      scene.headwaterSettings['SECRET_KEY'] = keys;
      await scene.headwater.start();
    };
    const doctor = async () => {
      const { stdout } = await scene.headwater.cli(['doctor', '--json']);
      const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string; sentence: string }[] };
      return checks.find(({ id }) => id === 'sealing_keys');
    };
    try {
      scene.source.commit('main', 'one');
      const { api, repo } = await scene.project();
      await api.put(scene.settings);
      await api.settled();
      expect(await doctor()).toMatchObject({ status: 'ok', sentence: 'All 1 stored secrets can be opened.' });

      // Too early: only what needs the old key is refused, by its name.
      await restartWith(`${newKey}`);
      expect((await api.updated()).error?.code).toBe('secret_unreadable');
      expect(await doctor()).toMatchObject({ status: 'fail', sentence: expect.stringContaining(repo.name) as string });
      expect((await scene.headwater.cli(['secrets', 'reseal'])).code).toBe(1);

      await restartWith(`${newKey},${oldKey}`);
      expect((await api.updated()).status).toBe('finished');
      expect(await doctor()).toMatchObject({ status: 'warn', sentence: expect.stringContaining('1 of 1') as string });
      const told = await scene.headwater.cli(['secrets', 'reseal', '--json']);
      expect([told.code, JSON.parse(told.stdout)]).toEqual([0, { resealed: 1, current: 0, unreadable: [] }]);
      expect((await api.updated()).status).toBe('finished');
      expect(await doctor()).toMatchObject({
        status: 'warn',
        sentence: expect.stringContaining('not needed') as string,
      });

      await restartWith(`${newKey}`);
      expect((await api.updated()).status).toBe('finished');
      expect(await doctor()).toMatchObject({ status: 'ok' });
    } finally {
      await scene.close();
    }
  }, 240_000);
});
