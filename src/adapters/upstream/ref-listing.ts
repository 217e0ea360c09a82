import { createHash } from 'node:crypto';
import type { RefName } from '../../domain/git-ref';
import type { RefListing } from '../../ports/upstream';
import type { Advertisement } from '../../git-http/advertisement';

/** The listing that an advertisement amounts to. */
export function toRefListing(advertisement: Advertisement): RefListing {
  const defaultBranch = findDefaultBranch(advertisement);
  return {
    refs: advertisement.refs,
    invalidNames: advertisement.invalidNames,
    defaultBranch,
    digest: digestOf(advertisement, defaultBranch),
    capabilities: advertisement.capabilities,
    receivedBytes: advertisement.receivedBytes,
  };
}

/** The branch that HEAD names or, of a server too old to name it, one that stands where HEAD stands. */
function findDefaultBranch({ refs, head, headTarget }: Advertisement): RefName | null {
  if (headTarget !== null) return headTarget.startsWith('refs/heads/') && refs.has(headTarget) ? headTarget : null;
  if (head === null) return null;
  for (const name of ['refs/heads/main', 'refs/heads/master']) if (refs.get(name) === head) return name;
  for (const [name, oid] of refs) if (oid === head && name.startsWith('refs/heads/')) return name;
  return null;
}

function digestOf({ refs, invalidNames }: Advertisement, defaultBranch: RefName | null): string {
  // Servers list refs in the order of their names, nearly always; then nothing needs to be sorted.
  const sorted = isSorted(refs.keys()) ? refs : new Map([...refs].sort(([a], [b]) => (a < b ? -1 : 1)));
  const words: string[] = [];
  for (const [name, oid] of sorted) words.push(name, oid);
  words.push('', ...[...invalidNames].sort(), '', defaultBranch ?? '');
  return createHash('sha256').update(words.join('\n')).digest('hex');
}

function isSorted(names: Iterable<string>): boolean {
  let previous = '';
  for (const name of names) {
    if (name < previous) return false;
    previous = name;
  }
  return true;
}
