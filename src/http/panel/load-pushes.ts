import { HeadwaterError, toHeadwaterError } from '../../domain/errors';
import { checkAsker } from '../../domain/policy';
import { advice, failures } from '../../panel/texts/failures';
import { pushes } from '../../panel/texts/pushes';
import { say, type Rich } from '../../panel/texts/rich';
import type { PushMirror, PushMirrorCapabilities } from '../../ports/push-mirrors';
import type { ForgeProject } from '../../ports/forge';
import { signedInOf } from '../sign-in/session-data';
import type { Panel, PanelContext } from './panel-context';

/** The forge's push mirrors of the project, and whether they can be changed here. */
export interface LoadedPushes {
  readonly mirrors: readonly PushMirror[];
  /** Updated and deleted. */
  readonly mayChange: boolean;
  readonly mayAdd: boolean;
  /** Why none can be added. */
  readonly hindrance: Hindrance | null;
  /** Why those that are there cannot be changed. */
  readonly note: Rich | null;
  readonly can: PushMirrorCapabilities;
}

export interface Hindrance {
  readonly why: Rich;
  /** Whoever reads it can do something about it. */
  readonly mendable: boolean;
}

const unknown: PushMirrorCapabilities = { ssh: true, branchFilter: false };
export const noPushes: LoadedPushes = {
  mirrors: [],
  mayChange: false,
  mayAdd: false,
  hindrance: null,
  note: null,
  can: unknown,
};

/**
 * Read with the person's own token. Its scope does not go so far as to change them, so that is done by Headwater's account for
 * a person who is an admin of the project, and only where that account is one too.
 */
export async function loadPushes(
  { deps }: Panel,
  context: PanelContext,
  project: Promise<ForgeProject | null> = projectOf({ deps }, context),
): Promise<LoadedPushes> {
  const { caller, forge, links, request, allowed } = context;
  const token = signedInOf(request)?.token;
  if (token === undefined) return noPushes;
  try {
    const { owner, name } = caller.project;
    const [mirrors, seen, can] = await Promise.all([
      deps.pushMirrors.list(token, { owner, name }),
      project.catch(() => null),
      deps.pushMirrors.capabilities(deps.ownToken).catch(() => unknown),
    ]);
    const mayChange = seen?.canAdminister === true && !seen.archived && !seen.nativeMirror;
    const mayNot = mayChange ? null : pushes.mayNot(forge.account, links.forge.collaborators);
    const hindrance = !maySetUp(context)
      ? { why: say`${failures.mayNot} ${advice.askAdmin}`, mendable: false }
      : !allowed.pushMirrors
        ? { why: pushes.notAllowed, mendable: false }
        : mayChange
          ? null
          : { why: pushes.mayNotAdd(forge.account, links.forge.collaborators), mendable: true };
    const note = mirrors.length === 0 ? null : mayNot;
    return { mirrors, mayChange, mayAdd: hindrance === null, hindrance, note, can };
  } catch (thrown) {
    // A forge without push mirrors, or one that is busy: the pull mirror is shown all the same.
    const { code } = toHeadwaterError(thrown);
    deps.log.info({ code }, 'the push mirrors of a project could not be listed');
    const why = code === 'push_mirrors_disabled' ? pushes.disabled(forge.name) : pushes.unknown(forge.name);
    return { ...noPushes, hindrance: { why, mendable: false } };
  }
}

/** Whether the admins' policy lets this person set up mirrors here. */
export function maySetUp({ allowed, caller }: Pick<PanelContext, 'allowed' | 'caller'>): boolean {
  try {
    checkAsker(allowed, caller.person, caller.project.owner);
    return true;
  } catch {
    return false;
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
