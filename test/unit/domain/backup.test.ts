import fc from 'fast-check';
import { outdatedBackups, placeOf, type Backup } from '../../../src/domain/backup';

const backup = (id: string, ref: string, at: number): Backup => ({
  ...{ id, mirrorId: 'mirror-1', runId: `run-${id}`, oid: 'a'.repeat(40) },
  ...{ ref, at },
});
const main = 'refs/heads/main';
const ids = (backups: readonly Backup[]) => backups.map(({ id }) => id);

describe('backups', () => {
  it('are refs that are neither branches nor tags, one per run and ref', () => {
    expect(placeOf({ runId: 'r', ref: 'refs/tags/v1' })).toBe('refs/headwater/backup/r/tags/v1');
  });

  it('go when they are too many or too old', () => {
    const backups = [
      backup('a', main, 10),
      backup('b', main, 20),
      backup('c', main, 30),
      backup('d', 'refs/tags/x', 5),
    ];
    expect(ids(outdatedBackups(backups, { perRef: 2, ageMs: 1000 }, 40))).toEqual(['a']);
    expect(ids(outdatedBackups(backups, { perRef: 9, ageMs: 15 }, 40))).toEqual(['b', 'a']);
  });

  it('never lose the newest one of a ref, however old, and keep all that are neither', () => {
    const backups = fc.array(fc.tuple(fc.constantFrom(main, 'refs/heads/x', 'refs/tags/y'), fc.nat(100)), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(backups, fc.integer({ min: 1, max: 5 }), fc.nat(120), (list, perRef, ageMs) => {
        const all = list.map(([ref, at], index) => backup(String(index), ref, at));
        const gone = new Set(ids(outdatedBackups(all, { perRef, ageMs }, 120)));
        for (const ref of new Set(all.map((one) => one.ref))) {
          const kept = all.filter((one) => one.ref === ref && !gone.has(one.id));
          const newest = Math.max(...all.filter((one) => one.ref === ref).map(({ at }) => at));
          expect(kept.some(({ at }) => at === newest)).toBe(true);
          expect(kept.length).toBeLessThanOrEqual(perRef);
          for (const { at } of kept) expect(at === newest || at >= 120 - ageMs).toBe(true);
          const young = all.filter((one) => one.ref === ref && one.at >= 120 - ageMs).length;
          expect(kept.length).toBeGreaterThanOrEqual(Math.min(perRef, Math.max(young, 1)));
        }
      }),
    );
  });
});
