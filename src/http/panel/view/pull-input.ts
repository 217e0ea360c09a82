import type { Mirror, SchedulePolicy } from '../../../domain/mirror';
import type { RefOutcome, Run } from '../../../domain/run';
import { parseUpstreamUrl } from '../../../domain/upstream-url';
import type { ProgressView } from './progress';

/** What the forge is called and where its pages are. */
export interface ForgeFacts {
  /** "Forgejo" or "Gitea". */
  readonly name: string;
  /** As a browser sees it, without a slash at the end. */
  readonly url: string;
  /** Headwater's account. */
  readonly account: string;
  readonly keepsLfs: boolean;
}

/** Everything that a pull mirror's place on the screen is made from. */
export interface PullInput {
  readonly mirror: Mirror;
  readonly activeRun: Run | null;
  /** The newest run that ended and was neither a preview nor an undo. */
  readonly lastRun: Run | null;
  /** Of `lastRun`: what did not arrive; only the first of them. */
  readonly leftBehind: readonly RefOutcome[];
  readonly progress: ProgressView | null;
  readonly policy: SchedulePolicy;
  /** Epoch ms. */
  readonly now: number;
  readonly forge: ForgeFacts;
}

/** The other side, as a person calls it. */
export interface OtherSide {
  readonly host: string;
  /** "octo-org/library". */
  readonly repository: string;
  /** "github.com/octo-org/library", for the names of buttons. */
  readonly name: string;
  /** Its page in a browser; null for ssh. */
  readonly page: string | null;
}

export function otherSideOf(address: string): OtherSide {
  const { url } = parseUpstreamUrl(address);
  const path = url.ssh === null ? decoded(new URL(url.href).pathname) : url.ssh.path;
  const repository = path.replace(/^\/+|\/+$/g, '').replace(/[.]git$/, '');
  const port = /:(\d+)$/.exec(url.href.split('/')[2] ?? '')?.[0] ?? '';
  const host = url.ssh === null ? `${url.host}${port}` : url.host;
  return { host, repository, name: `${host}/${repository}`, page: url.ssh === null ? url.href : null };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
