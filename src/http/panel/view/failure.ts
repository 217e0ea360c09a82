import type { Fault } from '../../../domain/errors';
import { factsOf } from '../../../domain/fault-facts';
import { shortName } from '../../../domain/git-ref';
import { showRemoteText } from '../../../domain/redact';
import { advice, aftermath, failures } from '../../../panel/texts/failures';
import { say, type Rich } from '../../../panel/texts/rich';

/** The one button that mends it. */
export type Cure = 'password' | 'key' | 'edit' | 'update' | 'rule' | 'collaborators' | 'none';

export interface Failure {
  readonly why: Rich;
  readonly advice: Rich | null;
  readonly cure: Cure;
}

export interface FailureContext {
  /** Of the other side. */
  readonly host: string;
  /** The other repository's path without slashes around it and ".git". */
  readonly repository: string;
  /** The forge's own name. */
  readonly forge: string;
  /** Headwater's account in the forge. */
  readonly account: string;
  /** When it is tried again, epoch ms. */
  readonly retryAt: number | null;
  readonly runId: string | null;
  /** How long the run took, ms. */
  readonly tookMs: number | null;
  /** Which way the mirror goes; from the other side, if left out. */
  readonly direction?: 'from' | 'to';
  /** Something was pushed before the run failed. */
  readonly pushed: boolean;
}

