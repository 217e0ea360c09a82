import { RE2JS, RE2JSException } from 're2js';
import type { CompilePattern } from '../../ports/patterns';

/** By re2js: no backtracking, so a stranger's pattern or name cannot hold up the process; repetitions are limited. */
export const compilePattern: CompilePattern = (pattern) => {
  try {
    const compiled = RE2JS.compile(pattern);
    return (name) => compiled.matches(name);
  } catch (thrown) {
    if (thrown instanceof RE2JSException) return null;
    throw thrown;
  }
};
