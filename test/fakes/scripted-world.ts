import type { Maintainer } from '../../src/domain/maintainer';
import { createHash } from 'node:crypto';
import { compilePattern } from '../../src/adapters/patterns/compile-pattern';
import type { BackupRule } from '../../src/domain/backup';
import { Secret } from '../../src/domain/credentials';
import { fault, HeadwaterError, type Fault } from '../../src/domain/errors';
import { isMirrored, shortName, type Oid, type RefName } from '../../src/domain/git-ref';
import type { LfsLogin } from '../../src/domain/lfs-source';
import type { SchedulePolicy } from '../../src/domain/mirror';
import type { PullRequestState } from '../../src/domain/pull-request';
import type { AncestryQuestion } from '../../src/domain/ref-plan';
import type { RefOutcome } from '../../src/domain/run';
import type {
  ForgeProject,
  LaneRequest,
  NewPullRequest,
  PackLane,
  PullRequest,
  PushRequest,
  PushResult,
} from '../../src/ports/forge';
import type { ObjectCache } from '../../src/ports/object-cache';
import type { FetchRequest, RefListing, UpstreamAccess } from '../../src/ports/upstream';
import type { MirrorSettings } from '../../src/sync/mirror-settings';
import { enrolMirror } from '../../src/sync/enrol-mirror';
import { requestSync } from '../../src/sync/request-sync';
import { syncMirror } from '../../src/sync/sync-mirror';
import { buildPolicy } from '../support/builders';
import { FixedClock } from './fixed-clock';
import { FakeSsh } from './fake-ssh';
import { MemoryIssues } from './memory-issues';
import { MemoryLogger } from './memory-logger';
import { MemoryNotices } from './memory-notices';
import { MemoryQueue } from './memory-queue';
import { MemoryStore } from './memory-store';
import { PlainSecretBox } from './plain-secret-box';
import { RecordedWebhooks } from './recorded-webhooks';
import { ScriptedLfs } from './scripted-lfs';

export const minute = 60_000;
export const hour = 60 * minute;

/** Commits with one parent each, or two, shared by upstream, cache and forge: enough history to tell forward from sideways. */
class History {
  readonly #parents = new Map<Oid, Oid | null>();
  readonly #joined = new Map<Oid, Oid>();

  commit(name: string, parent: Oid | null = null): Oid {
    const oid = createHash('sha1').update(name).digest('hex');
    this.#parents.set(oid, parent);
    return oid;
  }

  /** Gives a commit a second parent. */
  join(oid: Oid, parent: Oid): Oid {
    this.#joined.set(oid, parent);
    return oid;
  }

  isAncestor({ oldOid, newOid }: AncestryQuestion): boolean {
    const seen = new Set<Oid>();
    const waiting = [newOid];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at === oldOid) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      waiting.push(
        ...[this.#parents.get(at), this.#joined.get(at)].filter((one): one is Oid => typeof one === 'string'),
      );
    }
    return false;
  }

  /** By first parents, histories meet if they begin with the same commit. */
  share({ oldOid, newOid }: AncestryQuestion): boolean {
    return this.#root(oldOid) === this.#root(newOid);
  }

  #root(oid: Oid): Oid {
    let root = oid;
    for (let at: Oid | null | undefined = oid; at; at = this.#parents.get(at)) root = at;
    return root;
  }
}

/** The whole product with everything outside played by memory: one project, one upstream, a clock that stands still. */
export class ScriptedWorld {
  readonly policy: SchedulePolicy = buildPolicy();
  readonly clock = new FixedClock(Date.UTC(2026, 0, 1, 12));
  readonly store = new MemoryStore(this.clock);
  readonly queue = new MemoryQueue();
  readonly notices = new MemoryNotices();
  readonly log = new MemoryLogger();
  readonly secrets = new PlainSecretBox();
  readonly ssh = new FakeSsh();
  readonly history = new History();

