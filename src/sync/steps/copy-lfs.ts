import type { Fault } from '../../domain/errors';
import type { Oid } from '../../domain/git-ref';
import { holdBack, lfsQuestion, stoppingTips } from '../../domain/lfs-plan';
import { lfsKey, type LfsPointer } from '../../domain/lfs-pointer';
import { lfsEndpoint, sourceOfLogin, type LfsSource } from '../../domain/lfs-source';
import type { PointerSearch } from '../../ports/lfs';
import type { RefListing, UpstreamAccess } from '../../ports/upstream';
import { tellProgress, type SyncContext } from '../sync-context';
import type { Decision } from './plan-updates';
import { withUpstream } from './upstream-access';
import type { ForgeState } from './read-forge';
import { sameProject } from './same-project';

export interface LfsCopyInput {
  readonly listing: RefListing;
  readonly forge: ForgeState;
  readonly cacheDir: string;
}

/** Where a search stops: more tips than this find hardly anything, and each costs time. */
const maxStoppingTips = 2_000;

/**
 * Brings the LFS objects that the planned refs need into the forge, before any of these refs is pushed. Refs whose objects
 * cannot be had are taken out of the plan. Without LFS, here or in the forge, pointers are files like others.
 */
export async function copyLfs(context: SyncContext, decision: Decision, input: LfsCopyInput): Promise<Decision> {
  const { lfs, log, signal } = context;
  if (!context.claim.mirror.options.lfs) return decision;
  const complete = await lfs.pointers.completeTips(input.cacheDir);
  const refs = { upstream: input.listing.refs, forge: input.forge.listing.refs };
  const { wanted, have } = lfsQuestion({ plan: decision.plan, ...refs, complete });
  if (wanted.size === 0) return decision;
  if (!input.forge.hasLfs) {
    log.info({}, 'LFS is off in the forge, so no LFS objects are copied');
    return decision;
  }

  const stopping = stoppingTips(decision.plan, have, maxStoppingTips);
  const search: PointerSearch = { cacheDir: input.cacheDir, wanted, have: stopping, signal };
  const pointers = await lfs.pointers.find(search);
  const lacking = pointers.length === 0 ? new Map<Oid, Fault>() : await copyObjects(context, pointers, input);
  const faults = new Map<Oid, Fault>();
  if (lacking.size > 0) {
    for (const [tip, blob] of await lfs.pointers.tipsWith(new Set(lacking.keys()), search)) {
      const fault = lacking.get(blob);
      if (fault !== undefined) faults.set(tip, fault);
    }
  }
  const whole = [...wanted].filter((tip) => !faults.has(tip));
  await lfs.pointers.setCompleteTips(input.cacheDir, new Set([...have, ...whole]));
  return { ...decision, plan: holdBack(decision.plan, refs, faults) };
}

/** Answers the pointers whose object the forge still lacks. */
async function copyObjects(
  context: SyncContext,
  pointers: readonly LfsPointer[],
  { forge }: LfsCopyInput,
): Promise<Map<Oid, Fault>> {
  const objects = new Map(pointers.map(({ object }) => [lfsKey(object), object]));
  const project = await sameProject(context, forge.project);
  const result = await withUpstream(context, async (access) => {
    const source = await findSource(context, access);
    return context.lfs.copy.copy({
      objects: [...objects.values()],
      source,
      renew: source.login == null ? null : () => findSource(context, access),
      project,
      onProgress: (progress) => tellProgress(context, { phase: 'copying', ...progress }),
      signal: context.signal,
    });
  });
  context.bytes.received += result.receivedBytes;
  context.bytes.sent += result.sentBytes;
  const { faults, copied } = result;
  context.log.info({ objects: objects.size, copied, lacking: faults.size }, 'LFS objects compared and copied');
  const lacking = new Map<Oid, Fault>();
  for (const { blob, object } of pointers) {
    const fault = faults.get(lfsKey(object));
    if (fault !== undefined) lacking.set(blob, fault);
  }
  return lacking;
}

/** Where the mirror says; or where an SSH upstream says, as git-lfs asks it; or beside the repository. */
async function findSource({ claim, upstream, signal }: SyncContext, access: UpstreamAccess): Promise<LfsSource> {
  const { url, credentials } = access;
  const { lfsUrl } = claim.mirror.options;
  const login = url.ssh !== null && lfsUrl === null ? await upstream.lfsLogin(access, signal) : null;
  if (login !== null) return sourceOfLogin(login);
  return { endpoint: lfsEndpoint(url.href, lfsUrl), credentials, credentialsOrigin: url.origin };
}
