/** A full SHA-1 object id, 40 lower-case hexadecimal digits. */
export type Oid = string;

/** A full ref name, such as refs/heads/main. */
export type RefName = string;

/** Ref name to object id. */
export type RefMap = ReadonlyMap<RefName, Oid>;

/** Branches and tags are all that is ever mirrored: never refs/pull/*, refs/replace/*, refs/notes/* (HOST-05). */
export function isMirrored(name: RefName): boolean {
  return name.startsWith('refs/heads/') || name.startsWith('refs/tags/');
}

export function isBranch(name: RefName): boolean {
  return name.startsWith('refs/heads/');
}

export function isTag(name: RefName): boolean {
  return name.startsWith('refs/tags/');
}

/** What a person calls the ref: "main" for refs/heads/main. */
export function shortName(name: RefName): string {
  return name.replace(/^refs\/(heads|tags)\//, '');
}

/**
 * The rules of git-check-ref-format(1), and two of our own: at most 240 bytes per component, since a forge keeps each as
 * a file name, and no U+FFFD, which is what bytes that are not UTF-8 have become.
 */
export function isValidRefName(name: RefName): boolean {
  if (Buffer.byteLength(name) > 1000) return false;
  // eslint-disable-next-line no-control-regex -- control characters are what this refuses
  if (/[\u0000-\u0020\u007f~^:?*[\\\ufffd]/.test(name)) return false;
  if (name.includes('..') || name.includes('@{') || name.endsWith('.')) return false;
  const parts = name.split('/');
  if (parts.length < 3) return false;
  if (name === 'refs/heads/HEAD') return false;
  return parts.every(
    (part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock') && Buffer.byteLength(part) <= 240,
  );
}

/**
 * The name among `names` that cannot stand beside `name` in one repository: git keeps `a` as a file and `a/b` in a
 * folder `a`. `folders` is `foldersOf(names)`.
 */
export function conflictingRef(
  name: RefName,
  names: ReadonlySet<RefName>,
  folders: ReadonlyMap<string, RefName>,
): RefName | undefined {
  const below = folders.get(name);
  if (below !== undefined) return below;
  for (let slash = name.lastIndexOf('/'); slash > 'refs/heads'.length; slash = name.lastIndexOf('/', slash - 1)) {
    const above = name.slice(0, slash);
    if (names.has(above)) return above;
  }
  return undefined;
}

/** Every folder that the names need, with one name inside it. */
export function foldersOf(names: Iterable<RefName>): Map<string, RefName> {
  const folders = new Map<string, RefName>();
  for (const name of names) {
    for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      const folder = name.slice(0, slash);
      if (folders.has(folder)) break;
      folders.set(folder, name);
    }
  }
  return folders;
}
