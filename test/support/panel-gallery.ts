import type { AddressInfo } from 'node:net';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { fault, HeadwaterError, type FaultFacts } from '../../src/domain/errors';
import type { FaultCode } from '../../src/domain/fault-catalogue';
import { loadEmbedScript } from '../../src/adapters/manifest/embed-script';
import { loadManifest } from '../../src/adapters/manifest/load-manifest';
import type { Mirror } from '../../src/domain/mirror';
import { defaultOptions } from '../../src/domain/mirror-options';
import { noNotify, type NoticeDelivery } from '../../src/domain/mirror-notify';
import { openPolicy, type Policy } from '../../src/domain/policy';
import type { RefOutcome, Run } from '../../src/domain/run';
import { noCounts } from '../../src/domain/run';
import type { FixedClock } from '../fakes/fixed-clock';
import { buildMirrorSsh } from './builders';
import { forgeStyle } from './forge-double/forge-style';
import { somebody, panelBench, type PanelBench } from './panel-bench';

const minute = 60_000;
const hour = 60 * minute;
/** When all pictures are taken. */
const galleryTime = Date.UTC(2026, 10, 12, 12, 0);
const now = galleryTime;

/** One state of the panel: what is in the database, and which page shows it. */
export interface GalleryState {
  readonly name: string;
  /** What is to be seen. */
  readonly caption: string;
  readonly topic: 'add' | 'list' | 'settings' | 'live' | 'failures' | 'people' | 'history' | 'whole';
  /** Below /panel/octo-org/library; with `form`, where the form is sent. */
  readonly path: string;
  /** Another page than the project's. */
  readonly page?: string;
  readonly form?: Readonly<Record<string, string>>;
  /** loading: the forge has not answered yet; silent: Headwater does not answer, in the forge's own page. */
  readonly kind?: 'loading' | 'silent';
  readonly prepare?: (bench: PanelBench) => Promise<unknown> | void;
}

