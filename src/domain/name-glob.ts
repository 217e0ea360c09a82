/**
 * Globs of branch protection rules as Gitea and Forgejo match them: gobwas/glob with "/" as the separator
 * (models/git/protected_branch.go). `*` and `?` stay within one component, `**` does not; `[a-z]`, `[!a-z]`, `{a,b}` and
 * `\` are known. Answers the glob in RE2 syntax, for the whole name.
 */
export function globToPattern(glob: string): string {
  // A name without special characters is compared as it is, but for its case.
  if (!/[\\?*[\]{}]/.test(glob)) return `(?i:${quote(glob)})`;
  return translate(glob) ?? quote(glob);
}

/**
 * Patterns of tag protection rules (models/git/protected_tag.go): a regular expression between slashes, found anywhere in the
 * name, or a glob whose `*` takes slashes too. Answers it in RE2 syntax, for the whole name.
 */
export function tagRuleToPattern(rule: string): string {
  const expression = /^\/(.+)\/$/s.exec(rule)?.[1];
  if (expression !== undefined) return `(?s:.*)(?:${expression})(?s:.*)`;
  return globToPattern(rule.replace(/\*+/g, '**'));
}

/** null: not a glob, which a forge then takes for a plain name. */
function translate(glob: string): string | null {
  let pattern = '';
  let depth = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const char = glob.charAt(at);
    if (char === '\\') {
      at += 1;
      if (at >= glob.length) return null;
      pattern += quote(glob.charAt(at));
    } else if (char === '*') {
      if (glob.charAt(at + 1) === '*') {
        pattern += '(?s:.*)';
        at += 1;
      } else pattern += '[^/]*';
    } else if (char === '?') pattern += '[^/]';
    else if (char === '[') {
      const end = glob.indexOf(']', at + 2);
      if (end < 0) return null;
      const inside = characterClass(glob.slice(at + 1, end));
      if (inside === null) return null;
      pattern += inside;
      at = end;
    } else if (char === '{') {
      depth += 1;
      pattern += '(?:';
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      pattern += ')';
    } else if (char === ',' && depth > 0) pattern += '|';
    else if (char === ']' || char === '}') return null;
    else pattern += quote(char);
  }
  return depth === 0 ? pattern : null;
}

/** Either one range or a list of characters; a range among others is none. */
function characterClass(text: string): string | null {
  const negated = text.startsWith('!');
  const body = negated ? text.slice(1) : text;
  const range = /^(.)-(.)(.*)$/su.exec(body);
  if (range !== null && range[3] !== '') return null;
  const inside =
    range === null ? quoteInClass(body) : `${quoteInClass(range[1] ?? '')}-${quoteInClass(range[2] ?? '')}`;
  return `[${negated ? '^' : ''}${inside}]`;
}

function quote(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

function quoteInClass(text: string): string {
  return text.replace(/[\\^\]-]/g, '\\$&');
}
