import fc from 'fast-check';
import { pktLine } from '../../../src/git-http/pkt-line';
import { SideBandReader } from '../../../src/git-http/side-band';
import { packResult, sideband } from '../../support/hostile-upstream';

const pack = Buffer.from(Array.from({ length: 500 }, (_, at) => at % 256));
const stream = Buffer.concat([
  pktLine('NAK\n'),
  sideband(2, Buffer.from('Counting objects: 3\r')),
  sideband(1, pack.subarray(0, 1)),
  sideband(1, Buffer.alloc(0)),
  sideband(1, pack.subarray(1, 300)),
  sideband(2, Buffer.from('0005\u0001')),
  sideband(1, pack.subarray(300)),
  Buffer.from('0000'),
]);

/** What the reader makes of a stream that comes cut at the given places. */
function mainBand(bytes: Buffer, cuts: readonly number[]): Buffer {
  const reader = new SideBandReader();
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return Buffer.concat(places.slice(1).flatMap((end, at) => reader.push(bytes.subarray(places[at], end))));
}

describe('the side-band reader', () => {
  test('finds the main band wherever the stream is cut in two', () => {
    const cuts = Array.from({ length: stream.length + 1 }, (_, cut) => cut);
    expect(cuts.filter((cut) => !mainBand(stream, [cut]).equals(pack))).toEqual([]);
  });

  test('finds it when every byte comes alone', () => {
    expect(mainBand(stream, [...stream.keys()])).toEqual(pack);
  });

  test('finds any content, cut anywhere', () => {
    const cuts = fc.array(fc.nat({ max: 3_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), cuts, (content, places) => {
        const bytes = packResult(Buffer.from(content));
        const within = places.filter((place) => place <= bytes.length);
        expect(mainBand(bytes, within)).toEqual(Buffer.from(content));
      }),
    );
  });

  test('takes nothing after the end of the stream', () => {
    expect(mainBand(Buffer.concat([stream, sideband(1, Buffer.from('more'))]), [])).toEqual(pack);
  });

  test.each([
    ['a stream without side bands', Buffer.concat([pktLine('NAK\n'), Buffer.from('PACK\0\0\0\x02')])],
    ['a web page', Buffer.from('<html>')],
    ['an impossible length', Buffer.from('0003\x01abc')],
    ['an error line', pktLine('ERR no such repository\n')],
    ['nothing', Buffer.alloc(0)],
  ])('finds nothing in %s', (_, bytes) => {
    expect(mainBand(bytes, [])).toHaveLength(0);
    expect(mainBand(bytes, [...bytes.keys()])).toHaveLength(0);
  });
});
