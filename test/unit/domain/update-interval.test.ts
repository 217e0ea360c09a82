import fc from 'fast-check';
import { parseInterval, showInterval } from '../../../src/domain/update-interval';

const minute = 60_000;
const hour = 60 * minute;

it.each([
  ['6h', 6 * hour],
  ['90m', 90 * minute],
  ['1h30m', 90 * minute],
  ['8h0m0s', 8 * hour],
  ['8h30m0s', 8.5 * hour],
  ['7d', 168 * hour],
  ['45s', 45_000],
  ['PT6H', 6 * hour],
  ['P1DT12H', 36 * hour],
  ['PT1H30M', 90 * minute],
])('%s is a duration', (text, ms) => {
  expect(parseInterval(text)).toBe(ms);
});

it.each([
  '',
  ' ',
  '6',
  '-6h',
  '1.5h',
  '6 h',
  '6H',
  'h',
  'P',
  'PT',
  'P1M',
  'P1Y',
  'P1W',
  '1h6d',
  '0x6h',
  '1e3h',
  '٦h',
  '6h\n',
])('%j is none', (text) => {
  expect(parseInterval(text)).toBeNull();
});

it('what is shown is read back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 86_400 }), (s) => parseInterval(showInterval(s * 1000)) === s * 1000),
  );
  expect([6 * hour, 90 * minute, 168 * hour, 0].map(showInterval)).toEqual(['6h', '1h30m', '7d', '0s']);
});
