import { fault, type FaultFacts } from '../../../src/domain/errors';
import { faultCatalogue, type FaultCode } from '../../../src/domain/fault-catalogue';
import { forgeFaults } from '../../../src/domain/faults/forge-faults';
import { ownFaults } from '../../../src/domain/faults/own-faults';
import { upstreamFaults } from '../../../src/domain/faults/upstream-faults';
import { factsOf } from '../../../src/domain/fault-facts';
import { explainFailure, type FailureContext } from '../../../src/http/panel/view/failure';
import { plainly } from '../../support/say-plainly';

const now = Date.UTC(2026, 10, 12, 12, 0);
const context: FailureContext = {
  host: 'github.com',
  repository: 'octo-org/library',
  forge: 'Forgejo',
  account: 'headwater',
  retryAt: now + 20 * 60_000,
  runId: 'run-7',
  tookMs: 3 * 3_600_000,
  pushed: false,
};

const host = 'github.com';
const table: readonly (readonly [FaultCode, FaultFacts, string, string | null, string])[] = [
  [
    'upstream_credentials_refused',
    { host },
    'github.com refused the username or password.',
    'Enter a new password or token. A token may have expired, or may not be allowed to read this repository.',
    'password',
  ],
  [
    'upstream_ssh_key_refused',
    { host, user: 'git' },
    'github.com did not accept this mirror’s key.',
    'Add the key to octo-org/library there.',
    'key',
  ],
  [
    'upstream_tls',
    { host, why: 'it has expired' },
    'github.com has a certificate that can’t be trusted: it has expired.',
    'Ask whoever runs that server to renew it, or your admin to trust its issuer.',
    'update',
  ],
  [
    'upstream_not_found',
    { host },
    'github.com has no repository at this address.',
    'Check the address. Without the right to read it, a private repository looks the same.',
    'edit',
  ],
  [
    'upstream_host_unknown',
    { host },
    'There is no server named github.com.',
    'Check the address for a typing mistake.',
    'edit',
  ],
  [
    'url_blocked',
    { host },
    'Your admin does not allow mirroring from github.com.',
    'Use another address, or ask your admin to allow it.',
    'edit',
  ],
  [
    'upstream_rate_limited',
    { host },
    'github.com asks us to wait until 12:20 UTC.',
    'Nothing to do. Signing in with a token usually raises the limit.',
    'none',
  ],
  [
    'upstream_stalled',
    { host, seconds: 30, phase: 'listing' },
    'github.com did not answer within 30 seconds.',
    'Check that the server is up and the address is right.',
    'update',
  ],
  [
    'upstream_corrupt',
    { why: 'a pack broke off' },
    'github.com sent damaged data. Nothing was changed here.',
    'Tell whoever runs it; git fsck there finds the damage.',
    'update',
  ],
  [
    'forge_quota',
    {},
    'This project’s space is used up. Nothing was changed here.',
    'Free some space, or ask your admin for more.',
    'update',
  ],
  [
    'run_timeout',
    { seconds: 10_800 },
    'The last run was interrupted and ended after 3 hours.',
    'Nothing to do.',
    'update',
  ],
  [
    'internal',
    {},
    'Something went wrong in Headwater. Nothing was changed here.',
    'If it happens again, tell your admin the number run-7.',
    'update',
  ],
  [
    'upstream_token_expired',
    { host, date: '2027-01-31' },
    'The token for github.com expired on 2027-01-31.',
    'Make a new token there and enter it as the password. Nothing else has to change.',
    'password',
  ],
  ['run_stopped', { by: 'mona' }, 'mona stopped the last run.', null, 'update'],
  [
    'forge_push_denied',
    { account: 'headwater' },
    'Headwater may not push to this project.',
    'Add headwater to the collaborators of this project, with write access.',
    'collaborators',
  ],
];

describe('a failure in the words of a maintainer', () => {
  it.each(table)('%s', (code, facts, why, advice, cure) => {
    const failure = explainFailure(fault(code, facts), context);
    expect([plainly(failure.why, now), plainly(failure.advice, now), failure.cure]).toEqual([why, advice, cure]);
  });

  it('says so when something was pushed before', () => {
    const { why } = explainFailure(fault('internal'), { ...context, pushed: true });
    expect(plainly(why, now)).toBe(
      'Something went wrong in Headwater. Part of the branches may have been updated before that.',
    );
  });

  /** What the panel asks a person about in another way, and what only ever answers a request. */
  const elsewhere =
    /^(held_|upstream_host_key_|upstream_ssh_key_unsaved|upstream_test_timeout)|^(secret_unreadable|pull_request_\w+)$/;
  it.each(Object.keys({ ...upstreamFaults, ...ownFaults, ...forgeFaults }).filter((code) => !elsewhere.test(code)))(
    'has words of its own for %s',
    (code) => {
      const told = fault(code as FaultCode, { host, why: 'why', seconds: 3, account: 'headwater', by: 'mona' });
      const { why } = explainFailure(told, context);
      expect(plainly(why, now)).not.toBe(told.message);
    },
  );

  it('falls back to the words of the catalogue', () => {
    expect(plainly(explainFailure(fault('plan_stale'), context).why, now)).toBe(faultCatalogue.plan_stale.message);
  });
});

describe('the facts of a fault', () => {
  it('are read back from its sentence', () => {
    expect(factsOf(fault('upstream_stalled', { host: 'a.example', seconds: 30, phase: 'listing the refs' }))).toEqual({
      host: 'a.example',
      seconds: '30',
      phase: 'listing the refs',
    });
  });

  it('are none where the sentence is another, or a fact was not known', () => {
    expect(factsOf({ code: 'upstream_tls', message: 'in other words' })).toEqual({});
    expect(factsOf(fault('upstream_tls', { host: 'a.example' }))).toEqual({ host: 'a.example' });
  });
});
