import { HeadwaterError } from '../../domain/errors';
import { isTag, type RefName } from '../../domain/git-ref';
import { globToPattern } from '../../domain/name-glob';
import { refsInScope, scopeOf, type MirrorScope } from '../../domain/mirror-scope';
import { isHead } from '../../domain/pull-request';
import type { NameMatcher } from '../../ports/patterns';
import type { RefListing } from '../../ports/upstream';
import type { SyncContext } from '../sync-context';

export interface ChosenRefs {
  /** The listing without what is not mirrored. */
  readonly listing: RefListing;
  readonly scope: MirrorScope;
}

/** Leaves out what the mirror's options leave out, before anything is fetched. Raises forge_rules_denied, forge_*. */
export async function chooseRefs(context: SyncContext, listing: RefListing): Promise<ChosenRefs> {
  const { options } = context.claim.mirror;
  const scope = scopeOf(options, await branchMatcher(context));
  const isWhole = options.branches === 'all' && options.tags !== 'none' && ![...listing.refs.keys()].some(isHead);
  return { listing: isWhole ? listing : narrowed(listing, scope), scope };
}

/** Leaves out tags that are on no mirrored branch, once their objects are in the cache. */
export async function dropStrayTags(context: SyncContext, chosen: RefListing): Promise<RefListing> {
  const { mirror } = context.claim;
  if (mirror.options.tags !== 'on_branches') return chosen;
  const oids = (wanted: boolean) => [...chosen.refs].filter(([ref]) => isTag(ref) === wanted).map(([, oid]) => oid);
  const kept = await context.cache.tagsOn(mirror.id, [...new Set(oids(true))], [...new Set(oids(false))]);
  const refs = new Map([...chosen.refs].filter(([ref, oid]) => !isTag(ref) || kept.has(oid)));
  return { ...chosen, refs };
}

function narrowed(listing: RefListing, scope: MirrorScope): RefListing {
  const isMirrored = (ref: RefName) => scope(ref);
  const { defaultBranch } = listing;
  return {
    ...listing,
    refs: refsInScope(listing.refs, scope),
    invalidNames: listing.invalidNames.filter(isMirrored),
    defaultBranch: defaultBranch !== null && scope(defaultBranch) ? defaultBranch : null,
  };
}

async function branchMatcher(context: SyncContext): Promise<NameMatcher> {
  const { options, repoId } = context.claim.mirror;
  if (options.branches === 'all') return () => true;
  if (options.branches === 'pattern') return compiled(context, options.branchPattern ?? '');
  const project = await context.forge.project(repoId);
  const rules = await context.forge.branchRules(project);
  const matchers = rules.map((rule) => compiled(context, globToPattern(rule)));
  return (name) => matchers.some((matches) => matches(name));
}

function compiled({ compilePattern }: SyncContext, pattern: string): NameMatcher {
  const matcher = compilePattern(pattern);
  // It was checked when it was saved, and globs are translated into nothing else.
  if (matcher === null) throw new HeadwaterError('internal', {}, { cause: new Error('a pattern cannot be compiled') });
  return matcher;
}
