import { HeadwaterError } from '../../../src/domain/errors';
import { changePolicy, type PolicyChange } from '../../../src/domain/policy-change';
import { policyChangeOf } from '../../../src/domain/policy-audit';
import {
  checkAsker,
  checkPlace,
  checkQuota,
  narrowSchedule,
  openPolicy,
  optionsOf,
  type Asker,
  type Policy,
} from '../../../src/domain/policy';
import { buildPolicy } from '../../support/builders';

const hour = 3_600_000;
const settings = buildPolicy();
const codeOf = (work: () => void): string | null => {
  try {
    work();
    return null;
  } catch (thrown) {
    if (thrown instanceof HeadwaterError) return thrown.code;
    throw thrown;
  }
};
const ann = { login: 'Ann', siteAdmin: false };
const chief = { login: 'chief', siteAdmin: true };

describe('who may mirror', () => {
  it.each<[Policy['whoMayMirror'], Asker, string, boolean]>([
    ['project_admins', ann, 'group', true],
    ['project_admins', null, 'group', true],
    ['listed', ann, 'somebody', true],
    ['listed', { login: 'bob', siteAdmin: false }, 'GROUP', true],
    ['listed', { login: 'bob', siteAdmin: false }, 'other', false],
    ['listed', null, 'other', false],
    ['listed', null, 'group', true],
    ['listed', chief, 'other', true],
    ['listed', 'server', 'other', true],
    ['site_admins', ann, 'group', false],
    ['site_admins', null, 'group', false],
    ['site_admins', chief, 'group', true],
    ['site_admins', 'server', 'group', true],
  ])('%s: %j in projects of %s: %s', (whoMayMirror, asker, owner, allowed) => {
    const policy = { ...openPolicy, whoMayMirror, listed: ['ann', 'group'] };
    expect(codeOf(() => checkAsker(policy, asker, owner))).toBe(allowed ? null : 'mirroring_denied');
  });
});

describe('where mirrors may be', () => {
  const check = (changes: Partial<Policy>, href: string) =>
    codeOf(() => checkPlace({ ...openPolicy, ...changes }, href));

  it.each<[Partial<Policy>, string, string | null]>([
    [{}, 'https://example.org/a.git', null],
    [{ allowedHosts: ['example.org'] }, 'https://example.org/a.git', null],
    [{ allowedHosts: ['example.org'] }, 'https://other.example/a.git', 'host_not_allowed'],
    [{ allowedHosts: ['*'], refusedHosts: ['example.org'] }, 'https://example.org/a.git', 'host_not_allowed'],
    [{ refusedHosts: ['example.org'] }, 'https://example.org./a.git', 'host_not_allowed'],
    [{ refusedHosts: ['example.org:8443'] }, 'https://example.org/a.git', null],
    [{ schemes: ['https'] }, 'http://example.org/a.git', 'scheme_not_allowed'],
    [{ schemes: ['https'] }, 'ssh://git@example.org/a.git', 'scheme_not_allowed'],
    [{ schemes: ['ssh'] }, 'ssh://git@example.org/a.git', null],
  ])('%j and %s: %s', (changes, href, code) => expect(check(changes, href)).toBe(code));

  it('names the host, and no more, and says what to do', () => {
    try {
      checkPlace({ ...openPolicy, refusedHosts: ['example.org'] }, 'https://example.org/secret/path.git');
      throw new Error('it was allowed');
    } catch (thrown) {
      expect(thrown).toMatchObject({
        message: 'The admin does not allow mirroring with the host example.org.',
        advice: 'Use another address, or ask a site admin to change the policy of this Headwater.',
      });
    }
  });
});

describe('how many mirrors (WH-07)', () => {
  const limits = { ...openPolicy, mirrorsPerOwner: 10, mirrorsPerUser: 3 };
  it.each<[Asker, number, number, string | null]>([
    [ann, 9, 2, null],
    [ann, 10, 0, 'mirror_quota'],
    [ann, 0, 3, 'mirror_quota'],
    [null, 10, 0, 'mirror_quota'],
    [chief, 10, 3, null],
    ['server', 1000, 1000, null],
  ])('%j with %d of the owner and %d of the user: %s', (asker, ofOwner, ofUser, code) =>
    expect(codeOf(() => checkQuota(limits, asker, { ofOwner, ofUser }))).toBe(code),
  );

  it('says the numbers', () => {
    expect(() => checkQuota(limits, ann, { ofOwner: 0, ofUser: 3 })).toThrow(
      'You have 3 pull mirrors, and the admin allows 3.',
    );
    expect(() => checkQuota(openPolicy, ann, { ofOwner: 1000, ofUser: 1000 })).toThrow(/1000 pull mirrors.* 500/);
  });
});

