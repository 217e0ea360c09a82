import { randomBytes } from 'node:crypto';

export interface ForgeUser {
  readonly id: number;
  name: string;
  readonly email: string;
  password: string;
  siteAdmin: boolean;
  /** Switched off by a site admin (`prohibit_login`). */
  blocked: boolean;
  /** Ids of its owners, who are the only members; only organizations have them. */
  readonly owners?: ReadonlySet<number>;
}

export interface ForgeToken {
  readonly id: number;
  readonly name: string;
  readonly user: ForgeUser;
  readonly secret: string;
  readonly scopes: readonly string[];
  /** Epoch ms; access tokens of OAuth2 have it. */
  readonly expiresAt?: number;
}

export interface BranchRule {
  readonly rule: string;
  readonly canPush: boolean;
  /** null: everybody with write access. */
  readonly pushers: readonly string[] | null;
  readonly signedOnly: boolean;
  /** Globs. */
  readonly protectedFiles: readonly string[];
}

export interface TagRule {
  readonly id: number;
  readonly pattern: string;
  readonly pushers: readonly string[];
}

export interface ForgeWebhook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
}

export interface ForgePull {
  readonly number: number;
  readonly author: ForgeUser;
  /** Short names of branches of the repository. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  state: 'open' | 'closed' | 'merged';
}

export interface ForgeIssue {
  readonly number: number;
  readonly author: ForgeUser;
  readonly title: string;
  readonly body: string;
  readonly comments: string[];
  state: 'open' | 'closed';
}

export interface ForgePushMirror {
  readonly name: string;
  /** With its credentials. */
  readonly address: string;
  readonly interval: string;
  readonly syncOnCommit: boolean;
  readonly publicKey: string;
  /** '' for all branches. */
  readonly branchFilter: string;
  /** Epoch ms. */
  readonly createdAt: number;
  lastUpdateAt: number;
  lastError: string;
}

export interface ForgeRepo {
  readonly id: number;
  owner: ForgeUser;
  name: string;
  private: boolean;
  readonly mirror: boolean;
  readonly description: string;
  archived: boolean;
  empty: boolean;
  defaultBranch: string;
  readonly collaborators: Map<number, 'read' | 'write' | 'admin'>;
  branchRules: BranchRule[];
  tagRules: TagRule[];
  webhooks: ForgeWebhook[];
  pushMirrors: ForgePushMirror[];
  readonly pulls: ForgePull[];
  hasIssues: boolean;
  readonly issues: ForgeIssue[];
  /** Numbers that were given to issues; one that was deleted is not given again. */
  lastIssue: number;
  hasPulls: boolean;
}

/** What a forge keeps in its database. Names are looked up without regard to case, as forges do. */
export class ForgeState {
  readonly users = new Map<string, ForgeUser>();
  readonly tokens = new Map<string, ForgeToken>();
  readonly repos = new Map<string, ForgeRepo>();
  /** Old full name to the id of the repository that had it. */
  readonly redirects = new Map<string, number>();
  systemWebhooks: ForgeWebhook[] = [];
  /** [mirror] ENABLED. */
  mirrorsEnabled = true;
  /** Push mirrors can choose branches, as those of newer versions of Forgejo can. */
  branchFilters = false;
  /** Owners whose quota is used up. */
  readonly overQuota = new Set<string>();
  #lastId = 0;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  user(name: string): ForgeUser | undefined {
    return this.users.get(name.toLowerCase());
  }

  addUser(name: string, email: string, password: string): ForgeUser {
    const user: ForgeUser = { id: this.nextId(), name, email, password, siteAdmin: false, blocked: false };
    this.users.set(name.toLowerCase(), user);
    return user;
  }

  addOrganization(name: string, owner: ForgeUser): ForgeUser {
    const organization: ForgeUser = {
      ...{ id: this.nextId(), name, email: '', password: '', siteAdmin: false, blocked: false },
      owners: new Set([owner.id]),
    };
    this.users.set(name.toLowerCase(), organization);
    return organization;
  }

  addToken(user: ForgeUser, name: string, scopes: readonly string[]): ForgeToken {
    const token: ForgeToken = { id: this.nextId(), name, user, secret: randomBytes(20).toString('hex'), scopes };
    this.tokens.set(token.secret, token);
    return token;
  }

  repo(owner: string, name: string): ForgeRepo | undefined {
    return this.repos.get(keyOf(owner, name));
  }

  repoById(id: number): ForgeRepo | undefined {
    return [...this.repos.values()].find((repo) => repo.id === id);
  }

  addRepo(
    owner: ForgeUser,
    name: string,
    options: { private: boolean; mirror: boolean; description?: string },
  ): ForgeRepo {
    const repo: ForgeRepo = {
      description: '',
      ...options,
      id: this.nextId(),
      owner,
      name,
      archived: false,
      empty: true,
      defaultBranch: 'main',
      collaborators: new Map(),
      branchRules: [],
      tagRules: [],
      webhooks: [],
      pushMirrors: [],
      pulls: [],
      hasIssues: true,
      issues: [],
      lastIssue: 0,
      hasPulls: true,
    };
    this.repos.set(keyOf(owner.name, name), repo);
    this.redirects.delete(keyOf(owner.name, name));
    return repo;
  }

  moveRepo(repo: ForgeRepo, owner: ForgeUser, name: string): void {
    this.removeRepo(repo);
    this.redirects.set(keyOf(repo.owner.name, repo.name), repo.id);
    repo.owner = owner;
    repo.name = name;
    this.repos.set(keyOf(owner.name, name), repo);
    this.redirects.delete(keyOf(owner.name, name));
  }

  removeRepo(repo: ForgeRepo): void {
    this.repos.delete(keyOf(repo.owner.name, repo.name));
  }

  /** The repository that used to have this name. */
  movedRepo(owner: string, name: string): ForgeRepo | undefined {
    const id = this.redirects.get(keyOf(owner, name));
    return id === undefined ? undefined : this.repoById(id);
  }
}

function keyOf(owner: string, name: string): string {
  return `${owner}/${name}`.toLowerCase();
}