const address = 'https://github.com/octo-org/library.git';
const sshAddress = 'ssh://git@github.com/octo-org/library.git';
const githubKeys = [
  [
    'ssh-ed25519',
    'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
    '+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  ],
  ['ecdsa-sha2-nistp256', 'AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY', 'p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM'],
  ['ssh-rsa', 'AAAAB3NzaC1yc2EAAAADAQABAAABgQ', 'uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s'],
].map(([type = '', key = '', hash = '']) => ({ type, key, fingerprint: `SHA256:${hash}` }));

const proof = { same: { branches: 48, tags: 112 }, behind: 0, diverged: [], divergedTotal: 0, inSyncAt: now };
const fine: Partial<Mirror> = {
  url: address,
  fullName: 'octo-org/library',
  status: 'finished',
  lastStartedAt: now - 12 * minute,
  lastFinishedAt: now - 12 * minute + 1000,
  lastSuccessAt: now - 12 * minute + 1000,
  nextUpdateAt: now + 6 * hour,
  lastCounts: { ...noCounts, unchanged: 160 },
  proof,
};
const failed = (code: FaultCode, facts: FaultFacts = {}): Partial<Mirror> => ({
  ...fine,
  authUser: 'octo-org',
  sealedPassword: 'sealed',
  status: 'failed',
  failures: 2,
  lastStartedAt: now - 4 * minute,
  lastFinishedAt: now - 4 * minute,
  lastSuccessAt: now - 6 * hour,
  nextUpdateAt: now + 2 * hour,
  lastError: fault(code, { host: 'github.com', ...facts }),
});
const ssh: Partial<Mirror> = {
  ...fine,
  url: sshAddress,
  ssh: {
    keys: [
      {
        type: 'ed25519',
        publicKey:
          'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0pW3vYwq5m6R9y8o2nEoZb1cT7uXk4LhGdVfSaQeRt headwater octo-org/library',
        sealedPrivateKey: 'sealed',
        createdAt: now,
      },
    ],
    hostKeys: githubKeys.map((key) => ({ ...key, confirmedAt: now, confirmedBy: 'mona' })),
    seenHostKeys: [],
  },
};
const lostBranches = [
  'feature/async-io',
  'feature/index-v2',
  'fix/1204-encoding',
  'release/1.0',
  'release/1.1',
  'release/2.0',
  ...Array.from({ length: 42 }, (_, at) => `topic/${at + 1}`),
];
const oid = (seed: number): string => (seed * 2654435761).toString(16).padStart(12, '0').repeat(4).slice(0, 40);
const gone: RefOutcome[] = lostBranches.map((name, at) => ({
  ref: `refs/heads/${name}`,
  oldOid: oid(at + 3),
  newOid: null,
  action: 'deleted',
  reason: fault('deleted_upstream', { ref: name }),
}));

const put =
  (mirror: Partial<Mirror>, runs: readonly Partial<Run>[] = []) =>
  (bench: PanelBench) =>
    bench.put(mirror, runs);
const outcome = (ref: string, changes: Partial<RefOutcome>): RefOutcome => ({
  ref,
  oldOid: null,
  newOid: oid(ref.length + 7),
  action: 'created',
  reason: null,
  ...changes,
});
const ended = (id: string, minutesAgo: number, seconds: number, changes: Partial<Run> = {}): Partial<Run> => ({
  id,
  cause: 'clock',
  status: 'finished',
  queuedAt: now - minutesAgo * minute,
  startedAt: now - minutesAgo * minute,
  finishedAt: now - minutesAgo * minute + seconds * 1000,
  counts: { ...noCounts, unchanged: 160 },
  ...changes,
});

/** 30 runs of a week, three of which failed. */
function week(): Partial<Run>[] {
  const durations = [130, 5, 4, 4, 6, 4, 3, 4, 30, 30, 4, 5, 20, 4, 4, 3, 4, 5, 4, 4, 30, 5, 4, 9, 4, 4, 5, 4, 14, 1];
  const moved = [160, 0, 2, 0, 3, 0, 0, 2, 0, 0, 6, 2, 18, 0, 0, 0, 2, 2, 0, 0, 0, 2, 0, 6, 0, 0, 2, 0, 11, 0];
  return durations.map((seconds, at) => {
    const minutesAgo = at === 29 ? 12 : (29 - at) * 360;
    const error =
      seconds === 30 ? fault('upstream_stalled', { host: 'github.com', seconds: 30, phase: 'listing' }) : null;
    const cause = at === 0 ? 'enrolled' : at === 29 ? 'manual' : 'clock';
    const counts = { ...noCounts, unchanged: 150, fast_forwarded: moved[at] ?? 0, diverged: at === 28 ? 1 : 0 };
    return ended(`week-${at}`, minutesAgo, seconds, {
      cause,
      receivedBytes: (moved[at] ?? 0) * 280_000 + 4_000,
      sentBytes: (moved[at] ?? 0) * 270_000,
      ...(error === null ? { counts } : { status: 'failed', error, counts: null }),
    });
  });
}

async function historyOf(bench: PanelBench): Promise<void> {
  await bench.put(fine, week());
  const outcomes = [
    outcome('refs/heads/main', { oldOid: oid(1), action: 'fast_forwarded' }),
    outcome('refs/heads/release/2.1', {}),
    outcome('refs/tags/v2.1.0', {}),
    outcome('refs/heads/docs', {
      oldOid: oid(9),
      action: 'diverged',
      reason: fault('moved_in_forge', { ref: 'refs/heads/docs' }),
    }),
    ...Array.from({ length: 8 }, (_, at) =>
      outcome(`refs/heads/topic/${at}`, { oldOid: oid(at + 20), action: 'fast_forwarded' }),
    ),
    outcome('refs/heads/media', { action: 'rejected', reason: fault('lfs_object_missing', { oid: 'c0ffee' }) }),
  ];
  await bench.store.transaction((tx) => tx.insertRunOutcomes('week-28', outcomes));
}

async function preview(bench: PanelBench): Promise<void> {
  await bench.put(fine, [
    ended('plan', 0, 2, {
      cause: 'plan',
      counts: { ...noCounts, created: 2, fast_forwarded: 1, forced: 1, diverged: 1, unchanged: 156 },
    }),
  ]);
  const outcomes = [
    outcome('refs/heads/legacy', {
      oldOid: oid(4),
      action: 'forced',
      reason: fault('history_replaced', { ref: 'legacy' }),
    }),
    outcome('refs/heads/docs', {
      oldOid: oid(9),
      action: 'diverged',
      reason: fault('moved_in_forge', { ref: 'docs' }),
    }),
    outcome('refs/heads/release/2.2', {}),
    outcome('refs/tags/v2.2.0', {}),
    outcome('refs/heads/main', { oldOid: oid(1), action: 'fast_forwarded' }),
  ];
  await bench.store.transaction((tx) => tx.insertRunOutcomes('plan', outcomes));
}

/** The web process has a clock of its own. */
async function atTime(at: number, work: () => PromiseLike<unknown>): Promise<void> {
  const real = Date.now;
  Date.now = () => at;
  try {
    await work();
  } finally {
    Date.now = real;
  }
}

/** What the last run could not deliver, and why. */
const leftBehind = (counts: Partial<Run>, outcomes: readonly RefOutcome[]) => async (bench: PanelBench) => {
  await bench.put({ ...fine, proof: { ...proof, behind: outcomes.length } }, [ended('last', 12, 9, counts)]);
  await bench.store.transaction((tx) => tx.insertRunOutcomes('last', outcomes));
};
const rejected = (ref: string, code: FaultCode, facts: FaultFacts) =>
  outcome(ref, { action: 'rejected', reason: fault(code, facts) });

/** Two push mirrors of the forge beside the pull mirror. */
const withPushes = (mirror: Partial<Mirror>) => async (bench: PanelBench) => {
  await bench.put(mirror);
  const common = { intervalMs: 8 * hour, branchFilter: null, createdAt: now };
  bench.pushMirrors.mirrors = [
    {
      ...common,
      name: 'remote_mirror_1',
      url: 'https://gitlab.com/octo-org/library.git',
      syncOnCommit: true,
      publicKey: null,
      lastUpdateAt: now - 3 * minute,
      lastError: null,
    },
    {
      ...common,
      name: 'remote_mirror_2',
      url: 'ssh://git@codeberg.org/octo-org/library.git',
      syncOnCommit: false,
      branchFilter: 'main,release/*',
      publicKey: ssh.ssh?.keys[0]?.publicKey ?? '',
      lastUpdateAt: now - 2 * hour,
      lastError: 'git@codeberg.org: Permission denied (publickey).',
    },
  ];
};

/** What the site's admins allow. */
const allow =
  (changes: Partial<Policy>) =>
  ({ store }: PanelBench) =>
    store.transaction((tx) => tx.savePolicy({ ...openPolicy, ...changes }));

/** Headwater's account may push to the project and no more. */
const noAdmin = ({ forge }: PanelBench): void =>
  void forge.projects.set(1, { ...project(forge), canAdminister: false });

const delivered = (changes: Partial<NoticeDelivery>): NoticeDelivery => ({
  type: 'mirror.failed',
  at: now - 20 * minute,
  attempts: 1,
  delivered: true,
  retries: false,
  status: null,
  error: null,
  ...changes,
});

/** Values that runs replaced, and whether one of them is asked about. */
async function backupsOf(bench: PanelBench): Promise<void> {
  await bench.put({ ...fine, options: { ...defaultOptions, divergence: 'overwrite_with_backup' } }, week().slice(-8));
  const kept = ['docs', 'release/2.1', 'legacy/very-long-name-of-a-branch-that-nobody-shortens'].map((name, at) => ({
    id: `kept-${at}`,
    mirrorId: 'mirror-1',
    runId: 'week-28',
    ref: `refs/heads/${name}`,
    oid: oid(at + 5),
    at: now - (at + 1) * 31 * hour,
  }));
  await bench.store.transaction((tx) => tx.insertBackups(kept));
}

/** What other collections of states are made of. */
export const galleryParts = { now, fine, failed, ssh, proof, oid, outcome, ended };

export const galleryPath = '/panel/octo-org/library';

/** Every state of the panel. */
export const gallery: readonly GalleryState[] = [
  { name: 'add', caption: 'Nothing mirrored yet', topic: 'add', path: '' },
  {
    name: 'add-tested',
    caption: 'Filled in and tested; options open',
    topic: 'add',
    path: '/add',
    form: {
      address: 'https://octo-org:secret@github.com/octo-org/library.git',
      method: 'password',
      username: 'octo-org',
      password: 'x',
      do: 'test',
      open: 'options',
    },
    prepare: ({ listings, forge }) => {
      for (let at = 0; at < 48; at += 1) listings.refs.set(at === 0 ? 'refs/heads/main' : `refs/heads/b${at}`, oid(at));
      for (let at = 0; at < 112; at += 1) listings.refs.set(`refs/tags/v${at}`, oid(at));
      forge.refs.set(1, new Map(['main', 'docs', 'own'].map((name) => [`refs/heads/${name}`, oid(1)])));
    },
  },
  {
    name: 'add-faulty',
    caption: 'An address that can’t be used, and the one that was meant',
    topic: 'add',
    path: '/add',
    form: { address: 'git.example.org/octo-org/library', method: 'none' },
  },
  {
    name: 'add-refused',
    caption: 'An address that the admin does not allow',
    topic: 'add',
    path: '/add',
    form: { address: 'https://127.0.0.1/octo-org/library.git', method: 'none' },
  },
  {
    name: 'add-policy',
    caption: 'Only some hosts are allowed, and this is none of them',
    topic: 'add',
    path: '/add',
    form: { address, method: 'none' },
    prepare: allow({ allowedHosts: ['*.example.org'] }),
  },
  {
    name: 'add-denied',
    caption: 'Only some people may set up mirrors',
    topic: 'add',
    path: '',
    prepare: allow({ whoMayMirror: 'listed' }),
  },
  {
    name: 'add-test-failed',
    caption: 'The test found what would fail',
    topic: 'add',
    path: '/add',
    form: { address, method: 'none', do: 'test' },
    prepare: ({ listings }) => {
      listings.answer = () => Promise.reject(notFound());
    },
  },
  {
    name: 'add-ssh',
    caption: 'SSH: is this really the host?',
    topic: 'add',
    path: '/add',
    form: { address: 'git@github.com:octo-org/library.git', method: 'key' },
    prepare: ({ ssh: fake }) => {
      fake.serverKeys = [...githubKeys];
    },
  },
  {
    name: 'add-ssh-wrong',
    caption: 'The keys are not those that the host publishes',
    topic: 'add',
    path: '/add',
    form: { address: 'git@github.com:octo-org/library.git', method: 'key' },
    prepare: ({ ssh: fake }) => {
      fake.serverKeys = [
        {
          ...(githubKeys[0] ?? fake.serverKeys[0]),
          fingerprint: 'SHA256:9yI4hCw0DkPzQbYjT2rXnV5aLsEoF8uGmJt1vRqNcWk',
        } as never,
      ];
    },
  },
  {
    name: 'add-push',
    caption: 'Push: its consequence stands before the address',
    topic: 'add',
    path: '?open=add',
    prepare: put(fine),
  },
  {
    name: 'add-push-options',
    caption: 'Push: some branches only, where the forge can',
    topic: 'add',
    path: '/add',
    form: {
      direction: 'push',
      meant: 'https://gitlab.com/octo-org/library.git',
      method: 'password',
      username: 'octo-org',
      push_branches: 'main, release/*',
      on_commit: 'yes',
      open: 'options',
    },
    prepare: async (bench) => {
      bench.pushMirrors.can = { ssh: true, branchFilter: true };
      await bench.put(fine);
    },
  },
  {
    name: 'no-push',
    caption: 'Push cannot be chosen: why, and what to do',
    topic: 'add',
    path: '',
    prepare: noAdmin,
  },
  {
    name: 'no-push-later',
    caption: 'The same, beside a pull mirror',
    topic: 'add',
    path: '?open=add',
    prepare: async (bench) => {
      noAdmin(bench);
      await bench.put(fine);
    },
  },
  {
    name: 'needs-key',
    caption: 'Saved: the public key, and where to put it',
    topic: 'add',
    path: '',
    prepare: put({
      ...ssh,
      enabled: false,
      status: 'none',
      lastStartedAt: null,
      lastFinishedAt: null,
      lastSuccessAt: null,
      proof: null,
    }),
  },
  {
    name: 'new',
    caption: 'New mirrored project',
    topic: 'add',
    page: '/panel/new',
    path: '',
  },
  {
    name: 'no-account',
    caption: 'Headwater may not push to the project yet',
    topic: 'add',
    path: '',
    prepare: ({ forge }) => void forge.projects.set(1, { ...project(forge), canPush: false }),
  },

  { name: 'fine', caption: 'Up to date', topic: 'list', path: '', prepare: put(fine) },
  {
    name: 'pushes',
    caption: 'One pull, two push mirrors; one of them failing',
    topic: 'list',
    path: '',
    prepare: withPushes(fine),
  },
  {
    name: 'push-key',
    caption: 'Where the key of a push mirror goes',
    topic: 'list',
    path: '?open=key&push=remote_mirror_2',
    prepare: withPushes(fine),
  },
  {
    name: 'push-delete',
    caption: 'Deleting a push mirror asks too',
    topic: 'list',
    path: '?open=delete&push=remote_mirror_1',
    prepare: withPushes(fine),
  },
  { name: 'delete', caption: 'Delete asks in place', topic: 'list', path: '?open=delete', prepare: put(fine) },
  {
    name: 'edit',
    caption: 'Edit',
    topic: 'settings',
    path: '?open=edit',
    prepare: put({
      ...fine,
      authUser: 'octo-org',
      sealedPassword: 'sealed',
      options: { ...defaultOptions, divergence: 'overwrite_with_backup', deletions: 'follow' },
    }),
  },
  {
    name: 'edit-ssh',
    caption: 'Edit an SSH mirror: its key, and a new one',
    topic: 'settings',
    path: '?open=edit',
    prepare: put(ssh),
  },
  {
    name: 'webhook',
    caption: 'A webhook was made: its secret is shown this once, with where to enter it',
    topic: 'settings',
    path: '/webhook',
    form: {},
    prepare: put(fine),
  },
  {
    name: 'webhook-elsewhere',
    caption: 'A webhook that has been called; nobody knows what runs there',
    topic: 'settings',
    path: '?open=edit&part=webhook',
    prepare: put({
      ...fine,
      url: 'https://git.example.org/octo-org/library.git',
      hook: {
        id: 'q8Zr1mWc0aTn4sVb7yKd2eHf',
        secrets: [{ sealed: 'sealed', createdAt: now }],
        lastDeliveryAt: now - 12 * minute,
        dueAt: null,
        lastAskedAt: null,
      },
    }),
  },
  {
    name: 'messages',
    caption: 'Messages: their secret is shown this once, and how the last ones fared',
    topic: 'settings',
    path: '/notify-secret',
    form: { open: 'options' },
    prepare: put({
      ...fine,
      notify: {
        ...noNotify,
        issue: true,
        url: 'https://chat.example.org/hooks/mirror',
        lastWebhook: delivered({ delivered: false, retries: true, status: 502 }),
        lastIssue: delivered({ type: 'mirror.paused' }),
      },
    }),
  },
  {
    name: 'token-soon',
    caption: 'A token that ends soon',
    topic: 'list',
    path: '',
    prepare: put({ ...fine, authUser: 'octo-org', sealedPassword: 'sealed', tokenExpiresAt: now + 5.2 * 24 * hour }),
  },
  {
    name: 'differs',
    caption: 'Branches that were changed on both sides',
    topic: 'list',
    path: '',
    prepare: put({
      ...fine,
      proof: { ...proof, diverged: ['refs/heads/docs', 'refs/heads/release/2.1'], divergedTotal: 2 },
    }),
  },
  {
    name: 'files-missing',
    caption: 'LFS files that the other side lacks',
    topic: 'list',
    path: '',
    prepare: leftBehind(
      {},
      [1, 2, 3].map((at) => rejected('refs/heads/media', 'lfs_object_missing', { oid: `${at}` })),
    ),
  },
  {
    name: 'behind',
    caption: 'Behind',
    topic: 'list',
    path: '',
    prepare: leftBehind({}, [rejected('refs/heads/a', 'lfs_object_unavailable', { oid: '1', why: 'busy' })]),
  },

  {
    name: 'waiting',
    caption: 'Added a moment ago',
    topic: 'live',
    path: '?said=added',
    prepare: put(
      {
        ...fine,
        status: 'scheduled',
        activeRunId: 'run-1',
        lastStartedAt: null,
        lastFinishedAt: null,
        lastSuccessAt: null,
        proof: null,
      },
      [{ cause: 'enrolled' }],
    ),
  },
  {
    name: 'importing',
    caption: 'First import',
    topic: 'live',
    path: '',
    prepare: async (bench) => {
      await bench.put({ ...fine, status: 'started', activeRunId: 'run-1', lastSuccessAt: null, proof: null }, [
        { status: 'running', cause: 'enrolled' },
      ]);
      await bench.get();
      const send = (done: number) =>
        bench.notices.publish('mirror-1', {
          type: 'run.progressed',
          runId: 'run-1',
          phase: 'receiving',
          done,
          total: 297_104,
          bytes: done * 711,
        });
      await atTime(now - 24_000, async () => send(2_000));
      await atTime(now, async () => send(184_320));
    },
  },
  {
    name: 'updating',
    caption: 'An update that has just started',
    topic: 'live',
    path: '',
    prepare: put({ ...fine, status: 'started', activeRunId: 'run-1' }, [{ status: 'running' }]),
  },

  {
    name: 'failed-credentials',
    caption: 'Username or password refused; a new one is entered in place',
    topic: 'failures',
    path: '?open=password',
    prepare: put(failed('upstream_credentials_refused')),
  },
  {
    name: 'failed-key',
    caption: 'Key refused',
    topic: 'failures',
    path: '?open=key',
    prepare: put({
      ...failed('upstream_ssh_key_refused', { user: 'git' }),
      url: sshAddress,
      ssh: ssh.ssh ?? null,
      authUser: null,
      sealedPassword: null,
    }),
  },
  {
    name: 'failed-tls',
    caption: 'Certificate',
    topic: 'failures',
    path: '',
    prepare: put(failed('upstream_tls', { why: 'it has expired' })),
  },
  {
    name: 'failed-not-found',
    caption: 'Not found',
    topic: 'failures',
    path: '',
    prepare: put(failed('upstream_not_found')),
  },
  {
    name: 'failed-no-host',
    caption: 'No such host',
    topic: 'failures',
    path: '',
    prepare: put(failed('upstream_host_unknown')),
  },
  {
    name: 'failed-not-allowed',
    caption: 'A host that the admin refuses since',
    topic: 'failures',
    path: '',
    prepare: put(failed('host_not_allowed')),
  },
  {
    name: 'failed-rate-limit',
    caption: 'Rate limit',
    topic: 'failures',
    path: '',
    prepare: put({ ...failed('upstream_rate_limited'), failures: 0, nextUpdateAt: now + 140 * minute }),
  },
  {
    name: 'failed-time-out',
    caption: 'Time-out',
    topic: 'failures',
    path: '',
    prepare: put(failed('upstream_stalled', { seconds: 30, phase: 'listing' })),
  },
  {
    name: 'failed-corrupt',
    caption: 'Damaged data',
    topic: 'failures',
    path: '',
    prepare: put(failed('upstream_corrupt', { why: 'x' })),
  },
  {
    name: 'failed-refused',
    caption: 'A rule of the project refuses a branch',
    topic: 'failures',
    path: '',
    prepare: leftBehind({}, [
      rejected('refs/heads/release/2.1', 'branch_rule_refuses', { rule: 'release/*', ref: 'refs/heads/release/2.1' }),
    ]),
  },
  { name: 'failed-quota', caption: 'Quota', topic: 'failures', path: '', prepare: put(failed('forge_quota')) },
  {
    name: 'failed-cut-short',
    caption: 'Cut short',
    topic: 'failures',
    path: '',
    prepare: put(failed('run_timeout', { seconds: 10_800 }), [
      ended('last', 4, 10_800, { status: 'failed', error: fault('run_timeout', { seconds: 10_800 }), counts: null }),
    ]),
  },
  {
    name: 'failed-push-denied',
    caption: 'Headwater lost its right to push',
    topic: 'failures',
    path: '',
    prepare: put(failed('forge_push_denied', { account: 'headwater' })),
  },
  {
    name: 'failed-ours',
    caption: 'Our own fault',
    topic: 'failures',
    path: '',
    prepare: put(failed('internal'), [
      ended('4b1f6c1e', 4, 2, { status: 'failed', error: fault('internal'), counts: null }),
    ]),
  },

  {
    name: 'paused-failures',
    caption: 'Paused after the last failure',
    topic: 'people',
    path: '',
    prepare: put({
      ...failed('upstream_stalled', { seconds: 30, phase: 'listing' }),
      failures: 6,
      nextUpdateAt: null,
      lastSuccessAt: now - 18 * hour,
      pause: { reason: 'failures', by: null, at: now },
    }),
  },
  {
    name: 'paused-person',
    caption: 'Paused by a person',
    topic: 'people',
    path: '',
    prepare: put({ ...fine, nextUpdateAt: null, pause: { reason: 'person', by: 'mona', at: now - 2 * hour } }),
  },
  {
    name: 'paused-archived',
    caption: 'Paused since the project is archived',
    topic: 'people',
    path: '',
    prepare: put({ ...fine, nextUpdateAt: null, pause: { reason: 'archived', by: null, at: now } }),
  },
  {
    name: 'paused-owner',
    caption: 'A new owner has to confirm',
    topic: 'people',
    path: '',
    prepare: put({ ...fine, nextUpdateAt: null, pause: { reason: 'owner_changed', by: null, at: now } }),
  },
  {
    name: 'off',
    caption: 'Switched off over the API',
    topic: 'people',
    path: '',
    prepare: put({ ...fine, enabled: false }),
  },
  {
    name: 'host-key',
    caption: 'The server shows another key',
    topic: 'people',
    path: '',
    prepare: put({
      ...failed('upstream_host_key_changed', { seen: 'x', confirmed: 'y' }),
      url: 'ssh://git@git.example.org/octo-org/library.git',
      authUser: null,
      sealedPassword: null,
      pause: { reason: 'host_key', by: null, at: now },
      ssh: {
        ...buildMirrorSsh(),
        hostKeys: [
          {
            type: 'ssh-ed25519',
            key: 'a',
            fingerprint: 'SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE',
            confirmedAt: now,
            confirmedBy: 'mona',
          },
        ],
        seenHostKeys: [
          { type: 'ssh-ed25519', key: 'b', fingerprint: 'SHA256:9yI4hCw0DkPzQbYjT2rXnV5aLsEoF8uGmJt1vRqNcWk' },
        ],
      },
    }),
  },
  {
    name: 'host-keys-open',
    caption: 'Keys that nobody has confirmed yet',
    topic: 'people',
    path: '',
    prepare: put({ ...ssh, ssh: { ...(ssh.ssh ?? buildMirrorSsh()), hostKeys: [], seenHostKeys: githubKeys } }),
  },
  {
    name: 'held',
    caption: 'Held: the other side lost 48 of 50 branches',
    topic: 'people',
    path: '',
    prepare: put({
      ...fine,
      options: { ...defaultOptions, deletions: 'follow' },
      held: {
        id: 'plan-1',
        runId: 'r',
        at: now - 20 * minute,
        reasons: [fault('held_refs_lost', { lost: 48, total: 50 })],
        refs: gone,
        total: 48,
        lost: gone.map(({ ref }) => ref),
        lostTotal: 48,
        accepted: false,
      },
    }),
  },
  {
    name: 'held-lost',
    caption: 'Held, though nothing here would change',
    topic: 'people',
    path: '',
    prepare: put({
      ...fine,
      held: {
        id: 'plan-1',
        runId: 'r',
        at: now - 20 * minute,
        reasons: [fault('held_upstream_emptied', { total: 3 })],
        refs: [],
        total: 0,
        lost: ['refs/heads/main', 'refs/heads/docs', 'refs/tags/v1'],
        lostTotal: 3,
        accepted: false,
      },
    }),
  },

  {
    name: 'history',
    caption: 'History: 30 runs, one of them open',
    topic: 'history',
    path: '/history?run=week-28',
    prepare: historyOf,
  },
  {
    name: 'history-failed',
    caption: 'A run that failed',
    topic: 'history',
    path: '/history?run=week-20',
    prepare: historyOf,
  },
  {
    name: 'history-empty',
    caption: 'Nothing has run yet',
    topic: 'history',
    path: '/history',
    prepare: put({ ...fine, lastStartedAt: null, lastFinishedAt: null, lastSuccessAt: null, proof: null }),
  },
  {
    name: 'backups',
    caption: 'Replaced values that are kept; putting one back asks in place',
    topic: 'history',
    path: '/history?kept=1&open=kept-0',
    prepare: backupsOf,
  },
  { name: 'preview', caption: 'Preview', topic: 'history', path: '/plan/plan', prepare: preview },
  {
    name: 'preview-looking',
    caption: 'Preview, while both sides are looked at',
    topic: 'history',
    path: '/plan/plan',
    prepare: put(fine, [
      { ...ended('plan', 0, 1, { cause: 'plan', status: 'running', finishedAt: null, counts: null }) },
    ]),
  },

  {
    name: 'native',
    caption: 'A mirror of the forge’s own',
    topic: 'whole',
    path: '',
    prepare: ({ forge }) => void forge.projects.set(1, { ...project(forge), nativeMirror: true, originalUrl: address }),
  },
  {
    name: 'archived',
    caption: 'An archived project',
    topic: 'whole',
    path: '',
    prepare: ({ forge }) => void forge.projects.set(1, { ...project(forge), archived: true }),
  },
  { name: 'signed-out', caption: 'Signed out', topic: 'whole', path: '', prepare: (bench) => bench.signIn(null) },
  {
    name: 'no-right',
    caption: 'No right',
    topic: 'whole',
    path: '',
    prepare: (bench) => {
      bench.forge.addToken('reader', 'read');
      bench.signIn({ ...somebody, token: 'reader' });
    },
  },
  {
    name: 'not-there',
    caption: 'No such project',
    topic: 'whole',
    path: '',
    prepare: (bench) => {
      bench.forge.addToken('stranger', 'stranger');
      bench.signIn({ ...somebody, token: 'stranger' });
    },
  },
  {
    name: 'forge-down',
    caption: 'The forge does not answer',
    topic: 'whole',
    path: '',
    prepare: async (bench) => {
      await bench.put(fine);
      await atTime(now - 12 * minute, () => bench.get());
      bench.forge.down = true;
    },
  },
  {
    name: 'forge-down-first',
    caption: 'The forge does not answer, and nothing is known from before',
    topic: 'whole',
    path: '',
    prepare: ({ forge }) => void (forge.down = true),
  },
  {
    name: 'loading',
    caption: 'Loading: the forge takes its time',
    topic: 'whole',
    path: '',
    kind: 'loading',
    prepare: ({ forge }) => {
      forge.callerRights = () => new Promise(() => undefined);
    },
  },
  {
    name: 'headwater-down',
    caption: 'Headwater does not answer: the forge’s page says so, above its own section',
    topic: 'whole',
    path: '',
    kind: 'silent',
  },
  {
    name: 'tab-none',
    caption: 'The tab, where nothing is mirrored',
    topic: 'whole',
    path: '/status',
  },
  { name: 'how', caption: 'How mirroring works', topic: 'whole', page: '/panel/how', path: '' },
  {
    name: 'tab',
    caption: 'The tab of the repository, for everybody who may see it',
    topic: 'whole',
    path: '/status',
    prepare: async (bench) => {
      await bench.put(fine);
      bench.forge.addToken('reader', 'read');
      bench.signIn({ ...somebody, token: 'reader' });
    },
  },
];

function project(forge: PanelBench['forge']) {
  const found = forge.projects.get(1);
  if (found === undefined) throw new Error('the project is missing');
  return found;
}

function notFound(): Error {
  return new HeadwaterError('upstream_not_found', { host: 'github.com' });
}

export const silentPath = '/settings-of-the-forge';

/** A settings page of the forge, with the script that puts the panel there; nobody listens where it looks for it. */
function silentPage(forgeUrl: string): string {
  const slot = JSON.stringify(loadManifest().settingsPanel).replaceAll('"', '&quot;');
  return `<!doctype html><html lang="en" data-theme="forgejo-auto"><head><meta charset="utf-8"><title>Settings</title>
<script>const theme = new URL(location).searchParams.get('theme'); document.documentElement.dataset.theme = theme;
for (const name of ['index', 'theme-' + theme]) document.write('<link rel="stylesheet" href="${forgeUrl}/assets/css/' + name + '.css">')</script>
</head><body><main class="page-content"><div class="ui container"><h1>Settings</h1><h2>Repository</h2><h3>Mirrors</h3><h4 class="ui top attached header">Mirror settings</h4>
<div class="ui attached segment"><form><input type="hidden" name="action" value="push-mirror-add"></form></div></div></main>
<script data-headwater="http://127.0.0.1:9" data-health="/healthz" data-owner="octo-org" data-repo="library" data-slot="${slot}">${loadEmbedScript()}</script></body></html>`;
}

/** Serves one state after another: `show` makes a fresh panel that is in this state. */
export class GalleryServer {
  #bench: PanelBench | null = null;

  private constructor(
    private readonly server: Server,
    readonly url: string,
    private readonly forgeUrl: () => string,
  ) {}

  /** `forgeUrl`: whose style sheets the pages use. */
  static async start(forgeUrl: string | null): Promise<GalleryServer> {
    let gallery_: GalleryServer | null = null;
    const server = createServer((request, response) => gallery_?.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    gallery_ = new GalleryServer(server, url, () => forgeUrl ?? url);
    return gallery_;
  }

  async show(state: GalleryState): Promise<void> {
    const bench = panelBench({ publicUrl: () => this.url, forgePublicUrl: this.forgeUrl() }, galleryPath);
    bench.forge.projects.set(1, { ...project(bench.forge), owner: 'octo-org', name: 'library', empty: false });
    (bench.store.clock as FixedClock).set(galleryTime);
    await state.prepare?.(bench);
    this.#bench = bench;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const style = forgeStyle(request.url ?? '');
    if (request.url?.startsWith(silentPath) === true)
      response.setHeader('Content-Type', 'text/html').end(silentPage(this.forgeUrl()));
    else if (style !== null) response.setHeader('Content-Type', 'text/css').end(style);
    else if (this.#bench === null) response.end();
    else (this.#bench.app as RequestListener)(request, response);
  }
}
