import { execFileSync } from 'node:child_process';
import { GitUpstream } from './git-upstream';
import type { ForgeChoice, TestForge } from './forges';
import type { TestRepo, TestToken, TestUser } from './forge-admin';
import { Headwater, type MirrorApi } from './headwater';
import { TempRepo } from './temp-repo';

const upstreamUser = { user: 'reader', password: 'upstream-passw0rd' };

/** A forge with a maintainer and the add-on's account, an upstream with a password, and Headwater between them. */
export class Scene {
  #projects = 0;

  private constructor(
    readonly forge: TestForge,
    readonly maintainer: TestUser,
    readonly token: string,
    readonly bot: TestUser,
    readonly botToken: TestToken,
    readonly source: TempRepo,
    readonly upstream: GitUpstream,
    readonly headwater: Headwater,
    /** The settings that Headwater was started with; when it is started again, what they are by then. */
    readonly headwaterSettings: Record<string, string>,
  ) {}

  static async start(choice: ForgeChoice, given: Readonly<Record<string, string>> = {}, role?: 'web'): Promise<Scene> {
    // A failed mirror is tried again at its next pass, which may be at any moment: hardly in the middle of a test, this way.
    const settings = { PASS_INTERVAL: '24h', ...given };
    const forge = await choice.start();
    const maintainer = await forge.createUser('maintainer');
    const bot = await forge.createUser('headwater-bot');
    const scopes = ['write:repository', 'read:user'];
    const token = await forge.createToken(maintainer, scopes);
    const botToken = await forge.createToken(bot, [...scopes, 'write:issue']);
    const source = new TempRepo();
    const upstream = await GitUpstream.start({ root: source.root, ...upstreamUser });
    const headwater = await Headwater.start({ forgeUrl: forge.url, forgeToken: botToken.token, settings, role });
    return new Scene(forge, maintainer, token.token, bot, botToken, source, upstream, headwater, settings);
  }

  /** Settings that name this scene's upstream. */
  get settings(): { url: string; auth_user: string; auth_password: string } {
    return { url: this.upstream.url(), auth_user: upstreamUser.user, auth_password: upstreamUser.password };
  }

  /** An empty project of the maintainer that the add-on may push to. */
  async project(): Promise<{ repo: TestRepo; api: MirrorApi }> {
    const repo = await this.forge.createRepo(this.maintainer.name, `project-${(this.#projects += 1)}`);
    await this.forge.addCollaborator(repo.owner, repo.name, this.bot.name, 'write');
    return { repo, api: this.headwater.as(this.token, repo.owner, repo.name) };
  }

  /** Branches and tags of a project, as git sees them. */
  refs({ owner, name }: Pick<TestRepo, 'owner' | 'name'>): Record<string, string> {
    return refsOf(this.forge.repositoryPath(owner, name));
  }

  upstreamRefs(): Record<string, string> {
    return refsOf(this.source.dir);
  }

  async close(): Promise<void> {
    await this.headwater.close();
    await this.upstream.close();
    this.source.remove();
    await this.forge.close();
  }
}

function refsOf(dir: string): Record<string, string> {
  const format = '--format=%(refname) %(objectname)';
  const output = execFileSync('git', [
    '-c',
    'safe.directory=*',
    '-C',
    dir,
    'for-each-ref',
    format,
    'refs/heads',
    'refs/tags',
  ]);
  const lines = output
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
}
