import type { Secret } from '../domain/credentials';

/** A project to be made. */
export interface NewProject {
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly description: string;
}

/** A project as whoever made it sees it. */
export interface MadeProject {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

/**
 * Projects made in the forge with somebody's own access token, so that the forge decides who may.
 * All raise token_invalid, forge_unreachable and forge_failed.
 */
export interface NewProjects {
  /**
   * Makes an empty project: for the token's owner (scopes write:user and write:repository), for an organization
   * (write:organization) or, as a site admin, for anybody (write:admin).
   * Raises project_exists, project_owner_denied, token_scope_missing, input_invalid (the name), forge_quota.
   */
  create(token: Secret, project: NewProject): Promise<MadeProject>;

  /**
   * The project of this name, if it is as `create` would have left it: empty, of the same visibility, and the token's owner
   * administers it. Otherwise null.
   */
  untouched(token: Secret, project: NewProject): Promise<MadeProject | null>;

  /** Makes an account a collaborator who may push. Raises forge_push_denied when the forge does not take it. */
  letPush(token: Secret, project: MadeProject, account: string): Promise<void>;
}
