import { HeadwaterError } from '../domain/errors';
import { changeOptions, invalidFields, type MirrorOptions, type OptionsChange } from '../domain/mirror-options';
import { parseUpstreamUrl, type UpstreamUrl } from '../domain/upstream-url';
import type { CompilePattern } from '../ports/patterns';

export interface OptionDeps {
  readonly compilePattern: CompilePattern;
  readonly checkUpstream: (url: UpstreamUrl) => void;
}

const longestPattern = 500;

/** The options after a change, each checked to be of use. Raises input_invalid. */
export function applyOptions(
  deps: OptionDeps,
  before: MirrorOptions,
  change: OptionsChange | undefined,
): MirrorOptions {
  if (change === undefined) return before;
  const after = changeOptions(before, change);
  if (after.branchPattern !== before.branchPattern) checkPattern(deps, after.branchPattern);
  if (after.lfsUrl === null || after.lfsUrl === before.lfsUrl) return after;
  return { ...after, lfsUrl: checkedUrl(deps, after.lfsUrl) };
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
