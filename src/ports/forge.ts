import type { Secret } from '../domain/credentials';
import type { Progress } from '../domain/events';
import type { Maintainer } from '../domain/maintainer';
import type { Oid, RefMap, RefName } from '../domain/git-ref';
import type { PullRequestState } from '../domain/pull-request';
import type { RefUpdate } from '../domain/ref-plan';
import type { RefOutcome } from '../domain/run';
import type { ForgeIssues } from './forge-issues';

/** A project of the forge as the add-on's own account sees it. */
export interface ForgeProject {
  /** Stable numeric id. */
  readonly id: number;
  readonly owner: string;
  /** Stable numeric id of the owner, whose name may change. */
  readonly ownerId: number;
  readonly name: string;
  /** No ref was ever pushed to it. */
  readonly empty: boolean;
  readonly archived: boolean;
  /** Only people with a right see it. */
  readonly private: boolean;
  /** One of the forge's own pull mirrors: read-only for everybody. */
  readonly nativeMirror: boolean;
  /** Where it was imported or is mirrored from, without credentials; null: nowhere. */
  readonly originalUrl?: string | null;
  /** Short branch name; set even for an empty project. */
  readonly defaultBranch: string;
  /** May the add-on's account push code? */
  readonly canPush: boolean;
  /** Is it an admin of the project? */
  readonly canAdminister?: boolean;
  /** Pull requests are switched on in the project. */
  readonly hasPullRequests: boolean;
}

/** What a project is known by. */
export type ProjectName = Pick<ForgeProject, 'id' | 'owner' | 'name'>;

export interface PullRequest {
  readonly number: number;
  /** Its page. */
  readonly url: string;
  readonly state: PullRequestState;
}

export interface NewPullRequest {
  /** Branches of the project. */
  readonly head: RefName;
  readonly base: RefName;
  /** Markdown, as people see them. */
  readonly title: string;
  readonly body: string;
}

/** What the forge says of itself. */
export interface ForgeLook {
  readonly name: 'Forgejo' | 'Gitea';
  /** The theme of those who chose none. */
  readonly theme: string;
  readonly keepsLfs: boolean;
}

/** Who a caller's access token belongs to and what it may do with one project. */
export interface CallerRights {
  readonly login: string;
  /** null: the token does not tell whose it is. */
  readonly person: Caller | null;
  readonly project: { readonly id: number; readonly owner: string; readonly name: string };
  readonly admin: boolean;
  /** The token itself carries write:repository; the forge's `permissions` do not tell (facts: they are the user's). */
  readonly writeScope: boolean;
}

/** Who an access token belongs to. */
export interface Caller {
  readonly id: number;
  readonly login: string;
  readonly siteAdmin: boolean;
}

/** Branches and tags of a project at one moment. */
export interface ForgeListing {
  readonly refs: RefMap;
  /** The forge's own words, for `PushRequest.listing` and nothing else. */
  readonly advertisement: Uint8Array;
}

export interface PushRequest {
  readonly project: ForgeProject;
  /** What `listRefs` answered, if Headwater pushed nothing since: saves asking again. A ref that somebody else moved is refused all the same. */
  readonly listing?: ForgeListing | undefined;
  /** Bare repository that holds the objects. */
  readonly cacheDir: string;
  /** One portion; every ref is pushed with its exact old value, so a ref that moved meanwhile is refused, not overwritten. */
  readonly updates: readonly RefUpdate[];
  readonly onProgress: (progress: Pick<Progress, 'bytes'>) => void;
  readonly signal: AbortSignal;
}

export type LaneRequest = Pick<PushRequest, 'project' | 'updates' | 'signal'>;

/**
 * A push whose pack comes from elsewhere, piece by piece, while the repository that it is for is still being made. The forge
 * keeps everything in quarantine until `push` seals the pack, with bytes that nobody else can know.
 */
export interface PackLane {
  /** What it was opened for. */
  readonly updates: readonly RefUpdate[];
  /** Takes the next piece of the pack; resolves when it is ready for more. A lane that broke off takes anything. */
  write(bytes: Uint8Array): Promise<void> | void;
  /** Like `Forge.push`, for its own updates: seals the pack, or pushes from the repository if the lane broke off before. */
  push(request: Omit<PushRequest, 'updates'>): Promise<PushResult>;
  /** Ends it; what was not pushed leaves nothing in the forge. Idempotent. */
  abort(): void;
}

