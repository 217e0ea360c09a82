import { parsePushReport } from '../../../src/adapters/forge/push-report';
import { pushUpdates } from '../../../src/adapters/forge/push';
import type { PushAnswer, PushDeps } from '../../../src/adapters/forge/run-push';
import type { RefUpdate } from '../../../src/domain/ref-plan';
import type { PushRequest } from '../../../src/ports/forge';

const oid = 'a'.repeat(40);
const updates = Array.from({ length: 500 }, (_, number): RefUpdate => ({
  ref: `refs/heads/b${number}`,
  oldOid: null,
  newOid: oid,
  action: 'created',
}));
const deps = { account: 'bot', git: { secrets: [] } } as unknown as PushDeps;
const request = { updates, onProgress: () => undefined } as unknown as PushRequest;

/** A forge whose hook refuses a push as a whole when one of these is in it, and does not say which. */
function forge(bad: ReadonlySet<string>) {
  const pushes: number[] = [];
  const send = async (_: PushDeps, { updates: portion }: PushRequest): Promise<PushAnswer> => {
    pushes.push(portion.length);
    const refused = portion.some(({ ref }) => bad.has(ref));
    const line = ({ ref }: RefUpdate) =>
      refused ? `!\t${oid}:${ref}\t[remote rejected] (pre-receive hook declined)` : `*\t${oid}:${ref}\t[new branch]`;
    const stderr = refused ? 'remote: not this one\n' : '';
    const report = parsePushReport({ stdout: portion.map(line).join('\n'), stderr });
    return { report, failure: null, sentBytes: 1 };
  };
  return { pushes, send };
}

describe('NET-06: one bad ref of five hundred, of which the forge does not say which', () => {
  it.each(['refs/heads/b0', 'refs/heads/b250', 'refs/heads/b499'])(
    '%s is found, and all others arrive',
    async (ref) => {
      const { pushes, send } = forge(new Set([ref]));
      const { outcomes } = await pushUpdates(deps, request, send);
      expect(outcomes.map((outcome) => outcome.ref)).toEqual(updates.map((update) => update.ref));
      expect(outcomes.filter(({ action }) => action !== 'created')).toMatchObject([
        {
          ref,
          action: 'rejected',
          reason: { code: 'hook_declined', message: expect.stringContaining('not this one') },
        },
      ]);
      // Two halves for each of the nine times that five hundred can be halved, and the whole before.
      expect(pushes.length).toBeLessThanOrEqual(19);
    },
  );

  it('every one of them bad ends, too, each with its own outcome', async () => {
    const { pushes, send } = forge(new Set(updates.map(({ ref }) => ref)));
    const { outcomes } = await pushUpdates(deps, request, send);
    expect(outcomes.every(({ action }) => action === 'rejected')).toBe(true);
    expect(pushes.length).toBeLessThan(2 * updates.length);
  });
});
