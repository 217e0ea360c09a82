import { fault } from '../../src/domain/errors';
import { defaultOptions } from '../../src/domain/mirror-options';
import { noNotify } from '../../src/domain/mirror-notify';
import { noCounts } from '../../src/domain/run';
import type { PushMirror } from '../../src/ports/push-mirrors';
import { galleryParts, type GalleryState } from './panel-gallery';

const { now, fine, failed, ssh, proof, oid, outcome, ended } = galleryParts;
const minute = 60_000;

/** Without a place to break it. */
const endless = (letters: number): string => 'Supercalifragilistic'.repeat(Math.ceil(letters / 20)).slice(0, letters);
const longHost = `${endless(60).toLowerCase()}.${endless(60).toLowerCase()}.example.org`;
const longUrl = `https://${longHost}/${endless(90)}/${endless(90)}.git`;
const longRef = (at: number): string => `refs/heads/${endless(180)}${at}`;
const longWords = `remote: ${endless(400)} ${endless(80)}`;

const pushTo = (at: number, changes: Partial<PushMirror> = {}): PushMirror => ({
  name: `remote_mirror_${at}`,
  url: `https://mirror${at}.example.org/octo-org/library.git`,
  intervalMs: 8 * 60 * minute,
  syncOnCommit: true,
  branchFilter: null,
  publicKey: null,
  createdAt: now,
  lastUpdateAt: now - at * minute,
  lastError: null,
  ...changes,
});
const longRun = ended('long', 12, 9, { counts: { ...noCounts, fast_forwarded: 14, diverged: 1 } });
const longOutcomes = [
  outcome(longRef(1), { action: 'diverged', oldOid: oid(3), reason: fault('moved_in_forge', { ref: longRef(1) }) }),
  outcome(longRef(2), { action: 'rejected', reason: fault('hook_declined', { why: longWords, ref: longRef(2) }) }),
  ...Array.from({ length: 13 }, (_, at) => outcome(longRef(at + 3), { action: 'fast_forwarded', oldOid: oid(at) })),
];
const held = {
  id: 'plan-1',
  runId: 'r',
  at: now - 20 * minute,
  reasons: [fault('held_refs_lost', { lost: 15, total: 50 })],
  refs: Array.from({ length: 15 }, (_, at) => ({
    ref: longRef(at),
    oldOid: oid(at + 3),
    newOid: null,
    action: 'deleted' as const,
    reason: fault('deleted_upstream', { ref: longRef(at) }),
  })),
  total: 15,
  lost: Array.from({ length: 15 }, (_, at) => longRef(at)),
  lostTotal: 15,
  accepted: false,
};

const state = (name: string, path: string, prepare: GalleryState['prepare'], form?: GalleryState['form']) =>
  ({
    name: `extreme: ${name}`,
    caption: name,
    topic: 'list',
    path,
    ...(prepare === undefined ? {} : { prepare }),
    ...(form === undefined ? {} : { form }),
  }) satisfies GalleryState;

/** What is longer or more than anybody would draw; looked at by tests only. */
export const extremes: readonly GalleryState[] = [
  state('a long address', '', (bench) => bench.put({ ...fine, url: longUrl })),
  state('a long address in the form, with all that can be set', '?open=edit&part=webhook', (bench) =>
    bench.put({
      ...fine,
      url: longUrl,
      authUser: endless(120),
      sealedPassword: 'sealed',
      options: {
        ...defaultOptions,
        branches: 'pattern',
        branchPattern: endless(200),
        lfsUrl: `${longUrl}/info/lfs`,
        divergence: 'overwrite_with_backup',
        deletions: 'follow',
      },
      notify: { ...noNotify, issue: true, url: longUrl },
      hook: {
        id: endless(60),
        secrets: [{ sealed: 'sealed', createdAt: now }],
        lastDeliveryAt: now,
        dueAt: null,
        lastAskedAt: null,
      },
    }),
  ),
  state('a long address that cannot be used', '/add', undefined, {
    address: `${longHost}/${endless(200)}`,
    method: 'none',
  }),
  state('a long host that failed', '', (bench) => bench.put({ ...failed('upstream_not_found'), url: longUrl })),
  state('long words of a hook', '', async (bench) => {
    await bench.put({ ...fine, proof: { ...proof, behind: 1 } }, [longRun]);
    const refused = longOutcomes.filter(({ action }) => action === 'rejected');
    await bench.store.transaction((tx) => tx.insertRunOutcomes('long', refused));
  }),
  state('long names of branches that differ', '', (bench) =>
    bench.put({ ...fine, proof: { ...proof, diverged: [1, 2, 3].map(longRef), divergedTotal: 300 } }),
  ),
  state('long names in a plan that is held', '', (bench) => bench.put({ ...fine, held })),
  state('long names in the history', '/history?run=long', async (bench) => {
    await bench.put({ ...fine, url: longUrl }, [longRun]);
    await bench.store.transaction((tx) => tx.insertRunOutcomes('long', longOutcomes));
  }),
  state('long names of kept values', '/history?kept=1&open=kept-1', async (bench) => {
    await bench.put(fine, [longRun]);
    const kept = [1, 2].map((at) => ({
      id: `kept-${at}`,
      mirrorId: 'mirror-1',
      runId: 'long',
      ref: longRef(at),
      oid: oid(at),
      at: now - at * minute,
    }));
    await bench.store.transaction((tx) => tx.insertBackups(kept));
  }),
  state('50 runs, the second page', '/history?page=2&run=run-45', (bench) =>
    bench.put(
      fine,
      Array.from({ length: 50 }, (_, at) => ended(`run-${50 - at}`, (50 - at) * 70, 1 + (at % 7) * 40)),
    ),
  ),
  state('one run', '/history', (bench) => bench.put(fine, [ended('one', 12, 4)])),
  state('50 push mirrors', '', async (bench) => {
    await bench.put(fine);
    bench.pushMirrors.mirrors = Array.from({ length: 50 }, (_, at) => pushTo(at));
  }),
  state('a push mirror with long words', '?open=key&push=remote_mirror_1', async (bench) => {
    await bench.put(fine);
    const publicKey = `ssh-rsa ${endless(700)} headwater`;
    bench.pushMirrors.mirrors = [
      pushTo(1, {
        url: `ssh://git@${longHost}/${endless(90)}.git`,
        publicKey,
        lastError: 'Permission denied (publickey).',
      }),
      pushTo(2, { url: longUrl, lastError: longWords, branchFilter: `${endless(150)},${endless(150)}` }),
    ];
  }),
  state('a server with a long name shows another key', '', (bench) =>
    bench.put({
      ...failed('upstream_host_key_changed', { seen: 'x', confirmed: 'y' }),
      url: `ssh://git@${longHost}/${endless(90)}.git`,
      ssh: { ...(ssh.ssh ?? { keys: [], hostKeys: [] }), seenHostKeys: ssh.ssh?.hostKeys.slice(0, 1) ?? [] },
      authUser: null,
      sealedPassword: null,
      pause: { reason: 'host_key', by: null, at: now },
    }),
  ),
  state('somebody with a long name paused it', '', (bench) =>
    bench.put({ ...fine, nextUpdateAt: null, pause: { reason: 'person', by: endless(120), at: now } }),
  ),
];
