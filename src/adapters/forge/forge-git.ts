import type { HttpRequester } from '../../git-http/requester';

/** What git over HTTP needs to know of the forge. */
export interface ForgeGit {
  /** Address of a project's repository. */
  readonly repository: (project: { readonly owner: string; readonly name: string }) => URL;
  readonly authorization: string;
  readonly requester: HttpRequester;
  /** Blotted out of whatever the forge says. */
  readonly secrets: readonly string[];
  readonly limits: {
    readonly listIdleTimeoutMs: number;
    readonly pushIdleTimeoutMs: number;
    readonly pushTotalTimeoutMs: number;
    readonly maxListingBytes: number;
  };
}
