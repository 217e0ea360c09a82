import type { Credentials, Secret } from '../domain/credentials';
import type { Progress } from '../domain/events';
import type { Oid, RefMap, RefName } from '../domain/git-ref';
import type { LfsLogin } from '../domain/lfs-source';
import type { HostKey } from '../domain/mirror-ssh';
import type { UpstreamUrl } from '../domain/upstream-url';

export interface UpstreamAccess {
  readonly url: UpstreamUrl;
  readonly credentials: Credentials | null;
  /** For an ssh address; otherwise null. */
  readonly ssh: SshAccess | null;
}

/** How to sign in over SSH, and what to tell of it. */
export interface SshAccess {
  /** Tried in this order, all in one connection. */
  readonly keys: readonly { readonly publicKey: string; readonly privateKey: Secret }[];
  /** A server that proves none of these is not signed in to. */
  readonly hostKeys: readonly HostKey[];
  readonly onKeyWorked: (publicKey: string) => void;
  readonly onHostKeyRefused: (seen: HostKey) => void;
}

/** The upstream's refs at one moment. Names are data from a stranger: valid ref names, but nothing more is promised. */
export interface RefListing {
  /** Valid names under refs/heads/ and refs/tags/ only. */
  readonly refs: RefMap;
  /** Branch and tag names that git does not allow, made fit to show. */
  readonly invalidNames: readonly string[];
  /** The branch that HEAD points to, if it exists in `refs`. */
  readonly defaultBranch: RefName | null;
  /** Equal digests mean equal refs, invalid names and default branch. */
  readonly digest: string;
  /** The server's capabilities as it sent them; the fetch offers no others. */
  readonly capabilities: readonly string[];
  readonly receivedBytes: number;
  /** When the token that was sent ends, where the upstream says so; epoch ms. */
  readonly credentialsExpireAt?: number | undefined;
}

/** Takes a piece of a pack; what it answers resolves once it is ready for more. Never rejects. */
export type TakePack = (bytes: Uint8Array) => Promise<void> | void;

export interface FetchRequest {
  readonly access: UpstreamAccess;
  readonly listing: RefListing;
  /** Bare repository that receives the objects (ports/object-cache). */
  readonly cacheDir: string;
  /** Tips that the cache lacks: the only ones that are asked for. */
  readonly wanted: readonly Oid[];
  readonly onProgress: (progress: Progress) => void;
  /**
   * Is shown the pack while it comes, always before the cache has it; a slow taker slows the upstream. An upstream without
   * side bands shows nothing.
   */
  readonly takePack?: TakePack | undefined;
  readonly signal: AbortSignal;
}

/** The repository that is followed. One adapter; it never follows redirects and never tries a password twice. */
export interface Upstream {
  /**
   * Lists refs in one request and without a child process.
   * Raises url_blocked and the upstream_* codes; `upstream_empty` is not raised here: an empty listing is an answer.
   */
  list(access: UpstreamAccess, signal: AbortSignal): Promise<RefListing>;

  /**
   * Where an SSH upstream has its LFS objects, and what signs us in there. null: not an SSH upstream, or it does not say.
   * Raises url_blocked and the upstream_* codes.
   */
  lfsLogin(access: UpstreamAccess, signal: AbortSignal): Promise<LfsLogin | null>;

  /**
   * Brings the wanted objects with their history into the cache; leaves no ref there and, on failure, no file.
   * Raises url_blocked, upstream_*, fetch_crashed, fetch_limit, disk_full, server_exhausted.
   */
  fetch(request: FetchRequest): Promise<{ readonly receivedBytes: number }>;

  close(): Promise<void>;
}
