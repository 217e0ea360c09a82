import type { Secret } from '../../src/domain/credentials';
import { HeadwaterError, type FaultFacts } from '../../src/domain/errors';
import type { FaultCode } from '../../src/domain/fault-catalogue';
import type { Maintainer } from '../../src/domain/maintainer';
import type { RefName } from '../../src/domain/git-ref';
import type { RefOutcome } from '../../src/domain/run';
import type {
  Caller as CallerOfToken,
  CallerRights,
  Forge,
  ForgeListing,
  ForgeLook,
  ForgeProject,
  PullRequest,
  PushRequest,
  PushResult,
} from '../../src/ports/forge';
import { MemoryIssues } from './memory-issues';

export type FakeRole = 'stranger' | 'read' | 'write' | 'admin' | 'site admin';

interface Caller {
  readonly id: number;
  readonly login: string;
  readonly role: FakeRole;
  readonly scopes: readonly string[];
}

/** A forge in memory: projects, tokens with their owner's role, and refs. Set `down` to make everything unreachable. */
export class FakeForge implements Forge {
  down = false;
  /** Paths and ids that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #issues = new MemoryIssues();
  readonly issues = this.#issues.all;
  readonly projects = new Map<number, ForgeProject>();
  readonly refs = new Map<number, Map<RefName, string>>();
  readonly #callers = new Map<string, Caller>();

  addProject(changes: Partial<ForgeProject> = {}): ForgeProject {
    const project: ForgeProject = {
      id: this.projects.size + 1,
      owner: 'owner',
      name: 'project',
      empty: true,
      archived: false,
      private: false,
      nativeMirror: false,
      defaultBranch: 'main',
      canPush: true,
      canAdminister: true,
      ownerId: 7,
      hasPullRequests: true,
      ...changes,
    };
    this.projects.set(project.id, project);
    return project;
  }

  addToken(token: string, role: FakeRole, scopes: readonly string[] = ['write:repository']): void {
    const id = 1000 + this.#callers.size;
    this.#callers.set(token, { id, login: `${role} person`.replace(' ', '-'), role, scopes });
  }

  removeToken(token: string): void {
    this.#callers.delete(token);
  }

  async account(): Promise<string> {
    this.#assertUp('account');
    return 'headwater';
  }

  async look(): Promise<ForgeLook> {
    this.#assertUp('look');
    return { name: 'Forgejo', theme: 'forgejo-auto', keepsLfs: true };
  }

  async project(id: number): Promise<ForgeProject> {
    this.#assertUp(`project ${id}`);
    return this.projects.get(id) ?? missing();
  }

  async projectByPath(owner: string, name: string): Promise<ForgeProject> {
    this.#assertUp(`project ${owner}/${name}`);
    return this.#find(owner, name) ?? missing();
  }

  async caller(token: Secret): Promise<CallerOfToken> {
    this.#assertUp('caller');
    const caller = this.#callers.get(token.reveal());
    if (caller === undefined) throw new HeadwaterError('token_invalid');
    return { id: caller.id, login: caller.login, siteAdmin: caller.role === 'site admin' };
  }

  /** Whether our own account is a site admin. */
  isSiteAdmin = false;

  async seesEverything(): Promise<boolean> {
    this.#assertUp('seesEverything');
    return this.isSiteAdmin;
  }

  /** Tokens have no scope to tell whose they are. */
  nameless = false;

  /** Numbers of accounts that are no admins any more; null: our account may not ask. */
  revoked: Set<number> | null = new Set();

  async isProjectAdmin(project: ForgeProject, { id }: Maintainer): Promise<boolean | null> {
    this.#assertUp(`admin of ${project.id}`);
    return this.revoked === null ? null : !this.revoked.has(id);
  }

  async hasAdminScope(token: Secret): Promise<boolean> {
    return this.#callers.get(token.reveal())?.scopes.includes('read:admin') ?? false;
  }

