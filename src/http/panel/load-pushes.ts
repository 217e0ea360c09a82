import { toHeadwaterError } from '../../domain/errors';
import { pushes } from '../../panel/texts/pushes';
import type { Rich } from '../../panel/texts/rich';
import type { PushMirror } from '../../ports/push-mirrors';
import { signedInOf } from '../sign-in/session-data';
import type { Panel, PanelContext } from './panel-context';

/** The forge's push mirrors of the project, and whether they can be changed here. */
export interface LoadedPushes {
  readonly mirrors: readonly PushMirror[];
  readonly mayChange: boolean;
  /** Why not, where that can be mended. */
  readonly note: Rich | null;
}

/**
 * Read with the person's own token. Its scope does not go so far as to change them, so that is done by Headwater's account for
 * a person who is an admin of the project, and only where that account is one too.
 */
export async function loadPushes({ deps }: Panel, context: PanelContext): Promise<LoadedPushes> {
  const { caller, forge, links, request } = context;
  const nothing: LoadedPushes = { mirrors: [], mayChange: false, note: null };
  const token = signedInOf(request)?.token;
  if (token === undefined) return nothing;
  try {
    const { owner, name } = caller.project;
    const [mirrors, project] = await Promise.all([
      deps.pushMirrors.list(token, { owner, name }),
      deps.forge.project(caller.project.id).catch(() => null),
    ]);
    const mayChange = project?.canAdminister === true && !project.archived && !project.nativeMirror;
    const note = mayChange || mirrors.length === 0 ? null : pushes.mayNot(forge.account, links.forge.collaborators);
    return { mirrors, mayChange, note };
  } catch (thrown) {
    // A forge without push mirrors, or one that is busy: the pull mirror is shown all the same.
    const { code } = toHeadwaterError(thrown);
    deps.log.info({ code }, 'the push mirrors of a project could not be listed');
    return nothing;
  }
}
