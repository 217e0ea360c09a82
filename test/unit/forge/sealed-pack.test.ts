import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { PackHeadError, SealedPack } from '../../../src/adapters/forge/sealed-pack';

const head = Buffer.from('PACK\0\0\0\x02\0\0\0\x05', 'latin1');
const objects = Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 7) % 256));
const checksum = createHash('sha1').update(head).update(objects).digest();
const pack = Buffer.concat([head, objects, checksum]);

interface Sent {
  /** Before the seal. */
  readonly parts: Buffer;
  readonly seal: Buffer;
}

function sealed(bytes: Buffer, cuts: readonly number[]): Sent {
  const one = new SealedPack();
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  const parts = Buffer.concat(places.slice(1).flatMap((end, at) => one.push(bytes.subarray(places[at], end))));
  return { parts, seal: one.seal() };
}

/** The stranger's objects come last, whole, and without the stranger's checksum. */
function isSealed({ parts, seal }: Sent, body: Buffer): boolean {
  return (
    parts.toString('latin1', 0, 12) === 'PACK\0\0\0\x02\0\0\0\x06' &&
    parts.subarray(parts.length - body.length).equals(body) &&
    parts.length - 12 - body.length > 40 &&
    seal.equals(createHash('sha1').update(parts).digest())
  );
}

describe('a sealed pack', () => {
  test('holds one object more, all of the others, and a checksum of its own, wherever the pack is cut in two', () => {
    const cuts = Array.from({ length: pack.length + 1 }, (_, cut) => cut);
    expect(cuts.filter((cut) => !isSealed(sealed(pack, [cut]), objects))).toEqual([]);
  });

  test('is the same when every byte comes alone', () => {
    expect(isSealed(sealed(pack, [...pack.keys()]), objects)).toBe(true);
  });

  test('keeps back exactly the last twenty bytes, whatever comes', () => {
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 400 }), cuts, (content, places) => {
        const bytes = Buffer.concat([head, content]);
        const within = places.filter((place) => place <= bytes.length);
        return isSealed(sealed(bytes, within), Buffer.from(content.subarray(0, content.length - 20)));
      }),
    );
  });

  test('has a checksum that cannot be known from the pack', () => {
    expect(sealed(pack, []).seal).not.toEqual(sealed(pack, []).seal);
  });

  test('shares no memory with what it was given, apart from what was to be sent at once', () => {
    const bytes = Buffer.from(pack);
    const one = new SealedPack();
    one.push(bytes.subarray(0, 100));
    bytes.fill(0, 0, 100);
    const rest = Buffer.concat(one.push(Buffer.from(pack.subarray(100))));
    expect(rest).toEqual(objects.subarray(68));
  });

  test.each([
    ['is no pack', Buffer.from('KCAP\0\0\0\x02\0\0\0\x05', 'latin1')],
    ['is of a version to come', Buffer.from('PACK\0\0\0\x09\0\0\0\x05', 'latin1')],
    ['has no room for another object', Buffer.from('PACK\0\0\0\x02\xff\xff\xff\xff', 'latin1')],
  ])('is not made of what %s', (_, bytes) => {
    expect(() => sealed(bytes, [])).toThrow(PackHeadError);
    expect(() => sealed(bytes, [...bytes.keys()])).toThrow(PackHeadError);
  });
});
