import type { RefOutcome } from '../../../src/domain/run';
import { proofOf } from '../../../src/domain/sync-state';

describe('what is the same on both sides', () => {
  const oid = 'a'.repeat(40);
  const mirrored = new Map(['refs/heads/main', 'refs/heads/docs', 'refs/tags/v1'].map((ref) => [ref, oid]));
  const diverged: RefOutcome = { ref: 'refs/heads/docs', oldOid: oid, newOid: oid, action: 'diverged', reason: null };

  it('is counted by branches and tags, without what differs', () => {
    expect(proofOf([], null, 7, mirrored).same).toEqual({ branches: 2, tags: 1 });
    expect(proofOf([diverged], null, 7, mirrored).same).toEqual({ branches: 1, tags: 1 });
  });

  it('stays as it was when nothing is new', () => {
    const before = proofOf([], null, 7, mirrored);
    expect(proofOf([], before, 8).same).toEqual({ branches: 2, tags: 1 });
    expect(proofOf([], null, 8).same).toBeNull();
  });
});
