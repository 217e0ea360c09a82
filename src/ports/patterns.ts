/** Does the pattern match the whole name? Time is linear in the length of the name, whatever the pattern. */
export type NameMatcher = (name: string) => boolean;

/** Compiles a pattern in RE2 syntax; null: it is none. */
export type CompilePattern = (pattern: string) => NameMatcher | null;
