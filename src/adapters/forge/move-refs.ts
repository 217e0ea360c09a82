import { HeadwaterError, fault } from '../../domain/errors';
import type { PushRequest, PushResult } from '../../ports/forge';
import { sendRefCommands } from '../../git-http/receive-pack';
import { gitFault } from './errors';
import { pushUpdates } from './push';
import type { PushReport, PushedRef } from './push-report';
import type { PushAnswer, PushDeps } from './run-push';

const maxAnswerBytes = 64 * 1024 * 1024;

/** Moves refs to objects that the forge has. Refusals are settled as those of a push. */
export async function moveRefs(
  deps: PushDeps,
  request: Pick<PushRequest, 'project' | 'updates' | 'signal'>,
): Promise<PushResult> {
  const result = await pushUpdates(deps, { ...request, cacheDir: '', onProgress: () => undefined }, sendCommands);
  return {
    ...result,
    // Only here can an object be missing on the forge's side: none was sent.
    outcomes: result.outcomes.map((outcome) =>
      outcome.reason?.code === 'ref_refused' && outcome.reason.message.includes(missingObject)
        ? { ...outcome, reason: fault('old_value_gone', { ref: outcome.ref }) }
        : outcome,
    ),
  };
}

const missingObject = 'the object is not there';

async function sendCommands(
  { git, account }: PushDeps,
  { project, updates, signal }: PushRequest,
): Promise<PushAnswer> {
  const translate = gitFault({ doing: 'pushing', account });
  let sentBytes = 0;
  try {
    const report = await sendRefCommands(
      {
        repository: git.repository(project),
        authorization: git.authorization,
        requester: git.requester,
        idleTimeoutMs: git.limits.pushIdleTimeoutMs,
        maxBytes: maxAnswerBytes,
        signal,
        translate,
      },
      updates,
    );
    sentBytes = report.sentBytes;
    const refs = new Map([...report.refs].map(([ref, refusal]) => [ref, pushedRef(refusal)]));
    const answer: PushReport = { refs, remoteLines: report.remoteLines, localLines: [] };
    return { report: answer, failure: null, sentBytes };
  } catch (thrown) {
    if (!(thrown instanceof HeadwaterError) || thrown.code !== 'forge_push_failed') throw thrown;
    return { report: null, failure: thrown, sentBytes };
  }
}

/** The server's words as git's porcelain would show them. */
function pushedRef(refusal: string | null): PushedRef {
  if (refusal === null) return { flag: ' ', summary: 'done', reason: '' };
  // Words of git's builtin/receive-pack.c for a new value whose object, or whose history, is not there.
  const missing = refusal === 'missing necessary objects' || refusal === 'bad pack';
  return { flag: '!', summary: '[remote rejected]', reason: missing ? missingObject : refusal };
}