  /** The upstream's refs and its HEAD. */
  readonly upstreamRefs = new Map<RefName, Oid>();
  upstreamHead: RefName | null = 'refs/heads/main';
  invalidNames: string[] = [];
  /** Raised by the next calls while set. */
  upstreamFault: HeadwaterError | null = null;
  readonly upstreamCalls: string[] = [];
  lastAccess: UpstreamAccess | null = null;

  /** What the upstream says of its LFS server over SSH. */
  lfsLogin: LfsLogin | null = null;

  /** The forge's refs. */
  readonly forgeRefs = new Map<RefName, Oid>();
  project: ForgeProject = {
    id: 7,
    owner: 'ann',
    name: 'project',
    empty: true,
    archived: false,
    private: false,
    nativeMirror: false,
    defaultBranch: 'trunk',
    canPush: true,
    ownerId: 7,
    hasPullRequests: true,
  };
  /** Numbers of accounts that are no admins of the project any more. */
  readonly revoked = new Set<number>();
  forgeFault: HeadwaterError | null = null;
  readonly refusedRefs = new Set<RefName>();
  branchRules: string[] = [];
  tagRules: string[] = [];
  readonly protectedRefs = new Set<RefName>();
  /** Why the forge refuses a push to a ref. */
  readonly refusals = new Map<RefName, Fault>();
  readonly compilePattern = compilePattern;
  /** The account may not set the default branch. */
  deniesDefaultBranch = false;
  readonly pulls: { head: RefName; base: RefName; title: string; state: PullRequestState }[] = [];
  /** Raised by what opens, reopens or closes a pull request while set. */
  pullFault: HeadwaterError | null = null;
  readonly forgeCalls: string[] = [];
  readonly pushes: RefName[][] = [];
  /** Runs in the middle of a push, before the forge decides. */
  beforePush: (request: PushRequest) => Promise<void> | void = () => undefined;
  /** Runs after the forge took a push, before Headwater hears of it. */
  afterPush: () => Promise<void> | void = () => undefined;

  /** The forge offers a lane. */
  hasLane = false;
  /** What was done with lanes, in order. */
  readonly laneCalls: string[] = [];

  readonly cacheTips = new Set<Oid>();
  cacheRemovals = 0;
  #ids = 0;

  readonly newId = (): string => `id-${(this.#ids += 1)}`;
  portionSize = 2;
  backupRule: BackupRule = { perRef: 10, ageMs: 90 * 24 * hour };
  readonly workerId = 'worker';
  readonly leaseMs = minute;
  readonly checkUpstream = (): void => undefined;

  readonly upstream = {
    list: async (access: UpstreamAccess): Promise<RefListing> => {
      this.upstreamCalls.push('list');
      this.lastAccess = access;
      if (this.upstreamFault !== null) throw this.upstreamFault;
      const refs = new Map(this.upstreamRefs);
      const digest = JSON.stringify([[...refs].sort(), this.invalidNames, this.upstreamHead]);
      const defaultBranch = this.upstreamHead !== null && refs.has(this.upstreamHead) ? this.upstreamHead : null;
      return { refs, invalidNames: this.invalidNames, defaultBranch, digest, capabilities: [], receivedBytes: 100 };
    },
    lfsLogin: async (): Promise<LfsLogin | null> => {
      this.upstreamCalls.push('lfsLogin');
      return this.lfsLogin;
    },
    fetch: async (request: FetchRequest) => {
      this.upstreamCalls.push(`fetch ${request.wanted.length}`);
      await request.takePack?.(new Uint8Array(1000));
      request.onProgress({ phase: 'receiving', done: 1, total: 1, bytes: 1000 });
      return { receivedBytes: 1000 };
    },
  };

