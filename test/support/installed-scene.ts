import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeInstall } from './forge-install';
import type { TestRepo, TestUser } from './forge-admin';
import type { ForgeChoice, TestForge } from './forges';
import { freePort } from './free-port';
import { GitUpstream } from './git-upstream';
import { Headwater, runHeadwater } from './headwater';
import { TempRepo } from './temp-repo';

/** A forge into which an admin has installed Headwater with its own command, and Headwater running with the file that wrote. */
export class InstalledScene {
  private constructor(
    readonly forge: TestForge,
    readonly place: ForgeInstall,
    readonly headwater: Headwater,
    readonly maintainer: TestUser,
    readonly repo: TestRepo,
    readonly source: TempRepo,
    readonly upstream: GitUpstream,
    /** What the upstream asks for; may be changed at any time. */
    readonly upstreamSignIn: { root: string; user: string; password: string },
  ) {}

  static async start(choice: ForgeChoice): Promise<InstalledScene> {
    const forge = await choice.start();
    const place = await ForgeInstall.prepare(forge);
    const listen = `127.0.0.1:${await freePort()}`;
    const { binary, config } = forge.installation;
    const told = await runHeadwater([
      ...['install', '--forge', forge.url, '--public-url', `http://${listen}`, '--write-config', place.config],
      ...['--admin-token-file', join(place.dir, 'admin-token'), '--custom-path', place.customPath],
      ...['--forge-binary', binary, '--forge-config', config],
    ]);
    if (told.code !== 0) throw new Error(`headwater install answered ${told.code}: ${told.stdout}${told.stderr}`);

    const maintainer = await forge.createUser('maintainer');
    const repo = await forge.createRepo(maintainer.name, 'library', { private: true });
    await forge.addCollaborator(repo.owner, repo.name, 'headwater', 'write');
    const source = new TempRepo();
    source.commit('main', 'one');
    source.commit('docs', 'two');
    source.git(['tag', 'v1', 'main']);
    const signIn = { root: source.root, user: 'reader', password: 'upstream-passw0rd' };
    const upstream = await GitUpstream.start(signIn);
    const headwater = await Headwater.start({ settings: { CONFIG_FILE: place.config, LISTEN: listen } });
    return new InstalledScene(forge, place, headwater, maintainer, repo, source, upstream, signIn);
  }

  /** What `headwater doctor` found, by the name of each check. */
  async examine(...args: string[]) {
    const told = await this.headwater.cli(['doctor', '--json', ...args]);
    const { checks } = JSON.parse(told.stdout) as { readonly checks: readonly { id: string; status: string }[] };
    const statuses = Object.fromEntries(checks.map(({ id, status }) => [id, status]));
    return { code: told.code, statuses, told: told.stdout + told.stderr };
  }

  /** Starts Headwater anew with another text in the file of its settings. */
  async restartWith(config: string): Promise<void> {
    await this.headwater.stop();
    await writeFile(this.place.config, config);
    await this.headwater.start();
  }

  async close(): Promise<void> {
    await this.headwater.close();
    await this.upstream.close();
    this.source.remove();
    await this.forge.close();
    await this.place.close();
  }
}
