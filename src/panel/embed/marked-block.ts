/**
 * A block of ours inside a template that an admin may use too. It follows what was there without a byte in between, so
 * that taking it out leaves exactly what was there before.
 */
export function putBlock(name: string, existing: string, text: string): string {
  const { before, after } = split(name, existing);
  return `${before}${begin(name)}\n${text}\n${end(name)}\n${after}`;
}

export function removeBlock(name: string, existing: string): string {
  const { before, after } = split(name, existing);
  return before + after;
}

export function hasBlock(name: string, existing: string): boolean {
  return split(name, existing).found;
}

function split(name: string, existing: string): { before: string; after: string; found: boolean } {
  const from = existing.indexOf(begin(name));
  const to = existing.indexOf(end(name), from);
  if (from < 0 || to < 0) return { before: existing, after: '', found: false };
  const rest = existing.slice(to + end(name).length);
  return { before: existing.slice(0, from), after: rest.startsWith('\n') ? rest.slice(1) : rest, found: true };
}

function begin(name: string): string {
  return `{{/* ${name}:begin, kept by "${name} install" */}}`;
}

function end(name: string): string {
  return `{{/* ${name}:end */}}`;
}