  readonly cache: ObjectCache = {
    open: async () => '/cache',
    tips: async () => new Set(this.cacheTips),
    setTips: async (_, tips) => {
      this.cacheTips.clear();
      for (const tip of tips) this.cacheTips.add(tip);
    },
    areAncestors: async (_, questions) => questions.map((question) => this.history.isAncestor(question)),
    shareHistory: async (_, questions) => questions.map((question) => this.history.share(question)),
    tagsOn: async (_, tags, tips) =>
      new Set(tags.filter((tag) => tips.some((tip) => this.history.isAncestor({ oldOid: tag, newOid: tip })))),
    remove: async () => {
      this.cacheRemovals += 1;
      this.cacheTips.clear();
    },
    sweep: async () => undefined,
  };

  readonly lfs = new ScriptedLfs();

  readonly issues = new MemoryIssues();
  readonly webhooks = new RecordedWebhooks();
  readonly publicUrl = (): string => 'https://headwater.example';
  readonly forge = {
    openIssue: this.issues.openIssue,
    closeIssue: this.issues.closeIssue,
    account: async () => 'headwater',
    seesEverything: async () => false,
    isProjectAdmin: async (_project: ForgeProject, { id }: Maintainer): Promise<boolean | null> => {
      this.#callForge('isProjectAdmin');
      return !this.revoked.has(id);
    },
    project: async (): Promise<ForgeProject> => {
      this.#callForge('project');
      return { ...this.project, empty: this.forgeRefs.size === 0 };
    },
    listRefs: async () => {
      this.#callForge('listRefs');
      const refs = new Map([...this.forgeRefs].filter(([ref]) => isMirrored(ref)));
      return { refs, advertisement: new Uint8Array() };
    },
    push: async (request: PushRequest): Promise<PushResult> => {
      this.#callForge('push');
      this.pushes.push(request.updates.map((update) => update.ref));
      await this.beforePush(request);
      request.signal.throwIfAborted();
      const outcomes = request.updates.map((update): RefOutcome => {
        const { ref, oldOid, newOid, action } = update;
        if (this.protectedRefs.has(ref))
          return { ...update, action: 'rejected', reason: fault('branch_protected', { ref, account: 'headwater' }) };
        const refusal = this.refusals.get(ref);
        if (refusal !== undefined) return { ...update, action: 'rejected', reason: refusal };
        if (this.refusedRefs.has(ref))
          return { ref, oldOid, newOid, action: 'rejected', reason: fault('hook_declined', { ref, why: 'no' }) };
        if ((this.forgeRefs.get(ref) ?? null) !== oldOid)
          return { ref, oldOid, newOid, action: 'diverged', reason: fault('moved_meanwhile', { ref }) };
        this.#put(ref, newOid);
        return { ref, oldOid, newOid, action, reason: null };
      });
      await this.afterPush();
      return { outcomes, sentBytes: 500 };
    },
    openLane: async ({ updates }: LaneRequest): Promise<PackLane | null> => {
      if (!this.hasLane) return null;
      this.laneCalls.push('open');
      return {
        updates,
        write: (bytes) => void this.laneCalls.push(`write ${bytes.length}`),
        push: (request) => {
          this.laneCalls.push('push');
          return this.forge.push({ ...request, updates });
        },
        abort: () => void this.laneCalls.push('abort'),
      };
    },
    moveRefs: async ({ updates }: Pick<PushRequest, 'project' | 'updates' | 'signal'>): Promise<PushResult> => {
      this.#callForge('moveRefs');
      const outcomes = updates.map((update): RefOutcome => {
        const { ref, oldOid } = update;
        if (this.refusedRefs.has(ref))
          return { ...update, action: 'rejected', reason: fault('hook_declined', { ref, why: 'no' }) };
        if ((this.forgeRefs.get(ref) ?? null) !== oldOid)
          return { ...update, action: 'diverged', reason: fault('moved_meanwhile', { ref }) };
        this.#put(ref, update.newOid);
        return { ...update, reason: null };
      });
      return { outcomes, sentBytes: 300 };
    },
    branchRules: async () => {
      this.#callForge('branchRules');
      return this.branchRules;
    },
    tagRules: async () => {
      this.#callForge('tagRules');
      return this.tagRules;
    },
    pullRequest: async (_: ForgeProject, number: number) => {
      this.#callForge(`pullRequest ${number}`);
      return this.#pull(number);
    },
    openPullRequest: async (_: ForgeProject, { head, base, title }: NewPullRequest) => {
      this.#callForge(`openPullRequest ${base}`);
      if (this.pullFault !== null) throw this.pullFault;
      if (!this.forgeRefs.has(head)) throw new Error('the head is not there');
      const known = this.pulls.findIndex((pull) => pull.head === head && pull.base === base && pull.state === 'open');
      if (known < 0) this.pulls.push({ head, base, title, state: 'open' });
      return this.#pull(known < 0 ? this.pulls.length : known + 1) as PullRequest;
    },
    setPullRequestState: async (_: ForgeProject, number: number, state: 'open' | 'closed') => {
      this.#callForge(`setPullRequestState ${number} ${state}`);
      if (this.pullFault !== null) throw this.pullFault;
      const pull = this.pulls[number - 1];
      if (pull !== undefined) pull.state = state;
    },
    isContained: async (_: ForgeProject, oid: Oid, branchOid: Oid) =>
      this.history.isAncestor({ oldOid: oid, newOid: branchOid }),
    setDefaultBranch: async (_: ForgeProject, branch: RefName) => {
      this.#callForge(`setDefaultBranch ${branch}`);
      if (this.deniesDefaultBranch)
        throw new HeadwaterError('forge_default_branch_denied', { branch: shortName(branch), account: 'headwater' });
      this.project = { ...this.project, defaultBranch: branch.replace('refs/heads/', '') };
    },
  };

