import fc from 'fast-check';
import { parsePushReport } from '../../../src/adapters/forge/push-report';
import { halve, portionsThatFit, settleAnswered } from '../../../src/adapters/forge/settle-push';
import type { RefUpdate } from '../../../src/domain/ref-plan';

const oid = 'a'.repeat(40);
const words = { account: 'bot', secrets: ['s3cret'] };
const update = (ref: string): RefUpdate => ({ ref, oldOid: null, newOid: oid, action: 'created' });
const refusedLine = (ref: string, reason: string) => `!\t${oid}:${ref}\t[remote rejected] (${reason})`;
const settle = (refs: readonly string[], reason: string, ...remote: string[]) =>
  settleAnswered(
    parsePushReport({
      stdout: refs.map((ref) => refusedLine(ref, reason)).join('\n'),
      stderr: remote.map((line) => `remote: ${line}`).join('\n'),
    }),
    refs.map(update),
    words,
  );

describe('settling an answered push', () => {
  const three = ['refs/heads/a', 'refs/heads/b', 'refs/heads/c'];

  test('takes out the branch that the forge names, and the others go together again', () => {
    const settled = settle(three, 'pre-receive hook declined', 'Forgejo: Not allowed to push to protected branch b');
    expect(settled.named).toBe(true);
    expect(settled.refused.map(({ ref }) => ref)).toEqual(['refs/heads/a', 'refs/heads/c']);
    expect([...settled.outcomes.values()]).toMatchObject([
      { ref: 'refs/heads/b', reason: { code: 'branch_protected' } },
    ]);
  });

  test('blames nobody for words that name no ref', () => {
    const settled = settle(three, 'pre-receive hook declined', 'one of them is bad');
    expect(settled).toMatchObject({ named: false, refused: three.map(update) });
    expect(settled.outcomes.size).toBe(0);
  });

  test('blames a ref that stands alone, in the words of the hook and without secrets', () => {
    const settled = settle(['refs/heads/a'], 'pre-receive hook declined', 's3cret is not allowed.');
    expect([...settled.outcomes.values()][0]?.reason).toMatchObject({
      code: 'hook_declined',
      message: 'A hook of the forge refused refs/heads/a: [redacted] is not allowed.',
    });
    expect(settled.refused).toEqual([]);
  });

  test("treats what the forge's check of objects refuses like a hook's refusal", () => {
    const fsck = ['fatal: fsck error in packed object', 'error: object 1234: hasDotgit: contains .git'];
    expect(settle(three, 'unpacker error', ...fsck)).toMatchObject({ refused: three.map(update) });
    const alone = settle(['refs/heads/a'], 'unpacker error', ...fsck);
    expect([...alone.outcomes.values()]).toMatchObject([{ reason: { code: 'ref_refused' } }]);
  });

  test.each([
    ['pre-receive hook declined', 'Forgejo: User permission denied for writing.', 'forge_push_denied'],
    ['pre-receive hook declined', 'Forgejo: Quota exceeded', 'forge_quota'],
    ['missing necessary objects', '', 'upstream_corrupt'],
    ['unpacker error', 'fatal: write error: No space left on device', 'forge_push_failed'],
  ])('raises what is about all refs alike: %s, "%s"', (reason, text, code) => {
    expect(() => settle(three, reason, text)).toThrow(expect.objectContaining({ code }) as Error);
  });

  test('tells refs of which the forge said nothing', () => {
    const settled = settleAnswered(parsePushReport({ stdout: '', stderr: '' }), three.map(update), words);
    expect(settled.unknown.map(({ ref }) => ref)).toEqual(three);
  });
});

describe('portions', () => {
  const refs = fc.array(fc.string({ minLength: 1, maxLength: 200 }));

  test('halving loses nothing, keeps the order and leaves no empty half', () => {
    fc.assert(
      fc.property(refs, (names) => {
        const halves = halve(names);
        expect(halves.flat()).toEqual(names);
        expect(halves.every((half) => half.length > 0)).toBe(true);
      }),
    );
  });

  test('RES-04: portions that fit lose nothing and stay within a command line', () => {
    fc.assert(
      fc.property(refs, (names) => {
        const updates = names.map(update);
        const portions = portionsThatFit(updates, 1000);
        expect(portions.flat()).toEqual(updates);
        for (const portion of portions)
          expect(portion.reduce((sum, { ref }) => sum + 2 * Buffer.byteLength(ref) + 120, 0)).toBeLessThanOrEqual(1000);
      }),
    );
  });
});
