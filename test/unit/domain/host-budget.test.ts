import { fault } from '../../../src/domain/errors';
import { budgetHost, hasSlowRoom, isSlow, roomOn } from '../../../src/domain/host-budget';
import { parseUpstreamUrl } from '../../../src/domain/upstream-url';
import { buildPolicy } from '../../support/builders';

const policy = buildPolicy({ hostConcurrency: 3, slowConcurrency: 2 });
const load = { running: 1, slowRunning: 0, blockedUntil: null };

it.each([
  ['https://GitHub.com/a/b.git', 'github.com'],
  ['http://github.com/a/b', 'github.com'],
  ['ssh://git@github.com/a/b.git', 'github.com'],
  ['git@github.com:a/b.git', 'github.com'],
  ['ssh://git@github.com:22/a/b.git', 'github.com'],
  ['ssh://git@host.example:2222/a', 'host.example:2222'],
  ['https://host.example:8443/a', 'host.example:8443'],
  ['https://[2001:db8::1]:8443/a', '[2001:db8::1]:8443'],
])('%s has the budget of %s', (url, host) => {
  expect(budgetHost(parseUpstreamUrl(url).url.href)).toBe(host);
});

it('a host has as much room as its number leaves, and none while it is blocked', () => {
  expect([0, 1, 3, 9].map((running) => roomOn({ ...load, running }, 50, policy))).toEqual([3, 2, 0, 0]);
  expect([49, 50, 51].map((blockedUntil) => roomOn({ ...load, blockedUntil }, 50, policy))).toEqual([2, 2, 0]);
});

it('slow mirrors have the room that their number leaves', () => {
  expect([0, 1, 2, 3].map((slowRunning) => hasSlowRoom({ ...load, slowRunning }, policy))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('a mirror is slow when its last run held a worker for long or took it down', () => {
  const codes = ['upstream_timeout', 'upstream_corrupt', 'fetch_crashed', 'worker_lost', 'upstream_not_found'] as const;
  expect(codes.map((code) => isSlow({ failures: 1, lastError: fault(code) }))).toEqual([true, true, true, true, false]);
  expect(isSlow({ failures: 0, lastError: fault('worker_lost') })).toBe(false);
  expect(isSlow({ failures: 0, lastError: null })).toBe(false);
});
