import fc from 'fast-check';
import { planBatches, portions } from '../../../src/domain/lfs-batch';
import { lfsKey, type LfsObject } from '../../../src/domain/lfs-pointer';

/** Few ids and sizes, so that the same come up often. */
const someObject: fc.Arbitrary<LfsObject> = fc.record({
  oid: fc.nat({ max: 40 }).map((n) => n.toString(16).padStart(64, '0')),
  size: fc.nat({ max: 3 }),
});

describe('batches of LFS objects', () => {
  it('lose nothing, name nothing twice, and are never too large', () => {
    fc.assert(
      fc.property(fc.array(someObject, { maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (objects, size) => {
        const batches = planBatches(objects, size);
        const asked = batches.flat().map(lfsKey);
        expect(new Set(asked)).toEqual(new Set(objects.map(lfsKey)));
        expect(asked).toHaveLength(new Set(asked).size);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(size);
          expect(new Set(batch.map(({ oid }) => oid)).size).toBe(batch.length);
        }
      }),
    );
  });

  it('the last portion is not lost, however small it is', () => {
    const objects = Array.from({ length: 201 }, (_, n) => ({ oid: n.toString(16).padStart(64, '0'), size: n }));
    expect(planBatches(objects, 100).map((batch) => batch.length)).toEqual([100, 100, 1]);
    expect(planBatches([], 100)).toEqual([]);
  });

  it('portions put together are what was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 50 }), (items, size) => {
        expect(portions(items, size).flat()).toEqual(items);
      }),
    );
  });
});
