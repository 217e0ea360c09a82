import { createForge } from '../../src/adapters/forge/create-forge';
import { Secret } from '../../src/domain/credentials';
import type { RefUpdate } from '../../src/domain/ref-plan';
import type { Forge, ForgeListing, ForgeProject, PackLane, PushResult } from '../../src/ports/forge';
import type { TestRepo, TestUser } from './forge-admin';
import type { ForgeChoice, TestForge } from './forges';
import { TempRepo } from './temp-repo';

/** A forge with an owner of projects, Headwater's account, and the adapter that acts as that account. */
export class ForgeStage {
  #projects = 0;

  private constructor(
    readonly forge: TestForge,
    readonly owner: TestUser,
    readonly bot: TestUser,
    readonly botToken: string,
    readonly adapter: Forge & { close(): void },
    /** Where objects to push come from. */
    readonly source: TempRepo,
  ) {}

  static async start<F extends TestForge>(choice: ForgeChoice & { start(): Promise<F> }): Promise<ForgeStage> {
    const forge = await choice.start();
    const owner = await forge.createUser('owner');
    const bot = await forge.createUser('headwater-bot');
    const { token } = await forge.createToken(bot, ['write:repository', 'read:user']);
    return new ForgeStage(forge, owner, bot, token, ForgeStage.adapter(forge.url, token), new TempRepo());
  }

  static adapter(url: string, token: string, idleMs = 30_000): Forge & { close(): void } {
    const limits = {
      requestTimeoutMs: Math.min(idleMs, 10_000),
      pushIdleTimeoutMs: idleMs,
      pushTotalTimeoutMs: 120_000,
    };
    return createForge({ url, token: new Secret(token), ...limits });
  }

  /** An empty project that Headwater's account may push to. */
  async newRepo(options: { readonly private?: boolean } = {}): Promise<TestRepo> {
    const repo = await this.forge.createRepo(this.owner.name, `project-${(this.#projects += 1)}`, options);
    await this.forge.addCollaborator(repo.owner, repo.name, this.bot.name, 'write');
    return repo;
  }

  async newProject(): Promise<ForgeProject> {
    return this.adapter.project((await this.newRepo()).id);
  }

  async token(user: TestUser, scopes: readonly string[]): Promise<string> {
    return (await this.forge.createToken(user, scopes)).token;
  }

  push(
    project: ForgeProject,
    updates: readonly RefUpdate[],
    changes: { cacheDir?: string; listing?: ForgeListing } = {},
  ): Promise<PushResult> {
    const signal = new AbortController().signal;
    return this.adapter.push({ project, cacheDir: this.source.dir, updates, onProgress: () => {}, signal, ...changes });
  }

  /** A lane for creating these refs; what it does not bring is pushed from `source`. */
  async openLane(
    project: ForgeProject,
    updates: readonly RefUpdate[],
    { adapter = this.adapter, signal = new AbortController().signal } = {},
  ): Promise<PackLane & { finish(): Promise<PushResult> }> {
    const lane = await adapter.openLane({ project, updates, signal });
    if (lane === null) throw new Error('the forge offers no lane');
    const request = { project, cacheDir: this.source.dir, onProgress: () => {}, signal };
    return { ...lane, finish: () => lane.push(request) };
  }

  async refs(project: ForgeProject): Promise<Record<string, string>> {
    return Object.fromEntries((await this.adapter.listRefs(project, new AbortController().signal)).refs);
  }

  async close(): Promise<void> {
    this.adapter.close();
    this.source.remove();
    await this.forge.close();
  }
}

export function create(ref: string, newOid: string): RefUpdate {
  return { ref, oldOid: null, newOid, action: 'created' };
}

export function forward(ref: string, oldOid: string, newOid: string): RefUpdate {
  return { ref, oldOid, newOid, action: 'fast_forwarded' };
}

/** Each ref's short outcome: the action, and the code of the reason where there is one. */
export function summary({ outcomes }: PushResult): Record<string, string> {
  return Object.fromEntries(
    outcomes.map(({ ref, action, reason }) => [ref, reason === null ? action : `${action}: ${reason.code}`]),
  );
}
