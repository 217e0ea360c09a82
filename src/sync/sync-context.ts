import type { BackupRule } from '../domain/backup';
import type { Progress } from '../domain/events';
import type { SchedulePolicy } from '../domain/mirror';
import type { Forge } from '../ports/forge';
import type { LfsCopy, LfsPointers } from '../ports/lfs';
import type { Logger } from '../ports/logger';
import type { Notices } from '../ports/notices';
import type { CompilePattern } from '../ports/patterns';
import type { ObjectCache } from '../ports/object-cache';
import type { SecretBox } from '../ports/secret-box';
import type { Store } from '../ports/store';
import type { Upstream } from '../ports/upstream';
import type { Claim } from './claim';

/** What syncing needs from the outside. */
export interface SyncDeps {
  readonly store: Pick<Store, 'transaction' | 'deliveredRefs' | 'backups' | 'policy'>;
  readonly upstream: Pick<Upstream, 'list' | 'fetch' | 'lfsLogin'>;
  readonly cache: Pick<
    ObjectCache,
    'open' | 'tips' | 'setTips' | 'areAncestors' | 'shareHistory' | 'tagsOn' | 'remove'
  >;
  readonly forge: Pick<
    Forge,
    | 'account'
    | 'project'
    | 'isProjectAdmin'
    | 'listRefs'
    | 'push'
    | 'openLane'
    | 'moveRefs'
    | 'branchRules'
    | 'tagRules'
    | 'setDefaultBranch'
    | 'pullRequest'
    | 'openPullRequest'
    | 'setPullRequestState'
    | 'isContained'
  >;
  readonly compilePattern: CompilePattern;
  readonly lfs: { readonly pointers: LfsPointers; readonly copy: LfsCopy };
  readonly notices: Pick<Notices, 'publish' | 'subscribe'>;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly log: Logger;
  readonly policy: SchedulePolicy;
  readonly workerId: string;
  readonly leaseMs: number;
  readonly newId: () => string;
  readonly backupRule: BackupRule;
  /** Refs in one push. */
  readonly portionSize: number;
}

/** What one run knows of itself. */
export interface SyncContext extends SyncDeps {
  readonly claim: Claim;
  /** Aborts when the run must stop: claim lost, time over, shutdown. */
  readonly signal: AbortSignal;
  /** Counted up as the run goes. */
  readonly bytes: { received: number; sent: number };
}

export function tellProgress(context: SyncContext, progress: Progress): void {
  const { mirror, run } = context.claim;
  context.notices.publish(mirror.id, { type: 'run.progressed', runId: run.id, ...progress });
}