describe('the schedule', () => {
  it('is that of the settings while the policy says nothing of it', () => {
    expect(narrowSchedule(settings, openPolicy)).toBe(settings);
  });

  it.each([
    [{ minIntervalMs: 12 * hour, maxIntervalMs: null }, [12, 168, 12]],
    [{ minIntervalMs: null, maxIntervalMs: 2 * hour }, [1 / 6, 2, 2]],
    [{ minIntervalMs: hour, maxIntervalMs: 24 * hour }, [1, 24, 6]],
    // The settings were made narrower afterwards: they enclose the policy all the same.
    [{ minIntervalMs: 1, maxIntervalMs: 10_000 * hour }, [1 / 6, 168, 6]],
    [{ minIntervalMs: 10_000 * hour, maxIntervalMs: null }, [168, 168, 168]],
  ])('within %j', (bounds, [least = 0, most = 0, usual = 0]) => {
    expect(narrowSchedule(settings, bounds)).toEqual({
      ...settings,
      minIntervalMs: least * hour,
      maxIntervalMs: most * hour,
      updateIntervalMs: usual * hour,
    });
  });
});

describe('a change of the policy', () => {
  const change = (said: PolicyChange, before: Policy = openPolicy) => changePolicy(before, said, settings);
  const faultsOf = (said: PolicyChange) => {
    try {
      change(said);
    } catch (thrown) {
      if (thrown instanceof HeadwaterError) return thrown.fieldFaults.map(({ field }) => field);
      throw thrown;
    }
    return [];
  };

  it('leaves what is not said, and normalises what is', () => {
    expect(change({})).toEqual(openPolicy);
    const after = change({
      listed: ['Ann', 'ANN', 'group'],
      allowedHosts: ['*.Exämple.org', '*.xn--exmple-cua.org'],
      schemes: ['ssh', 'https', 'ssh'],
      minInterval: 'PT1H',
      defaults: { tags: 'none', interval: '90m' },
    });
    expect(after).toEqual({
      ...openPolicy,
      listed: ['ann', 'group'],
      allowedHosts: ['*.xn--exmple-cua.org'],
      schemes: ['https', 'ssh'],
      minIntervalMs: hour,
      defaults: { ...openPolicy.defaults, tags: 'none', interval: 90 * 60_000 },
    });
    expect(change({ minInterval: null, defaults: { interval: '' } }, after)).toMatchObject({
      minIntervalMs: null,
      defaults: { tags: 'none', interval: null },
    });
  });

  it.each<[PolicyChange, string[]]>([
    [{ allowedHosts: ['ok.example', 'https://no.example'] }, ['allowed_hosts.1']],
    [{ refusedHosts: ['a b'] }, ['refused_hosts.0']],
    [{ listed: ['a/b'] }, ['listed']],
    [{ schemes: [] }, ['schemes']],
    [{ minInterval: '1s' }, ['min_interval']],
    [{ maxInterval: '999d' }, ['max_interval']],
    [{ minInterval: 'often' }, ['min_interval']],
    [{ minInterval: '2h', maxInterval: '1h' }, ['min_interval']],
    [{ minInterval: '12h', defaults: { interval: '6h' } }, ['defaults.interval']],
    [{ minInterval: '1s', refusedHosts: [''] }, ['refused_hosts.0', 'min_interval']],
  ])('%j: %j (WH-08)', (said, fields) => expect(faultsOf(said)).toEqual(fields));

  it('cannot leave a default that new mirrors could not have', () => {
    const before = change({ defaults: { interval: '1h' } });
    expect(() => change({ minInterval: '2h' }, before)).toThrow(/defaults.interval/);
  });

  it('is written down with old and new values', () => {
    expect(policyChangeOf(openPolicy, openPolicy)).toBeNull();
    const after = change({ refusedHosts: ['bad.example', 'x.example'], defaults: { lfs: false }, mirrorsPerUser: 5 });
    expect(policyChangeOf(openPolicy, after)).toEqual({
      action: 'policy.changed',
      details: {
        refused_hosts_before: '',
        refused_hosts: 'bad.example, x.example',
        mirrors_per_user_before: null,
        mirrors_per_user: 5,
        default_lfs_before: true,
        default_lfs: false,
      },
    });
  });

  it('gives new mirrors its defaults and everything else as ever', () => {
    const policy = change({ defaults: { divergence: 'overwrite_with_backup', deletions: 'follow' } });
    expect(optionsOf(policy)).toMatchObject({
      branches: 'all',
      divergence: 'overwrite_with_backup',
      deletions: 'follow',
      lfs: true,
    });
  });
});
