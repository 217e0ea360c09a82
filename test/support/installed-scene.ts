import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { ForgeInstall } from './forge-install';
import type { TestRepo, TestUser } from './forge-admin';
import type { ForgeChoice, TestForge } from './forges';
import { GitUpstream } from './git-upstream';
import { Headwater } from './headwater';
import { TempRepo } from './temp-repo';

/** A forge into which an admin has installed Headwater with its own command, and Headwater running with what that wrote. */
export class InstalledScene {
  /** What the upstream asks for; may be changed at any time. */
  readonly upstreamSignIn: { root: string; user: string; password: string };

  private constructor(
    readonly forge: TestForge,
    readonly install: ForgeInstall,
    readonly headwater: Headwater,
    readonly maintainer: TestUser,
    readonly repo: TestRepo,
    readonly source: TempRepo,
    readonly upstream: GitUpstream,
    signIn: InstalledScene['upstreamSignIn'],
  ) {
    this.upstreamSignIn = signIn;
  }

  static async start(choice: ForgeChoice, settings: Readonly<Record<string, string>> = {}): Promise<InstalledScene> {
    const forge = await choice.start();
    const install = await ForgeInstall.prepare(forge);
    const listen = `127.0.0.1:${await freePort()}`;
    const told = await install.install('--public-url', `http://${listen}`);
    if (told.code !== 0) throw new Error(`headwater install answered ${told.code}: ${told.out}${told.err}`);

    const maintainer = await forge.createUser('maintainer');
    const repo = await forge.createRepo(maintainer.name, 'library');
    await forge.addCollaborator(repo.owner, repo.name, 'headwater', 'write');
    const source = new TempRepo();
    source.commit('main', 'one');
    source.commit('docs', 'two');
    source.git(['tag', 'v1', 'main']);
    const signIn = { root: source.root, user: 'reader', password: 'upstream-passw0rd' };
    const upstream = await GitUpstream.start(signIn);
    const written = readSettings(await readFile(install.config, 'utf8'));
    const { FORGE_URL: forgeUrl = forge.url, FORGE_TOKEN: forgeToken = '', ...others } = written;
    const headwater = await Headwater.start({
      forgeUrl,
      forgeToken,
      settings: { ...others, ...settings, LISTEN: listen },
    });
    return new InstalledScene(forge, install, headwater, maintainer, repo, source, upstream, signIn);
  }

  async close(): Promise<void> {
    await this.headwater.close();
    await this.upstream.close();
    this.source.remove();
    await this.forge.close();
    await this.install.close();
  }
}

/** Without the prefix, as Headwater's test process takes them. */
function readSettings(text: string): Record<string, string> {
  const lines = text.split('\n').flatMap((line) => {
    const found = /^HEADWATER_(\w+)=(.*)$/.exec(line.trim());
    return found === null ? [] : [[found[1] ?? '', (found[2] ?? '').replace(/^"(.*)"$/, '$1')] as const];
  });
  return Object.fromEntries(lines);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
