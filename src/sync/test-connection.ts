import { HeadwaterError, fault, toHeadwaterError, type Fault } from '../domain/errors';
import { isBranch, isTag, type RefName } from '../domain/git-ref';
import type { Mirror } from '../domain/mirror';
import { parseUpstreamUrl } from '../domain/upstream-url';
import type { Forge, ProjectName } from '../ports/forge';
import type { StoreReads } from '../ports/store';
import type { Upstream, UpstreamAccess } from '../ports/upstream';
import { draftMirror, type DraftDeps } from './draft-mirror';
import type { MirrorSettings } from './mirror-settings';
import { upstreamAccess } from './steps/upstream-access';

export interface TestConnectionDeps extends DraftDeps {
  readonly store: Pick<StoreReads, 'now' | 'mirrorOfProject' | 'policy'>;
  readonly forge: Pick<Forge, 'account' | 'project' | 'listRefs'>;
  readonly listUpstream: Upstream['list'];
}

export interface ConnectionTest {
  /** The address as it would be stored. */
  readonly url: string;
  readonly branches: number;
  readonly tags: number;
  /** null: the upstream has none. */
  readonly defaultBranch: RefName | null;
  /** Branches that the project has already; null: they cannot be seen, and a warning says why. */
  readonly projectBranches: number | null;
  /** What would keep the mirror from working though the upstream answers. */
  readonly warnings: readonly Fault[];
}

/** A person waits for the answer; ms. */
const longestTestMs = 60_000;

/**
 * Lists the upstream's refs once, as the first step of an update would, with these settings over those that are stored.
 * Writes nothing, not even what it learnt of keys.
 * Raises url_*, input_invalid, mirror_not_ssh, secret_unreadable, upstream_*.
 */
export async function testConnection(
  deps: TestConnectionDeps,
  project: ProjectName,
  settings: MirrorSettings,
  closing: AbortSignal,
): Promise<ConnectionTest> {
  const before = await deps.store.mirrorOfProject(project.id);
  const draft = await draftMirror(deps, project, before, settings);
  const access = upstreamAccess(deps.secrets, withStoredKeys(draft, before));
  const [{ refs, defaultBranch }, state] = await Promise.all([
    listInTime(deps, access, closing),
    projectState(deps, project.id, closing),
  ]);

  const warnings: Fault[] = [];
  if (settings.url !== undefined && parseUpstreamUrl(settings.url).hadCredentials)
    warnings.push(fault('url_credentials_ignored'));
  if (refs.size === 0) warnings.push(fault('upstream_empty'));
  if (state.obstacle !== null) warnings.push(state.obstacle);
  const names = [...refs.keys()];
  return {
    url: draft.url,
    branches: names.filter(isBranch).length,
    tags: names.filter(isTag).length,
    defaultBranch,
    projectBranches: state.branches,
    warnings,
  };
}

/** A key that is made by saving is installed nowhere yet. Raises upstream_ssh_key_unsaved. */
function withStoredKeys(draft: Mirror, before: Mirror | null): Mirror {
  if (draft.ssh === null) return draft;
  const stored = new Set(before?.ssh?.keys.map(({ publicKey }) => publicKey));
  const keys = draft.ssh.keys.filter(({ publicKey }) => stored.has(publicKey));
  if (keys.length === 0)
    throw new HeadwaterError('upstream_ssh_key_unsaved', { host: parseUpstreamUrl(draft.url).url.host });
  return { ...draft, ssh: { ...draft.ssh, keys } };
}

async function listInTime(deps: TestConnectionDeps, access: UpstreamAccess, closing: AbortSignal) {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(longestTestMs)]);
  try {
    return await deps.listUpstream(access, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    const { host } = access.url;
    throw new HeadwaterError('upstream_test_timeout', { host, seconds: longestTestMs / 1000 }, { cause: thrown });
  }
}

interface ProjectState {
  readonly branches: number | null;
  readonly obstacle: Fault | null;
}

/** What the project's side would say to a mirror. Whatever the forge says, the upstream's answer is worth having. */
async function projectState(deps: TestConnectionDeps, id: number, signal: AbortSignal): Promise<ProjectState> {
  try {
    const project = await deps.forge.project(id);
    if (project.nativeMirror) throw new HeadwaterError('forge_project_is_native_mirror');
    if (project.archived) throw new HeadwaterError('forge_project_archived');
    if (!project.canPush) throw new HeadwaterError('forge_push_denied', { account: await deps.forge.account() });
    const { refs } = await deps.forge.listRefs(project, signal);
    return { branches: [...refs.keys()].filter(isBranch).length, obstacle: null };
  } catch (thrown) {
    if (signal.aborted) return { branches: null, obstacle: null };
    const error = toHeadwaterError(thrown);
    if (!error.code.startsWith('forge_')) throw error;
    return { branches: null, obstacle: error.toFault() };
  }
}
