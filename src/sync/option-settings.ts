import { HeadwaterError } from '../domain/errors';
import { changeOptions, invalidFields, type MirrorOptions, type OptionsChange } from '../domain/mirror-options';
import { parseUpstreamUrl, type UpstreamUrl } from '../domain/upstream-url';
import type { SchedulePolicy } from '../domain/schedule';
import { parseInterval, showInterval, type UpdateInterval } from '../domain/update-interval';
import type { CompilePattern } from '../ports/patterns';

export interface OptionDeps {
  readonly compilePattern: CompilePattern;
  readonly checkUpstream: (url: UpstreamUrl) => void;
  readonly policy: SchedulePolicy;
}

const longestPattern = 500;

/** The options after a change, each checked to be of use. Raises input_invalid. */
export function applyOptions(
  deps: OptionDeps,
  before: MirrorOptions,
  change: OptionsChange | undefined,
): MirrorOptions {
  if (change === undefined) return before;
  const interval = change.interval === undefined ? before.interval : readInterval(deps, change.interval);
  const after = { ...changeOptions(before, change), interval };
  if (after.branchPattern !== before.branchPattern) checkPattern(deps, after.branchPattern);
  if (after.lfsUrl === null || after.lfsUrl === before.lfsUrl) return after;
  return { ...after, lfsUrl: checkedUrl(deps, after.lfsUrl) };
}

function readInterval({ policy }: Pick<OptionDeps, 'policy'>, text: string | null): UpdateInterval {
  if (text === null || text === '') return null;
  if (text === 'adaptive') return text;
  const field = 'interval';
  const ms = parseInterval(text);
  if (ms === null)
    throw invalidFields([{ field, message: 'is neither "adaptive" nor a duration such as 6h, 1h30m or PT6H' }]);
  const { minIntervalMs: least, maxIntervalMs: most } = policy;
  if (ms < least || ms > most)
    throw invalidFields([{ field, message: `must be from ${showInterval(least)} to ${showInterval(most)}` }]);
  return ms;
}

function checkPattern(deps: OptionDeps, pattern: string | null): void {
  if (pattern === null) return;
  const field = 'mirror_branch_regex';
  if (pattern.length > longestPattern)
    throw invalidFields([{ field, message: `is longer than ${longestPattern} characters` }]);
  if (deps.compilePattern(pattern) === null)
    throw invalidFields([{ field, message: 'is not a regular expression in RE2 syntax' }]);
}

function checkedUrl(deps: OptionDeps, text: string): string {
  try {
    const { url } = parseUpstreamUrl(text);
    if (!/^https?:/.test(url.href)) throw new HeadwaterError('url_scheme_forbidden', { scheme: 'ssh' });
    deps.checkUpstream(url);
    return url.href;
  } catch (thrown) {
    if (!(thrown instanceof HeadwaterError)) throw thrown;
    throw invalidFields([{ field: 'lfs_url', message: thrown.message }]);
  }
}
