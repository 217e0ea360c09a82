import { basicAuthorization, type Secret } from '../../domain/credentials';
import type { Forge } from '../../ports/forge';
import { createRequester } from '../../git-http/requester';
import { createForgeClient } from './client';
import { branchRules, tagRules } from './branch-rules';
import { setDefaultBranch } from './default-branch';
import { gitFault } from './errors';
import type { ForgeGit } from './forge-git';
import { createForgeIssues } from './issues';
import { listRefs } from './list-refs';
import { createLook } from './look';
import { moveRefs } from './move-refs';
import { openLane } from './pack-lane';
import { projectById, projectByPath } from './projects';
import { isContained, openPullRequest, pullRequest, setPullRequestState } from './pull-requests';
import { pushUpdates } from './push';
import { isProjectAdmin } from './project-admin';
import { caller, callerRights, hasAdminScope } from './rights';

export interface ForgeOptions {
  /** Address of the forge, with its path if it lives under one. */
  readonly url: string;
  /** Headwater's own account: write:repository and read:user. */
  readonly token: Secret;
  /** Limit of one REST request and of silence while refs are listed; ms. */
  readonly requestTimeoutMs?: number;
  /** A push in which nothing moves for so long is given up; hooks run in silence. ms. */
  readonly pushIdleTimeoutMs: number;
  /** Limit of one push; ms. */
  readonly pushTotalTimeoutMs: number;
  readonly maxListingBytes?: number;
}

/** Gitea or Forgejo over its REST API and git's smart HTTP. Close it to end the connections that it keeps. */
export function createForge(options: ForgeOptions): Forge & { close(): void } {
  const { token, requestTimeoutMs = 30_000 } = options;
  const url = options.url.replace(/\/+$/, '');
  const client = createForgeClient({ url, requestTimeoutMs });
  const secrets = [token.reveal()];
  const git: ForgeGit = {
    repository: ({ owner, name }) => new URL(`${url}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}.git`),
    // The forge ignores the user name beside a token. Basic, because in that form the token's scopes are checked first.
    authorization: basicAuthorization({ user: 'headwater', password: token }),
    requester: createRequester(),
    secrets,
    limits: {
      listIdleTimeoutMs: requestTimeoutMs,
      pushIdleTimeoutMs: options.pushIdleTimeoutMs,
      pushTotalTimeoutMs: options.pushTotalTimeoutMs,
      maxListingBytes: options.maxListingBytes ?? 512 * 1024 * 1024,
    },
  };

  let knownAccount: string | undefined;
  const account = async () => (knownAccount = await client.login(token));
  // For advice texts: what is known, and never an error of its own.
  const accountForAdvice = () => Promise.resolve(knownAccount ?? account().catch(() => 'of Headwater'));
  const rest = { client, token, accountForAdvice };

  return {
    account,
    look: createLook(client, token, () => performance.now()),
    project: (id) => projectById(rest, id),
    projectByPath: (owner, name) => projectByPath(rest, owner, name),
    caller: (whose) => caller(client, whose),
    seesEverything: async () => (await caller(client, token)).siteAdmin,
    isProjectAdmin: (project, maintainer) => isProjectAdmin(client, token, project, maintainer),
    hasAdminScope: (whose) => hasAdminScope(client, whose),
    callerRights: (whose, owner, name, needWriteScope) => callerRights(client, whose, owner, name, needWriteScope),
    async listRefs(project, signal) {
      const advice = { account: await accountForAdvice() };
      return listRefs(git, project, signal, gitFault({ doing: 'listing the refs', ...advice }));
    },
    async push(request) {
      return pushUpdates({ git, account: await accountForAdvice() }, request);
    },
    async openLane(request) {
      return openLane({ git, account: await accountForAdvice() }, request);
    },
    async moveRefs(request) {
      return moveRefs({ git, account: await accountForAdvice() }, request);
    },
    branchRules: (project) => branchRules(rest, project),
    tagRules: (project) => tagRules(rest, project),
    pullRequest: (project, number) => pullRequest(rest, project, number),
    openPullRequest: (project, wanted) => openPullRequest(rest, project, wanted),
    setPullRequestState: (project, number, state) => setPullRequestState(rest, project, number, state),
    isContained: (project, oid, branchOid) => isContained(rest, project, oid, branchOid),
    setDefaultBranch: (project, branch) => setDefaultBranch(rest, project, branch),
    ...createForgeIssues(rest),
    close: () => git.requester.close(),
  };
}
