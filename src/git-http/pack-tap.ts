import { Transform } from 'node:stream';
import { SideBandReader } from './side-band';

/** Takes a piece of a pack; what it answers resolves once it is ready for more. Never rejects. */
export type TakePack = (bytes: Uint8Array) => Promise<void> | void;

/**
 * Lets a fetch's answer through untouched and shows its pack to `take`, before it goes on: what the reader has seen, `take`
 * has taken, and one that is slow slows the sender instead of filling the memory.
 */
export function packTap(take: TakePack): Transform {
  const bands = new SideBandReader();
  const show = async (chunk: Buffer) => {
    for (const part of bands.push(chunk)) await take(part);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      show(chunk).then(() => done(null, chunk), done);
    },
  });
}
