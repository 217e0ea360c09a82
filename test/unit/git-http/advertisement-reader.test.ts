import { AdvertisementReader, type KnownAdvertisement } from '../../../src/git-http/advertisement-reader';
import type { Advertisement } from '../../../src/git-http/advertisement';
import { refsListing } from '../../support/hostile-upstream';

const service = 'git-upload-pack';
const capabilities = ' symref=HEAD:refs/heads/main agent=git/2.39';
const oid = (of: number) => of.toString(16).padStart(40, '0');

/** Some 130 kB, so that more than half of it comes after the part that is parsed at once. */
function manyRefs(last: number): Buffer {
  const branches = Array.from({ length: 2000 }, (_, at): [string, string] => [`refs/heads/topic-${at}`, oid(at)]);
  const refs = [['HEAD', oid(1)], ['refs/heads/main', oid(1)], ...branches, ['refs/tags/v1', oid(last)]];
  return refsListing(Object.fromEntries(refs) as Record<string, string>, capabilities);
}

function read(stream: Buffer, known?: KnownAdvertisement): { reader: AdvertisementReader; end: Advertisement | null } {
  const reader = new AdvertisementReader(service, known);
  for (let at = 0; at < stream.length; at += 1000) reader.push(stream.subarray(at, at + 1000));
  return { reader, end: reader.end() };
}

function knownOf(stream: Buffer): KnownAdvertisement {
  const { refs, ...said } = read(stream).end as Advertisement;
  return { ...said, refCount: refs.size };
}

describe('reading a list of refs that was read before', () => {
  const listing = manyRefs(7);
  const refs = read(listing).end?.refs ?? new Map<string, string>();

  it('the same bytes say the same, and their refs are there for whoever looks', () => {
    const { end } = read(listing, knownOf(listing));
    expect(end).toMatchObject({ headTarget: 'refs/heads/main', receivedBytes: listing.length });
    expect(end?.refs.size).toBe(2002);
    expect(end?.refs.get('refs/tags/v1')).toBe(oid(7));
    expect(end?.refs.has('refs/heads/topic-2000')).toBe(false);
    expect([...(end?.refs ?? [])]).toEqual([...refs]);
    expect([...(end?.refs.keys() ?? [])]).toEqual([...refs.keys()]);
    expect([...(end?.refs.values() ?? [])]).toEqual([...refs.values()]);
    const visited = new Map<string, string>();
    end?.refs.forEach((value, name) => visited.set(name, value));
    expect(visited).toEqual(refs);
  });

  it('its refs are not parsed where nobody looks at them', () => {
    const others = { ...knownOf(listing), refCount: 3 };
    expect(read(listing, others).end?.refs.size).toBe(3);
  });

  it('one ref that moved, at the very end, is seen', () => {
    const { end } = read(manyRefs(8), knownOf(listing));
    expect(end?.refs.size).toBe(2002);
    expect(end?.refs.get('refs/tags/v1')).toBe(oid(8));
    expect(end?.sha256).not.toBe(knownOf(listing).sha256);
  });

  it('a list that breaks off late is none', () => {
    expect(read(listing.subarray(0, -4), knownOf(listing)).end).toBeNull();
    expect(read(listing.subarray(0, -500), knownOf(listing)).end).toBeNull();
  });

  it('nonsense is found at once in the beginning, and at the end wherever else it stands', () => {
    const late = Buffer.concat([listing.subarray(0, -4), Buffer.from('zzzz')]);
    expect(() => read(late, knownOf(listing))).toThrow('no length');
    const refusal = Buffer.from('001e# service=git-upload-pack\n0000000eERR no way');
    const { reader } = read(refusal, knownOf(listing));
    expect(reader.fault).toEqual({ kind: 'refused', text: 'no way' });
  });
});
