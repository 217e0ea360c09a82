import type { Oid } from './git-ref';

/** A file that LFS keeps outside git, named by what its pointer says. */
export interface LfsObject {
  /** SHA-256 of the content: 64 lower-case hexadecimal digits. */
  readonly oid: string;
  /** Bytes. */
  readonly size: number;
}

/** A small file in git that stands for an LFS object. */
export interface LfsPointer {
  readonly blob: Oid;
  readonly object: LfsObject;
}

/** git-lfs takes no blob of this size, in bytes, or more for a pointer (lfs/pointer.go, blobSizeCutoff). */
export const pointerSizeLimit = 1024;

// The lines and their order are those of git-lfs's docs/spec.md, with the two names that the format had before.
const version =
  'version (?:https://git-lfs\\.github\\.com/spec/v1|https://hawser\\.github\\.com/spec/v1|http://git-media\\.io/v/2)';
const pattern = new RegExp(
  `^${version}[\\r\\n]+(?:ext-\\d-\\w+ sha256:[0-9a-f]{64}[\\r\\n]+)*oid sha256:([0-9a-f]{64})[\\r\\n]+size (\\d{1,16})$`,
);

/** Reads a blob as git-lfs would; null for an ordinary file, which is also what odd spellings of an id make of it (HOST-11). */
export function parsePointer(text: string): LfsObject | null {
  const [, oid, digits] = pattern.exec(text.trim()) ?? [];
  const size = Number(digits);
  return oid !== undefined && Number.isSafeInteger(size) ? { oid, size } : null;
}

/** Two pointers may name one id with different sizes; at most one of them is right, so each counts as an object of its own. */
export function lfsKey({ oid, size }: LfsObject): string {
  return `${oid}/${size}`;
}
