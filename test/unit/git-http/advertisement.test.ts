import { AdvertisementParser } from '../../../src/git-http/advertisement';
import { PktLineError, PktLineReader, pktLine } from '../../../src/git-http/pkt-line';
import { isValidRefName } from '../../../src/domain/git-ref';
import { listingOf, refsListing } from '../../support/hostile-upstream';
import fc from 'fast-check';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);

function parse(stream: Buffer, chunkSize = stream.length || 1): AdvertisementParser {
  const parser = new AdvertisementParser('git-upload-pack');
  const reader = new PktLineReader((text, start, end) => parser.line(text, start, end));
  for (let at = 0; at < stream.length; at += chunkSize) reader.push(stream.subarray(at, at + chunkSize));
  return parser;
}

describe('reading a list of refs', () => {
  const listing = refsListing(
    {
      HEAD: a,
      'refs/heads/main': a,
      'refs/heads/fix/ünïcode': b,
      'refs/pull/1/head': b,
      'refs/tags/v1': b,
      'refs/tags/v1^{}': a,
    },
    ' symref=HEAD:refs/heads/main agent=git/2.39',
  );

  test.each([1, 3, 7, 50, 100_000])('in portions of %d bytes, it keeps branches and tags', (chunkSize) => {
    const parser = parse(listing, chunkSize);
    expect(parser.isComplete).toBe(true);
    expect(parser.fault).toBeNull();
    expect(parser.result(1)).toMatchObject({
      refs: new Map([
        ['refs/heads/main', a],
        ['refs/heads/fix/ünïcode', b],
        ['refs/tags/v1', b],
      ]),
      invalidNames: [],
      head: a,
      headTarget: 'refs/heads/main',
    });
    expect(parser.result(1).capabilities).toContain('agent=git/2.39');
  });

  test('an empty repository lists nothing, in both ways that servers have of saying so', () => {
    for (const stream of [listingOf(`${'0'.repeat(40)} capabilities^{}\0multi_ack\n`), listingOf()]) {
      const parser = parse(stream);
      expect([parser.isComplete, parser.fault, parser.result(0).refs.size]).toEqual([true, null, 0]);
    }
  });

  test('a list without its end is not complete', () => {
    for (let cut = 1; cut < listing.length; cut += 1) expect(parse(listing.subarray(0, cut)).isComplete).toBe(false);
  });

  test.each([
    ['an error in place of refs', listingOf('ERR no such repository\n'), { kind: 'refused' }],
    [
      'a SHA-256 repository',
      listingOf(`${'0'.repeat(64)} capabilities^{}\0object-format=sha256\n`),
      { kind: 'unsupported', feature: 'sha256' },
    ],
    [
      'a shallow repository',
      listingOf(`${a} refs/heads/main\0x\n`, `shallow ${b}\n`),
      { kind: 'unsupported', feature: 'shallow' },
    ],
    ['another service', pktLine('# service=git-receive-pack\n'), { kind: 'not_git' }],
    ['an object id that is none', listingOf(`${'z'.repeat(40)} refs/heads/main\0x\n`), { kind: 'not_git' }],
    ['a first line without capabilities', listingOf(`${a} refs/heads/main\n`), { kind: 'not_git' }],
    ['a line without a name', listingOf(`${a} refs/heads/main\0x\n`, `${a}\n`), { kind: 'not_git' }],
  ])('%s is told apart', (_, stream, fault) => {
    expect(parse(stream).fault).toMatchObject(fault);
  });

  test('lengths that are none are refused', () => {
    expect(() => parse(Buffer.from('<html><body>'))).toThrow(PktLineError);
    expect(() => parse(Buffer.from('0001'))).toThrow(PktLineError);
    expect(() => parse(Buffer.from('0003'))).toThrow(PktLineError);
  });

  test('names that git does not allow are told and made fit to show (HOST-03, HOST-04)', () => {
    const names = [
      'refs/heads/../../evil',
      'refs/heads/x.lock',
      'refs/heads/.x',
      'refs/heads/x/',
      'refs/heads/x//y',
      'refs/heads/x.',
      'refs/heads/a\u001b[31mred',
      'refs/heads/HEAD',
      'refs/heads/',
      `refs/heads/${'n'.repeat(300)}`,
      'refs/tags/\u202eevil',
    ];
    const parser = parse(refsListing({ 'refs/heads/main': a, ...Object.fromEntries(names.map((name) => [name, b])) }));
    const { refs, invalidNames } = parser.result(0);
    expect([...refs.keys()]).toEqual(['refs/heads/main', 'refs/tags/\u202eevil']);
    expect(invalidNames).toHaveLength(names.length - 1);
    // eslint-disable-next-line no-control-regex -- that none of them is left
    expect(invalidNames.join('')).not.toMatch(/[\u0000-\u001f]/);
  });

  test('the quick check of names agrees with the full one', () => {
    const piece = fc.constantFrom(
      'a',
      'Z',
      '0',
      '-',
      '_',
      '.',
      '..',
      '/',
      '.lock',
      'lock',
      'HEAD',
      '~',
      'é',
      '@{',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const name = `refs/heads/${pieces.join('')}`;
        const { refs, invalidNames } = parse(refsListing({ [name]: a })).result(0);
        expect([refs.has(name), invalidNames.length]).toEqual(isValidRefName(name) ? [true, 0] : [false, 1]);
      }),
    );
  });
});
