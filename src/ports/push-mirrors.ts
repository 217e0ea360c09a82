import type { Credentials, Secret } from '../domain/credentials';
import type { UpstreamUrl } from '../domain/upstream-url';

/** A push mirror of the forge: it pushes all branches and tags of a project, and deletes what the project lacks. Times are epoch ms. */
export interface PushMirror {
  /** The forge's name for it. */
  readonly name: string;
  /** Without credentials. Forgejo 11 leaves out the user of an ssh address. */
  readonly url: string;
  /** ms; 0: only when somebody asks, or when something is pushed. */
  readonly intervalMs: number;
  readonly syncOnCommit: boolean;
  /** null: all branches. */
  readonly branchFilter: string | null;
  /** To be installed at the target; null unless it is an ssh address. */
  readonly publicKey: string | null;
  readonly createdAt: number | null;
  readonly lastUpdateAt: number | null;
  /** The forge's words. */
  readonly lastError: string | null;
}

export interface NewPushMirror {
  readonly url: UpstreamUrl;
  /** null for an ssh address, for which the forge makes a key. */
  readonly credentials: Credentials | null;
  readonly intervalMs: number;
  readonly syncOnCommit: boolean;
  /** Globs, separated by commas; null: all branches. */
  readonly branchFilter: string | null;
}

/** What the push mirrors of this forge can do. */
export interface PushMirrorCapabilities {
  /** The forge makes a key for an ssh address. */
  readonly ssh: boolean;
  readonly branchFilter: boolean;
}

export type ProjectPath = { readonly owner: string; readonly name: string };

/**
 * The forge's own push mirrors, through its API and with an access token of an admin of the project, so that the forge
 * decides. None can be changed, only removed and made anew; they are synced all together.
 * All raise token_invalid, token_scope_missing, push_mirrors_denied, push_mirrors_disabled, project_not_found,
 * forge_project_archived, forge_unreachable and forge_failed.
 */
export interface PushMirrors {
  capabilities(token: Secret): Promise<PushMirrorCapabilities>;

  list(token: Secret, project: ProjectPath): Promise<readonly PushMirror[]>;

  /** Raises push_mirror_address_refused, push_mirror_refused. */
  create(token: Secret, project: ProjectPath, wanted: NewPushMirror): Promise<PushMirror>;

  /**
   * The forge answers alike for a name that it does not know. Forgejo 11 leaves the address with its credentials in the
   * configuration of the repository on the forge's disk.
   */
  remove(token: Secret, project: ProjectPath, name: string): Promise<void>;

  /**
   * Syncs all, one after the other, and answers only then; aborting breaks the push off. Answers false when one failed,
   * which keeps the forge from going on with the others.
   */
  sync(token: Secret, project: ProjectPath, signal: AbortSignal): Promise<boolean>;
}
