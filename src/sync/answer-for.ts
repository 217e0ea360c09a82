import type { Maintainer } from '../domain/maintainer';
import type { Mirror } from '../domain/mirror';
import type { ForgeProject } from '../ports/forge';
import type { SetUpBy } from './hold-to-policy';
import type { MirrorSettings } from './mirror-settings';

/**
 * Whoever names the upstream or its credentials answers for the mirror from then on (AUTH-01), and does so in view of who may
 * see the project (AUTH-04).
 */
export function answerFor(
  before: Mirror | null,
  after: Mirror,
  project: Pick<ForgeProject, 'private'>,
  settings: MirrorSettings,
): Mirror {
  if (before !== null && !namesAccess(settings)) return after;
  return {
    ...after,
    maintainer: maintainerAfter(before?.maintainer ?? null, settings.by),
    visibility: { private: project.private, madePublicAt: null },
  };
}

/** Nobody knows who an unknown person is, so whoever answered before still does. */
export function maintainerAfter(before: Maintainer | null, by: SetUpBy | null | undefined): Maintainer | null {
  if (by === 'server') return null;
  return by == null ? before : { id: by.id, login: by.login, siteAdmin: by.siteAdmin };
}

function namesAccess({ url, authUser, authPassword, sshKeyType, sshHostKeys }: MirrorSettings): boolean {
  return [url, authUser, authPassword, sshKeyType, sshHostKeys].some((value) => value !== undefined);
}
