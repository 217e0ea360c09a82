import { HeadwaterError } from '../../domain/errors';
import { showRemoteText } from '../../domain/redact';
import type { PushRequest } from '../../ports/forge';
import { openGate, type Gate } from '../../git-http/gate';
import { runGit, type GitOutcome } from '../../git-http/run-git';
import { gitFault } from './errors';
import type { ForgeGit } from './forge-git';
import { isCacheDamaged, parsePushReport, plainText, type PushReport } from './push-report';

export interface PushDeps {
  readonly git: ForgeGit;
  /** Headwater's own account, for advice. */
  readonly account: string;
}

/** What one run of git push brought: an answer for its refs, or a failure that leaves open what became of them. */
export type PushAnswer = { readonly sentBytes: number } & (
  { readonly report: PushReport; readonly failure: null } | { readonly report: null; readonly failure: HeadwaterError }
);

/** A push's answer is a few lines per ref; what hooks print is not worth more. */
const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * One `git push` through the gate, so that git never sees the token. Raises what surely left the forge as it was: a
 * refused token, a missing, archived or mirrored project, a damaged cache.
 */
export async function runPush({ git, account }: PushDeps, request: PushRequest): Promise<PushAnswer> {
  const gate = await openGate({
    service: 'git-receive-pack',
    repository: git.repository(request.project),
    authorization: git.authorization,
    advertisement: request.listing && Buffer.from(request.listing.advertisement),
    requester: git.requester,
    idleTimeoutMs: git.limits.pushIdleTimeoutMs,
    totalTimeoutMs: git.limits.pushTotalTimeoutMs,
    maxReceivedBytes: Math.max(maxAnswerBytes, git.limits.maxListingBytes),
    onBytes: (_received, sent) => request.onProgress({ bytes: sent }),
    translate: gitFault({ doing: 'pushing', account }),
  });
  try {
    const outcome = await runGit({ ...pushCommand(gate, request), signal: request.signal });
    return readAnswer(outcome, gate, git.secrets);
  } finally {
    await gate.close();
  }
}

/**
 * Every ref goes with its exact old value (an empty one: it must not exist) and the object it shall have. Never --mirror
 * or --prune, and no configuration but what stands here: names of refs are a stranger's.
 */
function pushCommand(
  gate: Gate,
  { cacheDir, updates }: PushRequest,
): { args: string[]; cwd: string; env: Record<string, string> } {
  const config: readonly (readonly [string, string])[] = [
    ['http.extraHeader', gate.header],
    ['http.followRedirects', 'false'],
    ['http.proxy', ''],
    ['protocol.allow', 'never'],
    ['protocol.http.allow', 'always'],
    ['credential.helper', ''],
    ['core.hooksPath', '/dev/null'],
    ['push.followTags', 'false'],
    ['push.recurseSubmodules', 'no'],
  ];
  return {
    args: [
      ...['push', '--porcelain', '--no-verify', '--no-follow-tags', '--no-signed'],
      ...updates.map(({ ref, oldOid }) => `--force-with-lease=${ref}:${oldOid ?? ''}`),
      gate.url,
      ...updates.map(({ ref, newOid }) => `${newOid ?? ''}:${ref}`),
    ],
    cwd: cacheDir,
    // The environment of a process is for its owner's eyes only; its arguments are for everybody's.
    env: {
      GIT_DIR: cacheDir,
      GIT_CONFIG_COUNT: String(config.length),
      ...Object.fromEntries(config.map(([key], at) => [`GIT_CONFIG_KEY_${at}`, key])),
      ...Object.fromEntries(config.map(([, value], at) => [`GIT_CONFIG_VALUE_${at}`, value])),
    },
  };
}

/** Codes of faults that come before the forge took anything. */
export const harmless: ReadonlySet<string> = new Set([
  'forge_token_refused',
  'forge_project_missing',
  'forge_project_archived',
  'forge_project_is_native_mirror',
  'forge_push_denied',
]);

function readAnswer(outcome: GitOutcome, gate: Gate, secrets: readonly string[]): PushAnswer {
  const report = parsePushReport(outcome);
  const { sentBytes } = gate;
  if (outcome.exitCode !== 0 && isCacheDamaged(report))
    throw new HeadwaterError('upstream_corrupt', { why: 'objects are missing or damaged in the cache' });
  if (gate.fault !== null && harmless.has(gate.fault.code)) throw gate.fault;
  if (report.refs.size > 0 && gate.fault === null) return { report, failure: null, sentBytes };
  const said = plainText([...report.remoteLines, ...report.localLines]);
  const failure =
    gate.fault ??
    new HeadwaterError('forge_push_failed', { why: showRemoteText(said, secrets) || 'git gave no reason' });
  return { report: null, failure, sentBytes };
}
