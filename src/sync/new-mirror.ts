import { HeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import { noNotify } from '../domain/mirror-notify';
import { defaultOptions } from '../domain/mirror-options';
import type { ProjectName } from '../ports/forge';

/** A mirror that has only its address. Raises input_invalid when that is missing. */
export function newMirror(
  deps: { readonly newId: () => string },
  project: ProjectName,
  href: string | undefined,
  createdAt: number,
): Mirror {
  if (href === undefined) {
    throw new HeadwaterError(
      'input_invalid',
      { fields: 'url' },
      { fieldFaults: [{ field: 'url', message: 'is required to create a mirror' }] },
    );
  }
  return {
    id: deps.newId(),
    repoId: project.id,
    fullName: `${project.owner}/${project.name}`,
    ownerId: null,
    projectSeenAt: null,
    visibility: null,
    maintainer: null,
    url: href,
    authUser: null,
    sealedPassword: null,
    tokenExpiresAt: null,
    ssh: null,
    hook: null,
    notify: noNotify,
    enabled: true,
    options: defaultOptions,
    status: 'none',
    failures: 0,
    pause: null,
    lastError: null,
    lastStartedAt: null,
    lastFinishedAt: null,
    lastSuccessAt: null,
    nextUpdateAt: null,
    lastCounts: null,
    upstreamDefaultBranch: null,
    deliveredDigest: null,
    defaultBranchSet: null,
    held: null,
    activity: null,
    proof: null,
    pullRequests: [],
    activeRunId: null,
    askedAgainAt: null,
    lease: null,
    fence: 0,
    revision: 1,
    createdAt,
  };
}