  #pull(number: number): PullRequest | null {
    const pull = this.pulls[number - 1];
    return pull === undefined ? null : { number, url: `https://forge.example/pulls/${number}`, state: pull.state };
  }

  #put(ref: RefName, oid: Oid | null): void {
    if (oid === null) this.forgeRefs.delete(ref);
    else this.forgeRefs.set(ref, oid);
  }

  #callForge(call: string): void {
    this.forgeCalls.push(call);
    if (this.forgeFault !== null) throw this.forgeFault;
  }

  async enrol(settings: MirrorSettings = {}): Promise<string> {
    const url = 'https://upstream.example/group/project.git';
    const { mirror } = await enrolMirror(this, this.project, { url, ...settings });
    return mirror.id;
  }

  /** What the worker does with the next job. */
  async work(shutdown: AbortSignal = new AbortController().signal): Promise<void> {
    const job = this.queue.take();
    if (job === undefined) throw new Error('nothing waits in the queue');
    await syncMirror(this, job, shutdown);
  }

  /** Enrols the upstream as it is, and runs it once. */
  async imported(settings: MirrorSettings = {}): Promise<string> {
    const id = await this.enrol(settings);
    await this.work();
    return id;
  }

  async updateNow(id: string): Promise<void> {
    await requestSync(this, id, 'manual');
    await this.work();
  }

  async mirror(id: string) {
    const mirror = await this.store.mirror(id);
    if (mirror === null) throw new Error('no such mirror');
    return mirror;
  }

  async lastRun(id: string) {
    const { items } = await this.store.runs(id, { page: 1, limit: 1 });
    if (items[0] === undefined) throw new Error('no run');
    return items[0];
  }

  async outcomes(id: string): Promise<[RefName, string, string | undefined][]> {
    const run = await this.lastRun(id);
    const { items } = await this.store.runOutcomes(run.id, { page: 1, limit: 100 });
    return items.map((outcome) => [outcome.ref, outcome.action, outcome.reason?.code]);
  }
}

export const secret = (text: string): Secret => new Secret(text);
