import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { CheckedBytes } from '../../../src/adapters/lfs/checked-bytes';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Lets pieces through a check, and answers what came out and how it ended. */
async function check(object: { oid: string; size: number }, pieces: readonly Buffer[]) {
  const out: Buffer[] = [];
  let counted = 0;
  const checked = Readable.from(pieces, { objectMode: false }).pipe(
    new CheckedBytes(object, (bytes) => (counted += bytes)),
  );
  let code: string | null = null;
  try {
    for await (const chunk of checked as AsyncIterable<Buffer>) out.push(chunk);
  } catch (error) {
    code = (error as { code: string }).code;
  }
  return { out: Buffer.concat(out), counted, code };
}

const somePieces = fc.array(
  fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  {
    maxLength: 8,
  },
);

describe('an object on its way', () => {
  it('comes through as it is when size and SHA-256 are right, in whatever pieces', async () => {
    await fc.assert(
      fc.asyncProperty(somePieces, async (pieces) => {
        const whole = Buffer.concat(pieces);
        const result = await check({ oid: sha256(whole), size: whole.length }, pieces);
        expect(result).toEqual({ out: whole, counted: whole.length, code: null });
      }),
    );
  });

  it('HOST-11: never comes through whole when anything is wrong', async () => {
    const wrong = fc.constantFrom<'hash' | 'short' | 'long'>('hash', 'short', 'long');
    await fc.assert(
      fc.asyncProperty(somePieces, wrong, async (pieces, how) => {
        const whole = Buffer.concat(pieces);
        fc.pre(whole.length > 1);
        const size = whole.length + { hash: 0, short: 1, long: -1 }[how];
        const oid = how === 'hash' ? sha256(Buffer.from('another')) : sha256(whole);
        const result = await check({ oid, size }, pieces);
        expect(result.code).toBe('lfs_object_corrupt');
        expect(result.out.length).toBeLessThan(Math.min(size, whole.length));
      }),
    );
  });
});