  async callerRights(
    token: Secret,
    owner: string,
    name: string,
    needWriteScope: boolean,
  ): Promise<CallerRights | null> {
    this.#assertUp(`rights ${owner}/${name}`);
    const caller = this.#callers.get(token.reveal());
    if (caller === undefined) throw new HeadwaterError('token_invalid');
    const project = this.#find(owner, name);
    if (project === undefined || caller.role === 'stranger') return null;
    return {
      login: caller.login,
      person: this.nameless ? null : { id: caller.id, login: caller.login, siteAdmin: caller.role === 'site admin' },
      project: { id: project.id, owner: project.owner, name: project.name },
      admin: caller.role === 'admin' || caller.role === 'site admin',
      writeScope: needWriteScope && caller.scopes.includes('write:repository'),
    };
  }

  async listRefs(project: ForgeProject): Promise<ForgeListing> {
    this.#assertUp(`refs ${project.id}`);
    return { refs: new Map(this.refs.get(project.id) ?? []), advertisement: new Uint8Array() };
  }

  async push(request: PushRequest): Promise<PushResult> {
    this.#assertUp(`push ${request.project.id}`);
    const refs = this.refs.get(request.project.id) ?? new Map<RefName, string>();
    this.refs.set(request.project.id, refs);
    for (const { ref, newOid } of request.updates) {
      if (newOid === null) refs.delete(ref);
      else refs.set(ref, newOid);
    }
    return { outcomes: request.updates.map((update) => ({ ...update, reason: null })), sentBytes: 0 };
  }

  async openLane(): Promise<null> {
    return null;
  }

  async moveRefs(request: Pick<PushRequest, 'project' | 'updates' | 'signal'>): Promise<PushResult> {
    const refs = this.refs.get(request.project.id) ?? new Map<RefName, string>();
    const outcomes = request.updates.map((update): RefOutcome => {
      const { ref, oldOid, newOid } = update;
      if ((refs.get(ref) ?? null) !== oldOid)
        return { ...update, action: 'diverged', reason: fault('moved_meanwhile', { ref }).toFault() };
      if (newOid === null) refs.delete(ref);
      else refs.set(ref, newOid);
      return { ...update, reason: null };
    });
    this.refs.set(request.project.id, refs);
    return { outcomes, sentBytes: 0 };
  }

  async branchRules(): Promise<readonly string[]> {
    return [];
  }

  async tagRules(): Promise<readonly string[]> {
    return [];
  }

  async pullRequest(): Promise<null> {
    return null;
  }

  async openPullRequest(project: ForgeProject): Promise<PullRequest> {
    return { number: 1, url: `https://forge.example/${project.owner}/${project.name}/pulls/1`, state: 'open' };
  }

  async setPullRequestState(): Promise<void> {}

  async isContained(): Promise<boolean> {
    return false;
  }

  async setDefaultBranch(project: ForgeProject, branch: RefName): Promise<void> {
    this.#assertUp(`default branch ${project.id}`);
    this.projects.set(project.id, { ...project, defaultBranch: branch.replace('refs/heads/', '') });
  }

  openIssue: Forge['openIssue'] = async (issue) => {
    this.#assertUp(`issue ${issue.title}`);
    return this.#issues.openIssue(issue);
  };

  closeIssue: Forge['closeIssue'] = async (issue) => {
    this.#assertUp('close issue');
    return this.#issues.closeIssue(issue);
  };

  #find(owner: string, name: string): ForgeProject | undefined {
    return [...this.projects.values()].find((project) => project.owner === owner && project.name === name);
  }

  #assertUp(what: string): void {
    this.asked.push(what);
    if (this.down) throw fault('forge_unreachable', { why: 'ECONNREFUSED' });
  }
}

function missing(): never {
  throw fault('forge_project_missing', { account: 'headwater' });
}

function fault(code: FaultCode, facts: FaultFacts = {}): HeadwaterError {
  return new HeadwaterError(code, facts);
}
