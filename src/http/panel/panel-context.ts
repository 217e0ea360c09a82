import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import { HeadwaterError } from '../../domain/errors';
import type { Policy } from '../../domain/policy';
import type { CallerRights, ForgeLook } from '../../ports/forge';
import { publicPlace } from '../sign-in/public-place';
import { signedInOf } from '../sign-in/session-data';
import type { PanelDeps } from './panel-deps';
import type { ProgressWatch } from './progress-watch';
import type { Assets } from './assets';
import type { Render } from './render';
import { panelLinks, type PanelLinks } from './view/panel-links';
import type { ForgeFacts } from './view/pull-input';

/** What all pages of the panel share. */
export interface Panel {
  readonly deps: PanelDeps;
  readonly render: Render;
  readonly assets: Assets;
  readonly progress: ProgressWatch;
  /** Asked before a server of somebody's choice is connected to. Raises too_many_requests. */
  readonly mayConnect: (request: Request) => Promise<void>;
  /** Whom the forge let see what, for when it does not answer. */
  readonly seen: LRUCache<string, { readonly caller: CallerRights; readonly at: number }>;
  readonly forge: () => Promise<ThemedForge>;
  /** The same without asking: what it last said. */
  readonly knownForge: () => ThemedForge;
}

type ThemedForge = ForgeFacts & { readonly theme: string };

/** One request of somebody who is signed in. */
export interface PanelContext {
  readonly request: Request;
  readonly links: PanelLinks;
  readonly csrf: string;
  readonly login: string;
  readonly caller: CallerRights;
  /** What the site's admins allow. */
  readonly allowed: Policy;
  /** The forge did not answer; the rights are those of this time (epoch ms). */
  readonly staleSince: number | null;
  readonly forge: ThemedForge;
}

/** The forge's own account of itself; while it is down, what it last said, and before that what is most likely. */
export function forgeFacts(deps: PanelDeps): Pick<Panel, 'forge' | 'knownForge'> {
  let look: ForgeLook = { name: 'Forgejo', theme: 'forgejo-auto', keepsLfs: true };
  let account: string | null = null;
  const knownForge = (): ThemedForge => ({
    name: look.name,
    theme: look.theme,
    keepsLfs: look.keepsLfs,
    account: account ?? 'headwater',
    url: deps.forgePublicUrl,
  });
  const forge = async (): Promise<ThemedForge> => {
    // The account never changes while the token stays.
    const [newLook, newAccount] = await Promise.allSettled([deps.forge.look(), account ?? deps.forge.account()]);
    if (newLook.status === 'fulfilled') look = newLook.value;
    if (newAccount.status === 'fulfilled') account = newAccount.value;
    return knownForge();
  };
  return { forge, knownForge };
}

/**
 * Whoever may see the project. Raises session_missing, project_not_found; forge_unreachable only if the forge has never said
 * what this person may see.
 */
export async function openContext(panel: Panel, request: Request): Promise<PanelContext> {
  const { deps } = panel;
  const signedIn = signedInOf(request);
  if (signedIn === null) throw new HeadwaterError('session_missing');
  const { owner = '', repo = '' } = request.params as { owner?: string; repo?: string };
  const key = `${signedIn.userId} ${owner}/${repo}`;
  const [seen, forge, allowed] = await Promise.all([sight(panel, request, key), panel.forge(), deps.store.policy()]);
  const { base } = publicPlace(deps.publicUrl());
  return {
    request,
    links: panelLinks(base, deps.forgePublicUrl, seen.caller.project.owner, seen.caller.project.name),
    csrf: deps.signIn.csrf.token(request),
    login: signedIn.login,
    forge,
    allowed,
    ...seen,
  };
}

async function sight(
  { deps, seen }: Panel,
  request: Request,
  key: string,
): Promise<{ readonly caller: CallerRights; readonly staleSince: number | null }> {
  try {
    const caller = await deps.signIn.access.checkSight(request);
    seen.set(key, { caller, at: Date.now() });
    return { caller, staleSince: null };
  } catch (thrown) {
    const isDown = thrown instanceof HeadwaterError && thrown.code === 'forge_unreachable';
    if (!isDown) {
      seen.delete(key);
      throw thrown;
    }
    const known = seen.get(key);
    if (known === undefined) throw thrown;
    return { caller: known.caller, staleSince: known.at };
  }
}
