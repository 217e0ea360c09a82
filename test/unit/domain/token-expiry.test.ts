import { HeadwaterError } from '../../../src/domain/errors';
import { nameRefusal, parseTokenExpiration, tokenWarning } from '../../../src/domain/token-expiry';
import { buildMirror } from '../../support/builders';

const day = 86_400_000;
const now = Date.UTC(2026, 0, 1, 12);
const mirror = (tokenExpiresAt: number | null) => buildMirror({ tokenExpiresAt });

it('a token is warned of in the week before its end, and called expired after it', () => {
  const codes = [null, now + 8 * day, now + 7 * day, now + 1, now, now - day].map(
    (at) => tokenWarning(mirror(at), now)?.code ?? null,
  );
  expect(codes).toEqual([
    null,
    null,
    'upstream_token_expiring',
    'upstream_token_expiring',
    'upstream_token_expired',
    'upstream_token_expired',
  ]);
  expect(tokenWarning(mirror(now + day), now)?.message).toBe(
    'The access token for the upstream upstream.example expires on 2026-01-02.',
  );
});

it('a refusal is called what it is, when the token is known to have ended', () => {
  const refused = new HeadwaterError('upstream_credentials_refused', { host: 'upstream.example' });
  expect(nameRefusal(refused, mirror(now - day), now).code).toBe('upstream_token_expired');
  expect(nameRefusal(refused, mirror(now + day), now)).toBe(refused);
  expect(nameRefusal(refused, mirror(null), now)).toBe(refused);
  const missing = new HeadwaterError('upstream_not_found', { host: 'upstream.example' });
  expect(nameRefusal(missing, mirror(now - day), now)).toBe(missing);
});

it.each([
  ['2027-10-12 09:00:00 UTC', Date.UTC(2027, 9, 12, 9)],
  ['2027-10-12 09:00:00 -0700', Date.UTC(2027, 9, 12, 16)],
  ['2027-10-12T09:00:00Z', Date.UTC(2027, 9, 12, 9)],
  ['2027-13-12 09:00:00 UTC', null],
  ['2027-10-12', null],
  ['never', null],
  ['', null],
])('%j is read as %s', (text, at) => {
  expect(parseTokenExpiration(text)).toBe(at);
});
