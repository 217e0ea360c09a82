import fc from 'fast-check';
import { parsePointer } from '../../../src/domain/lfs-pointer';

const oid = 'a1'.repeat(32);
const version = 'version https://git-lfs.github.com/spec/v1';
const pointer = (...lines: string[]) => `${lines.join('\n')}\n`;
const anyOid = fc.stringMatching(/^[0-9a-f]{64}$/);

describe('reading an LFS pointer', () => {
  it.each([
    ['as git-lfs writes it', pointer(version, `oid sha256:${oid}`, 'size 12')],
    ['without a line feed at its end', `${version}\noid sha256:${oid}\nsize 12`],
    ['with the line ends of Windows', `${version}\r\noid sha256:${oid}\r\nsize 12\r\n`],
    ['with extensions', pointer(version, `ext-0-crypt sha256:${'b'.repeat(64)}`, `oid sha256:${oid}`, 'size 12')],
    ['under its first name', pointer('version http://git-media.io/v/2', `oid sha256:${oid}`, 'size 12')],
    ['under its second name', pointer('version https://hawser.github.com/spec/v1', `oid sha256:${oid}`, 'size 12')],
  ])('one %s is read', (_, text) => {
    expect(parsePointer(text)).toEqual({ oid, size: 12 });
  });

  it.each([
    ['upper case', pointer(version, `oid sha256:${oid.toUpperCase()}`, 'size 12')],
    ['63 digits', pointer(version, `oid sha256:${oid.slice(1)}`, 'size 12')],
    ['65 digits', pointer(version, `oid sha256:${oid}0`, 'size 12')],
    ['a path for an id', pointer(version, 'oid sha256:../../../../etc/passwd', 'size 12')],
    ['another hash', pointer(version, `oid sha512:${oid}`, 'size 12')],
    ['a negative size', pointer(version, `oid sha256:${oid}`, 'size -1')],
    ['a size beyond counting', pointer(version, `oid sha256:${oid}`, 'size 9999999999999999')],
    ['a size with an exponent', pointer(version, `oid sha256:${oid}`, 'size 1e3')],
    ['no size', pointer(version, `oid sha256:${oid}`)],
    ['lines out of order', pointer(version, 'size 12', `oid sha256:${oid}`)],
    ['a line too many', pointer(version, `oid sha256:${oid}`, 'size 12', 'x y')],
    ['a text around it', pointer('See:', version, `oid sha256:${oid}`, 'size 12')],
    ['another version', pointer('version https://example.org/v1', `oid sha256:${oid}`, 'size 12')],
    ['nothing', ''],
  ])('HOST-11: a file with %s is an ordinary file', (_, text) => {
    expect(parsePointer(text)).toBeNull();
  });

  it('whatever git-lfs writes is read back', () => {
    fc.assert(
      fc.property(anyOid, fc.nat({ max: Number.MAX_SAFE_INTEGER }), (id, size) => {
        expect(parsePointer(pointer(version, `oid sha256:${id}`, `size ${size}`))).toEqual({ oid: id, size });
      }),
    );
  });

  it('nothing else is ever taken for one, and no text takes long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1023 }), (text) => {
        const read = parsePointer(text);
        if (read !== null) expect(read.oid).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
    const started = performance.now();
    parsePointer(`${version}${'\r\n'.repeat(480)}!`);
    parsePointer(`${version}\n${`ext-0-a sha256:${oid}\n`.repeat(10)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