/** What a fault of a run, of a test or of one ref means to a maintainer. Every code has an answer. */
export function explainFailure(fault: Fault, context: FailureContext): Failure {
  const { host, forge, account } = context;
  const facts = factsOf(fault);
  const failure = (why: Rich, what: Rich | null, cure: Cure): Failure => ({ why, advice: what, cure });
  const then = context.pushed ? aftermath.partly : aftermath.untouched;
  const seconds = facts['seconds'] === undefined ? null : Number(facts['seconds']);
  switch (fault.code) {
    case 'upstream_credentials_refused':
      return failure(failures.credentials(host), advice.credentials, 'password');
    case 'upstream_token_expired':
      return failure(failures.tokenExpired(host, facts['date'] ?? null), advice.newToken, 'password');
    case 'upstream_token_expiring':
      return failure(failures.tokenExpiring(host, facts['date'] ?? null), advice.newToken, 'password');
    case 'upstream_auth_required':
      return failure(failures.credentialsMissing(host), advice.credentialsMissing, 'password');
    case 'upstream_forbidden':
      return failure(failures.forbidden(host), advice.forbidden, 'password');
    case 'secret_unreadable':
      return failure(failures.secretUnreadable, advice.secretUnreadable, 'password');
    case 'upstream_ssh_key_refused':
      return failure(failures.key(host), advice.key(context.repository), 'key');
    case 'upstream_ssh_failed':
      return failure(failures.ssh(host), advice.ssh, 'edit');
    case 'upstream_tls':
      return failure(failures.tls(host, facts['why'] ?? null), advice.tls, 'update');
    case 'upstream_not_found':
    case 'upstream_not_git':
      return failure(failures.notFound(host), advice.notFound, 'edit');
    case 'upstream_redirected':
      return failure(failures.moved(host, facts['target'] ?? null), advice.moved, 'edit');
    case 'upstream_host_unknown':
      return failure(failures.noSuchHost(host), advice.noSuchHost, 'edit');
    case 'url_blocked':
    case 'host_not_allowed':
      return failure(
        context.direction === 'to'
          ? failures.notAllowedTo(facts['host'] ?? host)
          : failures.notAllowed(facts['host'] ?? host),
        advice.notAllowed,
        'edit',
      );
    case 'scheme_not_allowed':
      return failure(failures.schemeNotAllowed(facts['scheme'] ?? ''), advice.notAllowed, 'edit');
    case 'mirroring_denied':
      return failure(failures.mayNot, advice.askAdmin, 'none');
    case 'push_mirroring_denied':
      return failure(failures.mayNotPush, advice.askAdmin, 'none');
    case 'mirror_quota':
      return failure(failures.tooMany(facts['most'] ?? ''), advice.fewer, 'none');
    case 'project_made_public':
      return failure(failures.madePublic, advice.madePublic, 'edit');
    case 'maintainer_right_revoked':
      return failure(failures.rightRevoked(facts['login'] ?? ''), advice.rightRevoked, 'update');
    case 'upstream_rate_limited':
      return failure(failures.rateLimit(host, context.retryAt), advice.rateLimit, 'none');
    case 'upstream_stalled':
      return failure(failures.silent(host, seconds), advice.serverUp, 'update');
    case 'upstream_unreachable':
      return failure(
        /timed out/.test(facts['why'] ?? '') ? failures.silent(host, null) : failures.unreachable(host),
        advice.serverUp,
        'update',
      );
    case 'upstream_unavailable':
      return failure(failures.unavailable(host), advice.askThere, 'update');
    case 'upstream_refused':
      return failure(failures.refusedThere(host), advice.askThere, 'update');
    case 'upstream_corrupt':
    case 'upstream_truncated':
      return failure(both(failures.corrupt(host), then), advice.corrupt, 'update');
    case 'upstream_changed':
      return failure(failures.changed(host), advice.nothing, 'update');
    case 'upstream_empty':
      return failure(failures.empty(host), advice.empty, 'update');
    case 'upstream_sha256':
      return failure(failures.sha256(host), advice.sha256, 'edit');
    case 'upstream_too_large':
    case 'upstream_too_many_refs':
    case 'fetch_limit':
      return failure(failures.tooLarge(host), advice.tooLarge, 'update');
    case 'forge_quota':
      return failure(both(failures.quota, then), advice.quota, 'update');
    case 'upstream_timeout':
    case 'run_timeout':
    case 'worker_lost':
      return failure(failures.cutShort(context.tookMs), advice.nothing, 'update');
    case 'run_stopped':
      return failure(failures.stopped(facts['by'] ?? null), null, 'update');
    case 'run_superseded':
      return failure(failures.overtaken, advice.nothing, 'update');
    case 'forge_unreachable':
      return failure(failures.forgeDown(forge), advice.forgeDown, 'update');
    case 'forge_failed':
      return failure(failures.forgeFailed(forge), advice.forgeFailed, 'update');
    case 'forge_push_failed':
      // The forge may have taken what it got before it broke off.
      return failure(both(failures.pushFailed(forge), aftermath.partly), advice.nothing, 'update');
    case 'forge_token_refused':
      return failure(failures.tokenRefused(forge), advice.tokenRefused, 'update');
    case 'forge_project_missing':
      return failure(failures.projectMissing, advice.addAccount(account), 'collaborators');
    case 'forge_push_denied':
      return failure(failures.pushDenied, advice.addAccount(account), 'collaborators');
    case 'forge_default_branch_denied':
      return failure(failures.defaultBranchDenied(facts['branch'] ?? null), advice.makeAdmin(account), 'collaborators');
    case 'forge_rules_denied':
      return failure(failures.rulesDenied, advice.rulesAdmin(account), 'collaborators');
    case 'forge_project_transferred':
      return failure(failures.transferred, advice.transferred, 'update');
    case 'forge_project_archived':
      return failure(failures.archived, advice.archived, 'update');
    case 'forge_project_is_native_mirror':
      return failure(failures.nativeMirror(forge), advice.nativeMirror, 'update');
    case 'disk_full':
      return failure(both(failures.diskFull, then), advice.tellAdmin, 'update');
    case 'lfs_upstream_unusable':
      return failure(failures.lfsServer(host), advice.lfsServer, 'password');
    case 'lfs_too_many_objects':
      return failure(failures.lfsTooMany(host), advice.tooLarge, 'edit');
    case 'internal':
    case 'fetch_crashed':
    case 'queue_unavailable':
    case 'store_unavailable':
    case 'database_newer':
    case 'server_exhausted':
      return failure(both(failures.ours, then), advice.ours(context.runId), 'update');
    default:
      // Everything else is told in the catalogue's own words.
      return failure(say`${showRemoteText(fault.message)}`, say`${showRemoteText(fault.advice)}`, 'update');
  }
}

/** Why the project refused one ref. */
export function explainRefusal(reason: Fault, ref: string, context: FailureContext): Failure {
  const facts = factsOf(reason);
  const branch = showRemoteText(shortName(ref));
  switch (reason.code) {
    case 'branch_protected':
    case 'tag_protected':
    case 'branch_rule_refuses':
    case 'branch_rule_refuses_force':
      return {
        why: failures.refusedHere(branch, facts['rule'] ?? null),
        advice: advice.refusedHere(context.account),
        cure: 'rule',
      };
    case 'hook_declined':
    case 'ref_refused':
      return {
        why: failures.refusedHereBy(branch, facts['why'] === undefined ? null : withStop(showRemoteText(facts['why']))),
        advice: advice.hook(context.forge),
        cure: 'update',
      };
    case 'ref_conflict':
      return { why: failures.nameClash(branch), advice: advice.nameClash, cure: 'update' };
    default:
      return {
        why: say`${showRemoteText(reason.message)}`,
        advice: say`${showRemoteText(reason.advice)}`,
        cure: 'update',
      };
  }
}

/** With one stop at its end, and none after words that were cut. */
function withStop(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}

function both(first: Rich, second: Rich): Rich {
  return say`${first} ${second}`;
}