export interface PushResult {
  /** One per update, in the same order. */
  readonly outcomes: readonly RefOutcome[];
  readonly sentBytes: number;
}

/**
 * Gitea or Forgejo. Every method but `caller`, `hasAdminScope` and `callerRights` acts as the add-on's own account.
 * All raise forge_unreachable, forge_failed and forge_token_refused; nothing is retried here.
 */
export interface Forge extends ForgeIssues {
  /** The add-on's account, for advice texts. */
  account(): Promise<string>;

  /** Remembered for some minutes. */
  look(): Promise<ForgeLook>;

  /** By id; follows renames. Raises forge_project_missing. */
  project(id: number): Promise<ForgeProject>;

  /** By path, as a person names it. Raises forge_project_missing. */
  projectByPath(owner: string, name: string): Promise<ForgeProject>;

  /** Asks with the token itself. Raises token_invalid, and token_scope_missing without read:user. */
  caller(token: Secret): Promise<Caller>;

  /** Whether a site admin's token itself may read what only site admins see; `siteAdmin` is the person's right. Raises token_invalid. */
  hasAdminScope(token: Secret): Promise<boolean>;

  /** Is the add-on's own account a site admin, so that a project which it does not find is not there? */
  seesEverything(): Promise<boolean>;

  /**
   * Answers null when the token's owner cannot see the project. Raises token_invalid.
   * `needWriteScope` costs one more request and finds out `writeScope`; it is false otherwise.
   */
  callerRights(token: Secret, owner: string, name: string, needWriteScope: boolean): Promise<CallerRights | null>;

  /**
   * Is this account an admin of the project at this moment, be it as its owner, through a team or as a site admin? An account
   * that is gone or switched off is none. null: it may be one, but the add-on's account cannot tell, since it is no admin there
   * itself and sees only who may write.
   */
  isProjectAdmin(project: ForgeProject, maintainer: Maintainer): Promise<boolean | null>;

  /** Branches and tags as git sees them, read from the project's own ref advertisement. */
  listRefs(project: ForgeProject, signal: AbortSignal): Promise<ForgeListing>;

  /**
   * `git push` over the forge's HTTP, so that every hook fires. A hook that refuses one ref must not hold up the others:
   * a refused portion is halved until the culprits stand alone. An answer that got lost is settled by reading the refs back.
   * Raises forge_push_denied, forge_project_archived, forge_project_is_native_mirror, forge_project_missing, forge_quota,
   * forge_push_failed, upstream_corrupt (objects are missing from the cache).
   */
  push(request: PushRequest): Promise<PushResult>;

  /**
   * Opens a push for a pack that is about to come, into a project without refs. Answers null for more refs than fit into one
   * push. Raises nothing but what `account` raises.
   */
  openLane(request: LaneRequest): Promise<PackLane | null>;

  /**
   * Moves refs to objects that the forge has already: puts back old values, keeps them under another name. Takes nothing
   * from the cache; hooks run as for every push, and every ref goes from its exact old value. A value that the forge no
   * longer has is told as `old_value_gone`. Raises what `push` raises.
   */
  moveRefs(request: Pick<PushRequest, 'project' | 'updates' | 'signal'>): Promise<PushResult>;

  /** Names of the branch protection rules, which are globs. Raises forge_rules_denied. */
  branchRules(project: ForgeProject): Promise<readonly string[]>;

  /** Patterns of the tag protection rules: globs without regard to slashes, or regular expressions between slashes. Raises forge_rules_denied. */
  tagRules(project: ForgeProject): Promise<readonly string[]>;

  /** null: there is none of this number, or pull requests are switched off. */
  pullRequest(project: ForgeProject, number: number): Promise<PullRequest | null>;

  /** Answers the open one that there is, if there is one for these branches. Raises pull_request_refused. */
  openPullRequest(project: ForgeProject, wanted: NewPullRequest): Promise<PullRequest>;

  /** Raises pull_request_refused. */
  setPullRequestState(project: ForgeProject, number: number, state: 'open' | 'closed'): Promise<void>;

  /** Is every commit that `oid` reaches part of the history of `branchOid`, a branch's value? What the forge lacks is not. */
  isContained(project: ForgeProject, oid: Oid, branchOid: Oid): Promise<boolean>;

  /** Only ever asked for a branch that exists. Raises forge_default_branch_denied. */
  setDefaultBranch(project: ForgeProject, branch: RefName): Promise<void>;
}
