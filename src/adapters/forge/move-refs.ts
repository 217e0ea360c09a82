import { fault } from '../../domain/errors';
import type { PushRequest, PushResult } from '../../ports/forge';
import { sendRefCommands } from '../../git-http/receive-pack';
import { pushUpdates } from './push';
import { answerTo, receivePackOptions } from './receive-pack-answer';
import type { PushAnswer, PushDeps } from './run-push';

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

function sendCommands(deps: PushDeps, { project, updates, signal }: PushRequest): Promise<PushAnswer> {
  return answerTo(
    () => sendRefCommands(receivePackOptions(deps, project, signal), updates),
    // Words of git's builtin/receive-pack.c for a new value whose object, or whose history, is not there.
    (refusal) => (refusal === 'missing necessary objects' || refusal === 'bad pack' ? missingObject : refusal),
  );
}
