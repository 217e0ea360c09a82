import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import { pushes } from '../../panel/texts/pushes';
import type { Rich } from '../../panel/texts/rich';
import type { PushMirror } from '../../ports/push-mirrors';
import type { ForgeProject } from '../../ports/forge';
import { signedInOf } from '../sign-in/session-data';
import type { Panel, PanelContext } from './panel-context';

/** The forge's push mirrors of the project, and whether they can be changed here. */
export interface LoadedPushes {
  readonly mirrors: readonly PushMirror[];
  readonly mayChange: boolean;
  /** Why not, where that can be mended. */
  readonly note: Rich | null;
}

export const noPushes: LoadedPushes = { mirrors: [], mayChange: false, note: null };

/**
 * Read with the person's own token. Its scope does not go so far as to change them, so that is done by Headwater's account for
 * a person who is an admin of the project, and only where that account is one too.
 */
export async function loadPushes(
  { deps }: Panel,
  context: PanelContext,
  project: Promise<ForgeProject | null> = projectOf({ deps }, context),
): Promise<LoadedPushes> {
  const { caller, forge, links, request } = context;
  const token = signedInOf(request)?.token;
  if (token === undefined) return noPushes;
  try {
    const { owner, name } = caller.project;
    const [mirrors, seen] = await Promise.all([
      deps.pushMirrors.list(token, { owner, name }),
      project.catch(() => null),
    ]);
    const mayChange = seen?.canAdminister === true && !seen.archived && !seen.nativeMirror;
    const note = mayChange || mirrors.length === 0 ? null : pushes.mayNot(forge.account, links.forge.collaborators);
    return { mirrors, mayChange, note };
  } catch (thrown) {
    // A forge without push mirrors, or one that is busy: the pull mirror is shown all the same.
    const { code } = toHeadwaterError(thrown);
    deps.log.info({ code }, 'the push mirrors of a project could not be listed');
    return noPushes;
  }
}

/** null: Headwater's account cannot see it. */
export async function projectOf(
  { deps }: Pick<Panel, 'deps'>,
  { caller }: Pick<PanelContext, 'caller'>,
): Promise<ForgeProject | null> {
  try {
    return await deps.forge.project(caller.project.id);
  } catch (thrown) {
    if (thrown instanceof HeadwaterError && thrown.code === 'forge_project_missing') return null;
    throw thrown;
  }
}
