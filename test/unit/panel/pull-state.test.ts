import { fault } from '../../../src/domain/errors';
import type { Mirror } from '../../../src/domain/mirror';
import { defaultOptions } from '../../../src/domain/mirror-options';
import type { RefOutcome } from '../../../src/domain/run';
import { panelLinks, type Box } from '../../../src/http/panel/view/panel-links';
import type { PullInput } from '../../../src/http/panel/view/pull-input';
import { viewPull } from '../../../src/http/panel/view/pull-view';
import { buildMirror, buildMirrorSsh, buildPolicy, buildRun } from '../../support/builders';
import { plainly } from '../../support/say-plainly';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 10, 12, 12, 0);
const links = panelLinks('', 'https://forge.example', 'octo-org', 'library');

const proof = { behind: 0, diverged: [], divergedTotal: 0, inSyncAt: now };
const counts = {
  created: 0,
  fast_forwarded: 1,
  forced: 0,
  deleted: 0,
  unchanged: 159,
  skipped: 3,
  diverged: 0,
  rejected: 0,
};
/** A mirror that has run, 12 minutes ago, and found everything equal. */
const fine: Partial<Mirror> = {
  fullName: 'octo-org/library',
  url: 'https://github.com/octo-org/library.git',
  status: 'finished',
  lastStartedAt: now - 12 * minute,
  lastFinishedAt: now - 12 * minute,
  lastSuccessAt: now - 12 * minute,
  nextUpdateAt: now + 6 * hour,
  lastCounts: counts,
  proof,
};
const failed: Partial<Mirror> = {
  ...fine,
  status: 'failed',
  failures: 2,
  lastSuccessAt: now - 6 * hour,
  nextUpdateAt: now + 2 * hour,
  lastError: fault('upstream_credentials_refused', { host: 'github.com' }),
};
const sshSide = { ...buildMirrorSsh(), seenHostKeys: [] };
const ssh: Partial<Mirror> = { ...fine, url: 'ssh://git@github.com/octo-org/library.git', ssh: sshSide };

function look(mirror: Partial<Mirror>, changes: Partial<PullInput> = {}, open: Box | null = null) {
  const input: PullInput = {
    mirror: buildMirror(mirror),
    activeRun: null,
    lastRun: null,
    leftBehind: [],
    progress: null,
    policy: buildPolicy(),
    now,
    forge: { name: 'Forgejo', url: 'https://forge.example', account: 'headwater', keepsLfs: true },
    ...changes,
  };
  const view = viewPull(input, links, open);
  return {
    badge: `${view.badge.word} (${view.badge.icon}, ${view.badge.tone})`,
    why: plainly(view.why, now),
    advice: plainly(view.advice, now),
    next: plainly(view.next, now),
    facts: view.facts.map((fact) => `${fact.name}: ${plainly(fact.value, now)}`),
    buttons: view.actions.map((each) => (each.look === 'plain' ? each.label : `${each.label} [${each.look}]`)),
    view,
  };
}

const rejected = (ref: string, reason: RefOutcome['reason']): RefOutcome => ({
  ref,
  oldOid: null,
  newOid: 'a'.repeat(40),
  action: 'rejected',
  reason,
});

