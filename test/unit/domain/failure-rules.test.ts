import fc from 'fast-check';
import { fault } from '../../../src/domain/errors';
import { failureRule, faultClass } from '../../../src/domain/failure-rules';
import { faultCatalogue, type FaultCode } from '../../../src/domain/fault-catalogue';
import { transition, type Mirror } from '../../../src/domain/mirror';
import { buildMirror, buildPolicy } from '../../support/builders';

const hour = 3_600_000;
const noon = Date.UTC(2026, 0, 1, 12);
const policy = buildPolicy();
const codes = Object.keys(faultCatalogue) as FaultCode[];

const fail = (mirror: Mirror, code: FaultCode, at = noon, retryAfterMs?: number) =>
  transition(mirror, { type: 'failed', at, fault: fault(code), retryAfterMs }, policy);

/** Hours until each next try, until it is paused. */
function waits(code: FaultCode): number[] {
  const found: number[] = [];
  let mirror = buildMirror();
  for (let at = noon; found.length < 20;) {
    mirror = fail(mirror, code, at);
    if (mirror.nextUpdateAt === null) return found;
    found.push((mirror.nextUpdateAt - at) / hour);
    at = mirror.nextUpdateAt;
  }
  return found;
}

describe('a failure', () => {
  it.each<[string, FaultCode, number[]]>([
    ['not found', 'upstream_not_found', [1, 1, 1, 1, 1]],
    ['TLS', 'upstream_tls', [1, 1, 1, 1, 1]],
    ['unreachable', 'upstream_unreachable', [1, 1, 1, 1, 1]],
    ['refused by the forge', 'forge_push_denied', [1, 1, 1, 1, 1]],
    ['credentials', 'upstream_credentials_refused', [1, 2, 4, 6, 6]],
    ['time-out', 'upstream_timeout', [1, 2, 4, 6, 6]],
    ['corrupt', 'upstream_corrupt', [1, 2, 4, 6, 6]],
    ['quota', 'forge_quota', [1, 2, 4, 6, 6]],
    ['crash', 'fetch_crashed', [1, 2, 4, 6, 6]],
    ['host key', 'upstream_host_key_changed', []],
    ['archived', 'forge_project_archived', []],
  ])('of the class "%s" is tried again so often, and then paused', (_, code, expected) => {
    expect(waits(code)).toEqual(expected);
  });

  it.each<FaultCode>([
    'upstream_rate_limited',
    'forge_unreachable',
    'forge_token_refused',
    'disk_full',
    'server_exhausted',
    'store_unavailable',
  ])('that is nobody’s fault (%s) never pauses a mirror', (code) => {
    expect(waits(code)).toHaveLength(20);
  });

  it('says in its pause what it waits for', () => {
    expect(fail(buildMirror(), 'upstream_host_key_unconfirmed').pause).toEqual({
      reason: 'host_key',
      by: null,
      at: noon,
    });
    expect(fail(buildMirror(), 'forge_project_archived').pause?.reason).toBe('archived');
    expect(fail(buildMirror({ failures: 5 }), 'upstream_not_found').pause?.reason).toBe('failures');
  });

  it('waits as long as the other side asked for, if that is longer', () => {
    expect(fail(buildMirror(), 'upstream_rate_limited', noon, 2.5 * hour).nextUpdateAt).toBe(noon + 2.5 * hour);
    expect(fail(buildMirror(), 'upstream_rate_limited', noon, 5).nextUpdateAt).toBe(noon + hour);
  });

  it('of any kind has the next try after now and at the latest at the regular turn', () => {
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.nat(5), fc.nat(10 * hour), (code, failures, late) => {
        const { nextUpdateAt } = fail(buildMirror({ failures }), code, noon + late);
        return nextUpdateAt === null || (nextUpdateAt > noon + late && nextUpdateAt <= noon + late + 7 * hour);
      }),
    );
  });

  it('that counts leads to a pause after the five tries, whatever its class', () => {
    for (const code of codes)
      if (failureRule(code).counts) expect([code, waits(code).length <= 5]).toEqual([code, true]);
  });
});

it('every code has a class, and every class of the maintainer’s troubles has codes', () => {
  const classes = new Set(codes.map(faultClass));
  for (const name of [
    'credentials',
    'host_key',
    'tls',
    'not_found',
    'rate_limit',
    'refused',
    'quota',
    'timeout',
    'corrupt',
  ])
    expect(classes).toContain(name);
});
