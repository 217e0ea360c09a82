import type { LaneRequest, PackLane } from '../../ports/forge';
import { ReceivePackRequest } from '../../git-http/receive-pack';
import { pushUpdates } from './push';
import { answerTo, receivePackOptions } from './receive-pack-answer';
import { runPush, type PushDeps } from './run-push';
import { SealedPack } from './sealed-pack';
import { portionsThatFit } from './settle-push';

/** See ports/forge. */
export function openLane(deps: PushDeps, { project, updates, signal }: LaneRequest): PackLane | null {
  // What the lane does not bring has to fit into one ordinary push.
  if (portionsThatFit(updates).length !== 1) return null;
  const push = new ReceivePackRequest(receivePackOptions(deps, project, signal), updates);
  const pack = new SealedPack();
  return {
    updates,
    write(bytes) {
      if (!push.isOpen) return;
      try {
        return pack.push(bytes).reduce<Promise<void> | void>((_, part) => push.write(part), undefined);
      } catch {
        push.abort(); // no pack
      }
    },
    push: (request) =>
      pushUpdates(deps, { ...request, updates }, (both, portion) =>
        push.isOpen ? answerTo(() => push.finish(pack.seal())) : runPush(both, portion),
      ),
    abort: () => push.abort(),
  };
}
