import { HeadwaterError } from '../../domain/errors';
import type { ForgeProject } from '../../ports/forge';
import type { ReceivePackOptions } from '../../git-http/receive-pack';
import type { ReceivePackReport } from '../../git-http/receive-pack-report';
import { gitFault } from './errors';
import type { PushedRef, PushReport } from './push-report';
import { harmless, type PushAnswer, type PushDeps } from './run-push';

const maxAnswerBytes = 64 * 1024 * 1024;

/** Of a push by hand to a project. */
export function receivePackOptions(
  { git, account }: PushDeps,
  project: ForgeProject,
  signal: AbortSignal,
): ReceivePackOptions {
  return {
    repository: git.repository(project),
    authorization: git.authorization,
    requester: git.requester,
    idleTimeoutMs: git.limits.pushIdleTimeoutMs,
    maxBytes: maxAnswerBytes,
    signal,
    translate: gitFault({ doing: 'pushing', account }),
  };
}

/**
 * What a push by hand brought, in the words of git push, so that both are settled alike; `wordsFor` may change those of a
 * refusal. Raises what `runPush` raises.
 */
export async function answerTo(
  push: () => Promise<ReceivePackReport>,
  wordsFor: (refusal: string) => string = (refusal) => refusal,
): Promise<PushAnswer> {
  try {
    const report = await push();
    const refs = new Map(
      [...report.refs].map(([ref, refusal]) => [ref, pushedRef(refusal === null ? null : wordsFor(refusal))]),
    );
    const answer: PushReport = { refs, remoteLines: report.remoteLines, localLines: [] };
    return { report: answer, failure: null, sentBytes: report.sentBytes };
  } catch (thrown) {
    if (!(thrown instanceof HeadwaterError) || harmless.has(thrown.code)) throw thrown;
    return { report: null, failure: thrown, sentBytes: 0 };
  }
}

/** The server's words as git's porcelain would show them. */
function pushedRef(refusal: string | null): PushedRef {
  if (refusal === null) return { flag: ' ', summary: 'done', reason: '' };
  return { flag: '!', summary: '[remote rejected]', reason: refusal };
}
