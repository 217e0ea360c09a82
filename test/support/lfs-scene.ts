import { createLfsCopy, type LfsCopyOptions } from '../../src/adapters/lfs/create-lfs-copy';
import { Secret } from '../../src/domain/credentials';
import type { LfsSource } from '../../src/domain/lfs-source';
import type { LfsCopy, LfsCopyRequest, LfsCopyResult } from '../../src/ports/lfs';
import type { TestRepo, TestToken, TestUser } from './forge-admin';
import type { ForgeChoice, TestForge } from './forges';
import { LfsUpstream, type LfsObjectJson } from './lfs-upstream';

/** An upstream's LFS server and a forge, with the copy between them. */
export class LfsScene {
  #projects = 0;

  private constructor(
    readonly forge: TestForge,
    readonly owner: TestUser,
    readonly bot: TestUser,
    readonly botToken: TestToken,
    readonly upstream: LfsUpstream,
    readonly lfs: LfsCopy & { close(): Promise<void> },
  ) {}

  static async start(choice: ForgeChoice, options: Partial<LfsCopyOptions> = {}): Promise<LfsScene> {
    const forge = await choice.start();
    const owner = await forge.createUser('owner');
    const bot = await forge.createUser('headwater-bot');
    const botToken = await forge.createToken(bot, ['write:repository', 'read:user']);
    const upstream = await LfsUpstream.start();
    return new LfsScene(forge, owner, bot, botToken, upstream, openLfsCopy(forge.url, botToken.token, options));
  }

  /** A private project that the add-on's account may push to. */
  async project(): Promise<TestRepo> {
    const repo = await this.forge.createRepo(this.owner.name, `p-${(this.#projects += 1)}`, { private: true });
    await this.forge.addCollaborator(repo.owner, repo.name, this.bot.name, 'write');
    return repo;
  }

  /** The upstream as a mirror without credentials has it. */
  get source(): LfsSource {
    return { endpoint: this.upstream.url, credentials: null, credentialsOrigin: this.upstream.origin };
  }

  copy(
    project: Pick<TestRepo, 'owner' | 'name'>,
    objects: readonly LfsObjectJson[],
    more: Partial<LfsCopyRequest> = {},
  ): Promise<LfsCopyResult> {
    const signal = new AbortController().signal;
    return this.lfs.copy({ objects, project, source: this.source, renew: null, onProgress: () => {}, signal, ...more });
  }

  /** What the project's LFS server has of an object; null when it has none. */
  async stored({ owner, name }: Pick<TestRepo, 'owner' | 'name'>, oid: string): Promise<Buffer | null> {
    const authorization = `Basic ${Buffer.from(`x:${this.botToken.token}`).toString('base64')}`;
    const url = `${this.forge.url}/${owner}/${name}.git/info/lfs/objects/${oid}`;
    const answer = await fetch(url, { headers: { authorization } });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
  }

  async close(): Promise<void> {
    await this.lfs.close();
    await this.upstream.close();
    await this.forge.close();
  }
}

/** A copy that may reach the loopback address and has little patience. */
export function openLfsCopy(forgeUrl: string, token: string, options: Partial<LfsCopyOptions> = {}) {
  return createLfsCopy({
    allowedAddresses: ['127.0.0.1'],
    forgeUrl,
    forgeToken: new Secret(token),
    idleTimeoutMs: 1_000,
    patience: { tries: 3, firstDelayMs: 5, maxDelayMs: 2_000 },
    ...options,
  });
}
