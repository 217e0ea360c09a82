/**
 * Changes NAME=value lines and leaves everything else as it is: comments, order, other names. null takes a line out; a name
 * that is not there yet is added at the end.
 */
export function changeEnvLines(text: string, changes: ReadonlyMap<string, string | null>): string {
  const left = new Map(changes);
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const kept = lines.flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=/.exec(line)?.[1] ?? '';
    const value = changes.get(name);
    if (value === undefined) return [line];
    const first = left.delete(name);
    return value === null || !first ? [] : [envLine(name, value)];
  });
  const added = [...left].flatMap(([name, value]) => (value === null ? [] : [envLine(name, value)]));
  return [...kept, ...added].map((line) => `${line}\n`).join('');
}

function envLine(name: string, value: string): string {
  // In quotes where a reader of such files would take a part of it for a comment or a quote.
  return /^[\w.:/@%+,~[\]-]*$/.test(value) ? `${name}=${value}` : `${name}='${value}'`;
}
