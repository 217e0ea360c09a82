import { createServer, type AddressInfo } from 'node:net';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { ForgeInstall } from '../support/forge-install';
import { describeForges, type TestForge } from '../support/forges';
import { Headwater } from '../support/headwater';

interface Answer {
  readonly ok: boolean;
  readonly checks: readonly { readonly id: string; readonly status: string; readonly sentence: string }[];
}

describeForges('an installed Headwater', (choice) => {
  let forge: TestForge;
  let place: ForgeInstall;
  let headwater: Headwater | null = null;
  let url: string;

  const start = async () => {
    const found = parseEnv(await readFile(place.config, 'utf8')) as Record<string, string>;
    const settings = Object.fromEntries(
      Object.entries(found).map(([name, value]) => [name.replace('HEADWATER_', ''), value]),
    );
    const { FORGE_URL: forgeUrl = '', FORGE_TOKEN: forgeToken = '', ...rest } = settings;
    headwater = await Headwater.start({
      forgeUrl,
      forgeToken,
      settings: { ...rest, LISTEN: url.replace('http://', '') },
    });
    return headwater;
  };
  const examine = async (running: Headwater, ...args: string[]) => {
    const told = await running.cli(['doctor', '--json', ...args]);
    const answer = JSON.parse(told.stdout) as Answer;
    const statuses = Object.fromEntries(answer.checks.map(({ id, status }) => [id, status]));
    return { code: told.code, told: told.stdout + told.stderr, answer, statuses };
  };

  beforeAll(async () => {
    url = `http://127.0.0.1:${await freePort()}`;
    forge = await choice.start();
    place = await ForgeInstall.prepare(forge);
  });
  afterAll(async () => {
    await headwater?.close();
    await place.close();
    await forge.close();
  });

  it('is what the doctor finds to be sound, down to a webhook that the forge really delivers', async () => {
    expect((await place.install('--public-url', url)).code).toBe(0);
    const running = await start();
    const adminToken = ['--admin-token-file', join(place.dir, 'admin-token')];
    const { code, statuses, told } = await examine(running, ...adminToken);
    expect(statuses).toEqual({
      ...{ configuration: 'ok', forge: 'ok', forge_address: 'ok', clock: 'ok', token: 'ok', account: 'ok', lfs: 'ok' },
      ...{ sign_in: 'ok', webhook: 'ok', delivery: 'ok', templates: 'ok' },
      ...{ address: 'ok', same_site: 'ok', proxy: 'ok', framing: 'ok', database: 'ok', redis: 'ok', git: 'ok' },
      disk: expect.stringMatching(/ok|warn/),
    });
    expect(code).toBe(0);
    for (const secret of Object.values(parseEnv(await readFile(place.config, 'utf8'))))
      if (!secret?.startsWith('http')) expect(told).not.toContain(secret);
    // The project of the test delivery is gone again.
    expect(await readdir(dirname(forge.repositoryPath('headwater', 'any'))).catch(() => [])).toEqual([]);

    const manifest = (await (await fetch(`${url}/plugin-manifest.json`)).json()) as { name: string };
    expect(manifest).toEqual(JSON.parse(await readFile(join(__dirname, '../../plugin-manifest.json'), 'utf8')));
  });

  it('is found wanting when the forge, the secrets or the address are not as they should be', async () => {
    await headwater?.close();
    const config = await readFile(place.config, 'utf8');
    await writeFile(
      place.config,
      config.replace(/^(HEADWATER_OAUTH_CLIENT_SECRET|HEADWATER_FORGE_TOKEN)=.*$/gm, '$1=wrong'),
    );
    const running = await start();
    const { code, statuses } = await examine(running);
    expect(code).toBe(1);
    expect(statuses).toMatchObject({
      ...{ forge: 'ok', token: 'fail', sign_in: 'fail', webhook: 'skipped' },
      // A loopback address, to which forges deliver nothing unless they are told to.
      delivery: 'warn',
    });

    await forge.goDown();
    expect((await examine(running)).statuses).toMatchObject({ forge: 'fail', database: 'ok', git: 'ok' });
    await forge.comeBack();

    await running.stop();
    expect((await examine(running)).statuses).toMatchObject({
      forge: 'ok',
      address: 'fail',
      framing: 'skipped',
      redis: 'ok',
    });
    await writeFile(place.config, config);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