describe('a pull mirror on the screen', () => {
  it('is quiet when all is fine', () => {
    expect(look(fine)).toMatchObject({
      badge: 'Up to date (check, ok)',
      why: '160 branches and tags are the same on both sides.',
      advice: null,
      next: null,
      facts: ['Last attempt: 12 minutes ago', 'Last success: 12 minutes ago', 'Next run: today 18:00 UTC'],
      buttons: ['Update now [primary]', 'History', 'Preview', 'Edit', 'Pause', 'Delete'],
    });
  });

  it('names the address behind the label of every button', () => {
    expect(look(fine).view.actions.map((each) => each.name)).toContain('Delete, github.com/octo-org/library');
  });

  it('waits for its first update', () => {
    const activeRun = buildRun({ status: 'queued', cause: 'enrolled' });
    const waiting = look(
      { ...fine, status: 'scheduled', lastSuccessAt: null, lastStartedAt: null, proof: null },
      { activeRun },
    );
    expect(waiting).toMatchObject({
      badge: 'Waiting (clock, quiet)',
      why: 'The first update starts within a minute.',
      facts: [],
    });
    expect(waiting.buttons).toContain('Stop');
  });

  it('imports, with its phases and what is known of the end', () => {
    const activeRun = buildRun({ status: 'running', cause: 'enrolled' });
    const line = 'Fetching: 62 %';
    const progress = { phase: 'fetching', percent: 62, line, detail: '62 of 100 objects', spoken: '' } as const;
    const importing = look({ ...fine, status: 'started', lastSuccessAt: null }, { activeRun, progress });
    expect(importing).toMatchObject({
      badge: 'Importing (sync, busy)',
      advice: 'You can leave this page; the import goes on.',
      facts: [],
      buttons: ['Stop', 'Delete'],
    });
    expect(importing.view.live).toMatchObject({ line, percent: 62, detail: '62 of 100 objects' });
    expect(importing.view.live?.phases.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'Read branches: done',
      'Fetch: now',
      'LFS files: ahead',
      'Deliver: ahead',
      'Check: ahead',
    ]);
  });

  it('is shown as it rests while a preview runs', () => {
    const activeRun = buildRun({ status: 'running', cause: 'plan' });
    expect(look({ ...fine, status: 'started' }, { activeRun }).badge).toBe('Up to date (check, ok)');
  });

  it('names the branches that differ, and counts the others', () => {
    const diverged = ['docs', 'release/2.1', 'a', 'b', 'c'].map((name) => `refs/heads/${name}`);
    expect(look({ ...fine, proof: { ...proof, diverged, divergedTotal: 5 } })).toMatchObject({
      badge: 'Differs (fork, care)',
      why: '5 branches were changed on both sides and left as they are: docs, release/2.1, a and 2 others.',
      advice: 'To take theirs, set “Replace it” in the options, or merge by hand.',
      buttons: expect.arrayContaining(['Show them [primary]']),
    });
    expect(look({ ...fine, proof: { ...proof, diverged: diverged.slice(0, 1), divergedTotal: 1 } }).why).toBe(
      '1 branch was changed on both sides and left as it is: docs.',
    );
  });

  it('counts the LFS files that are missing, and the branches that wait for them', () => {
    const missing = (oid: string) => fault('lfs_object_missing', { oid });
    const leftBehind = [
      rejected('refs/heads/a', missing('1')),
      rejected('refs/heads/b', missing('1')),
      rejected('refs/heads/c', missing('2')),
    ];
    expect(look({ ...fine, proof: { ...proof, behind: 3 } }, { leftBehind })).toMatchObject({
      badge: 'Files missing (alert, care)',
      why: '2 LFS files are missing at github.com. The 3 branches that need them wait.',
      advice: 'Push them there with git lfs push --all; the next run fetches them.',
      buttons: expect.arrayContaining(['Update now [primary]']),
    });
  });

  it('says which rule of the project refuses a branch', () => {
    const leftBehind = [
      rejected('refs/heads/main', fault('branch_rule_refuses', { rule: 'release/*', ref: 'refs/heads/main' })),
    ];
    expect(look({ ...fine, proof: { ...proof, behind: 1 } }, { leftBehind })).toMatchObject({
      badge: 'Failed (cross, bad)',
      why: 'This project refused main: its rule “release/*” forbids it.',
      advice: 'Allow headwater to push in that rule, or leave the branch out in the options.',
      buttons: expect.arrayContaining(['Open the rule [primary]', 'Update now']),
    });
  });

  it('is behind when branches wait for the next run', () => {
    const leftBehind = [rejected('refs/heads/a', fault('lfs_object_unavailable', { oid: '1', why: 'busy' }))];
    expect(look({ ...fine, proof: { ...proof, behind: 1 } }, { leftBehind })).toMatchObject({
      badge: 'Waiting (clock, quiet)',
      why: 'Behind: 1 branch waits for the next run.',
    });
  });

  it('says what failed, what to do, and what comes next', () => {
    expect(look(failed)).toMatchObject({
      badge: 'Failed (cross, bad)',
      why: 'github.com refused the username or password.',
      advice: 'Enter a new password or token. A token may have expired, or may not be allowed to read this repository.',
      next: 'Will try again at 14:00 UTC. This was failure 2 of 6; after the sixth the mirror is paused.',
      facts: ['Last attempt: 12 minutes ago', 'Last success: today 06:00 UTC'],
      buttons: ['Enter password [primary]', 'Update now', 'History', 'Preview', 'Edit', 'Pause', 'Delete'],
    });
    expect(look({ ...failed, failures: 5 }).next).toBe(
      'Will try again at 14:00 UTC. If that fails too, the mirror is paused.',
    );
    expect(look({ ...failed, failures: 0 }).next).toBe('Will try again at 14:00 UTC.');
  });

  it('has no primary button beside a box whose own button is primary', () => {
    const { buttons, view } = look({ ...failed, sealedPassword: 'v1.sealed' }, {}, 'password');
    expect(buttons[0]).toBe('Replace password');
    expect(view.actions[0]?.expanded).toBe(true);
    expect(view.box).toBe('password');
  });

  it('is paused after the last failure, and its branches are untouched', () => {
    const paused: Partial<Mirror> = {
      ...failed,
      failures: 6,
      nextUpdateAt: null,
      lastSuccessAt: now - 18 * hour,
      pause: { reason: 'failures', by: null, at: now },
      lastError: fault('upstream_stalled', { host: 'github.com', seconds: 30, phase: 'listing' }),
    };
    expect(look(paused)).toMatchObject({
      badge: 'Paused (pause, bad)',
      why: 'Paused after 6 failures in a row. The last one: github.com did not answer within 30 seconds.',
      advice: 'Check that the server is up and the address is right, then update now. The count starts over.',
      next: 'Your branches are untouched, as of yesterday 18:00 UTC.',
      facts: ['Last attempt: 12 minutes ago', 'Last success: yesterday 18:00 UTC', 'Next run: none while paused'],
      buttons: ['Update now [primary]', 'History', 'Edit', 'Delete'],
    });
    expect(look({ ...paused, lastError: failed.lastError ?? null }).buttons.slice(0, 2)).toEqual([
      'Enter password [primary]',
      'Update now',
    ]);
  });

  it.each([
    ['person', 'Paused by mona, 12 minutes ago.', null, 'Resume [primary]'],
    ['archived', 'Paused because this project is archived.', 'It resumes when the project is unarchived.', 'History'],
    [
      'owner_changed',
      'This project has a new owner.',
      'An admin of octo-org has to confirm the mirror.',
      'Confirm mirror [primary]',
    ],
    [
      'right_revoked',
      'Paused because mona is no admin of this project any more.',
      'If it is to go on, confirm it. You answer for it from then on.',
      'Confirm mirror [primary]',
    ],
  ] as const)('says why it is paused: %s', (reason, why, advice, first) => {
    const maintainer = { id: 5, login: 'mona', siteAdmin: false };
    const pause = { reason, by: 'mona', at: now - 12 * minute };
    const paused = look({ ...fine, nextUpdateAt: null, maintainer, pause });
    expect(paused).toMatchObject({ badge: 'Paused (pause, quiet)', why, advice });
    expect(paused.buttons[0]).toBe(first);
  });

  it('can be resumed when it was switched off', () => {
    expect(look({ ...fine, enabled: false })).toMatchObject({
      badge: 'Paused (pause, quiet)',
      why: 'Switched off.',
      buttons: ['Resume [primary]', 'History', 'Edit', 'Delete'],
    });
  });

  it('needs its key to be put where the other side looks for it', () => {
    const { view, ...shown } = look({
      ...ssh,
      enabled: false,
      lastStartedAt: null,
      lastFinishedAt: null,
      status: 'none',
    });
    expect(shown).toMatchObject({
      badge: 'Needs its key (key, care)',
      why: 'Saved. github.com must learn this mirror’s key before the first update.',
      facts: [],
      buttons: ['I added it, update now [primary]', 'Edit', 'Delete'],
    });
    expect(view.key?.publicKey).toBe('ssh-rsa AAAA ünï');
    expect(plainly(view.key?.where ?? null, now)).toBe(
      'On github.com, add it under octo-org/library → Settings → Deploy keys. Leave write access off.',
    );
  });

  it('shows its key again when the other side refuses it', () => {
    const lastError = fault('upstream_ssh_key_refused', { host: 'github.com', user: 'git' });
    const refused = look({ ...ssh, status: 'failed', failures: 1, lastError }, {}, 'key');
    expect(refused).toMatchObject({
      why: 'github.com did not accept this mirror’s key.',
      // The steps that stand open below say it.
      advice: null,
    });
    expect(look({ ...ssh, status: 'failed', failures: 1, lastError }).advice).toBe(
      'Add the key to octo-org/library there.',
    );
    expect(refused.buttons[0]).toBe('Show key');
    expect(refused.view.key).not.toBeNull();
  });

  it('needs somebody to say that a changed host key is right, and makes nothing primary', () => {
    const lastError = fault('upstream_host_key_changed', {
      host: 'github.com',
      seen: 'SHA256:y',
      confirmed: 'SHA256:x',
    });
    const pause = { reason: 'host_key', by: null, at: now } as const;
    const { view, ...shown } = look({ ...ssh, ssh: buildMirrorSsh(), status: 'failed', lastError, pause });
    expect(shown).toMatchObject({
      badge: 'Needs you (stop, care)',
      why: 'github.com shows another key than before. Nothing was fetched.',
      advice:
        'Ask whoever runs that server. If nobody changed its key, somebody may be standing in between: don’t accept.',
      buttons: ['Accept the new key', 'Check again', 'History', 'Edit', 'Delete'],
    });
    expect(view.keyChange).toEqual({ confirmed: ['SHA256:x'], shown: ['SHA256:y'] });
    expect(view.actions[0]?.fields).toEqual({ fingerprint: 'SHA256:y' });
  });

  it('has the host keys confirmed that nobody has confirmed yet', () => {
    const open = look({ ...ssh, ssh: { ...buildMirrorSsh(), hostKeys: [] } });
    expect(open).toMatchObject({
      badge: 'Needs you (stop, care)',
      why: 'Nobody has confirmed yet that the keys of github.com are the right ones. Nothing was fetched.',
    });
    expect(open.view.hostKeys?.canConfirm).toBe(false);
    expect(plainly(open.view.hostKeys?.verdict.text ?? null, now)).toBe(
      'These are not the keys that GitHub publishes. Don’t go on.',
    );
  });

  it('holds what would be lost until somebody accepts it, and says what accepting does', () => {
    const refs = Array.from({ length: 48 }, (_, at): RefOutcome => ({
      ref: `refs/heads/feature-${at}`,
      oldOid: 'a'.repeat(40),
      newOid: null,
      action: 'deleted',
      reason: fault('deleted_upstream', { ref: `refs/heads/feature-${at}` }),
    }));
    const held = {
      id: 'plan-1',
      runId: 'run-1',
      at: now - 20 * minute,
      reasons: [fault('held_refs_lost', { lost: 48, total: 50 })],
      refs,
      total: 48,
      lost: refs.map(({ ref }) => ref),
      lostTotal: 48,
      accepted: false,
    };
    const { view, ...shown } = look({ ...fine, held, options: { ...defaultOptions, deletions: 'follow' } });
    expect(shown).toMatchObject({
      badge: 'Needs you (stop, care)',
      why: 'github.com/octo-org/library lost 48 of its 50 branches. Nothing was deleted or replaced here.',
      advice: 'If that was meant, accept the change. If not, do nothing: this is looked at again with every run.',
      facts: ['Noticed: 20 minutes ago', 'Last success: 12 minutes ago', 'Next run: today 18:00 UTC'],
      buttons: ['Check again', 'History', 'Edit', 'Pause', 'Delete'],
    });
    expect(plainly(view.held?.accepting ?? null, now)).toBe('Accepting would delete 48 branches.');
    expect(view.held).toMatchObject({
      planId: 'plan-1',
      acceptLabel: 'Accept this change: delete 48 branches',
      keepLabel: 'Keep them and never delete',
    });
    const [group] = view.held?.groups ?? [];
    expect(group).toMatchObject({ title: '48 deleted', more: 'and 42 more' });
    expect([group?.rows.length, group?.rest.length]).toEqual([6, 42]);
  });

  it.each([
    ['held_upstream_emptied', { total: 3 }, 'github.com/octo-org/library is empty now.'],
    [
      'held_default_branch_lost',
      { branch: 'main' },
      'github.com/octo-org/library no longer has its default branch main.',
    ],
    [
      'held_unrelated_history',
      { branch: 'main' },
      'github.com/octo-org/library has a new history that shares nothing with the one here.',
    ],
    ['held_first_overwrite', { count: 2 }, 'The first update would replace 2 branches that this project already has.'],
  ] as const)('says what a guard noticed: %s', (code, facts, sentence) => {
    const held = {
      id: 'p',
      runId: 'r',
      at: now,
      reasons: [fault(code, facts)],
      refs: [],
      total: 0,
      lost: [],
      lostTotal: 0,
      accepted: false,
    };
    expect(look({ ...fine, held }).why).toMatch(sentence);
  });

  it('makes no text of the other side longer than it must be, and none of it markup', () => {
    const name = `refs/heads/<b>${'x'.repeat(400)}`;
    const { why } = look({ ...fine, proof: { ...proof, diverged: [name], divergedTotal: 1 } });
    expect(why?.length).toBeLessThan(300);
  });
});
