import { fault, toHeadwaterError, type Fault } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import { issueMark, pauseIssue, recoveryComment } from '../../domain/notice-issue';
import { signingSecrets, withNoticeDelivery } from '../../domain/mirror-notify';
import { noticeRetryMs, type OutboxEntry } from '../../domain/owner-notice';
import type { Forge } from '../../ports/forge';
import type { Logger } from '../../ports/logger';
import type { SecretBox } from '../../ports/secret-box';
import type { Store } from '../../ports/store';
import type { WebhookSender } from '../../ports/webhook-sender';
import { notifyContext } from './notify-settings';

export interface NoticeDeps {
  readonly store: Store;
  readonly forge: Pick<Forge, 'project' | 'openIssue' | 'closeIssue'>;
  readonly webhooks: Pick<WebhookSender, 'send'>;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly log: Logger;
  /** Where clients reach Headwater. */
  readonly publicUrl: () => string;
}

const batchSize = 100;
/** Mirrors at a time: a receiver that never answers holds up no other for long. */
const concurrency = 4;
/** Longer than any try takes; then another worker may take the entry. ms. */
const claimMs = 60_000;

/**
 * Delivers what waits in the outbox: at least once, since a worker that dies after the sending leaves the entry, and never
 * in the way of a run. Answers in how many ms there is more to do; null: nothing waits.
 */
export async function deliverNotices(deps: NoticeDeps, signal: AbortSignal): Promise<number | null> {
  for (;;) {
    const due = await deps.store.dueOutbox(await deps.store.now(), batchSize);
    if (due.length === 0 || signal.aborted) break;
    const lines = linesOf(due);
    const worker = async (): Promise<void> => {
      for (let line = lines.shift(); line !== undefined; line = lines.shift()) await deliverLine(deps, line, signal);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  }
  const next = await deps.store.nextOutboxAt();
  return next === null ? null : Math.max(0, next - (await deps.store.now()));
}

function linesOf(entries: readonly OutboxEntry[]): OutboxEntry[][] {
  const lines = new Map<string, OutboxEntry[]>();
  for (const entry of entries) {
    const key = `${entry.mirrorId} ${entry.channel}`;
    lines.set(key, [...(lines.get(key) ?? []), entry]);
  }
  return [...lines.values()];
}

/** One mirror's entries in their order. After one that failed, the others that are due wait as long; newer ones may overtake them. */
async function deliverLine(deps: NoticeDeps, line: readonly OutboxEntry[], signal: AbortSignal): Promise<void> {
  let waitUntil: number | null = null;
  for (const entry of line) {
    if (signal.aborted) return;
    const at = await deps.store.now();
    const until: number = waitUntil ?? at + claimMs;
    const isOurs = await deps.store.transaction((tx) => tx.claimOutbox(entry, until));
    if (isOurs && waitUntil === null) waitUntil = await deliverOne(deps, { ...entry, dueAt: until }, signal);
  }
}

/** Answers when the next try is; null: the entry is settled. */
async function deliverOne(deps: NoticeDeps, entry: OutboxEntry, signal: AbortSignal): Promise<number | null> {
  const mirror = await deps.store.mirror(entry.mirrorId);
  const result = mirror === null ? null : await attempt(deps, mirror, entry, signal);
  // Whoever was interrupted has not failed; the claim ends by itself.
  if (signal.aborted && result?.error != null) return entry.dueAt;
  return deps.store.transaction(async (tx) => {
    const at = await tx.now();
    const current = await tx.lockMirror(entry.mirrorId);
    const attempts = entry.attempts + 1;
    const delayMs =
      result === null || result.error === null || result.final ? null : noticeRetryMs(entry.channel, attempts);
    if (delayMs === null) await tx.deleteOutbox(entry.id);
    else await tx.saveOutbox({ ...entry, attempts, dueAt: at + delayMs });
    if (current !== null && result !== null) {
      const { status, error } = result;
      const { type, channel } = entry;
      const delivery = { type, at, attempts, delivered: error === null, retries: delayMs !== null, status, error };
      await tx.saveMirror({ ...current, notify: withNoticeDelivery(current.notify, channel, delivery) });
      if (error !== null)
        deps.log.info(
          { mirrorId: entry.mirrorId, channel, type, attempts, code: error.code },
          'a notice was not delivered',
        );
    }
    return delayMs === null ? null : at + delayMs;
  });
}

interface Attempt {
  readonly status: number | null;
  readonly error: Fault | null;
  /** Another try would end the same way. */
  readonly final: boolean;
}

/** null: there is nobody to tell any more. */
async function attempt(
  deps: NoticeDeps,
  mirror: Mirror,
  entry: OutboxEntry,
  signal: AbortSignal,
): Promise<Attempt | null> {
  try {
    return entry.channel === 'webhook'
      ? await sendWebhook(deps, mirror, entry, signal)
      : await tellByIssue(deps, mirror, entry);
  } catch (thrown) {
    const error = toHeadwaterError(thrown);
    if (error.kind === 'bug') deps.log.error({ mirrorId: mirror.id, err: error.cause ?? error }, 'a notice met a bug');
    return { status: null, error: error.toFault(), final: error.kind === 'user' };
  }
}

async function sendWebhook(
  deps: NoticeDeps,
  mirror: Mirror,
  { id, payload }: OutboxEntry,
  signal: AbortSignal,
): Promise<Attempt | null> {
  const { notify } = mirror;
  if (notify.url === null) return null;
  const at = await deps.store.now();
  const secrets = signingSecrets(notify, at).map(({ sealed }) => deps.secrets.open(sealed, notifyContext(mirror.id)));
  if (secrets.length === 0) return null;
  const { status } = await deps.webhooks.send({ url: notify.url, id, at, body: payload, secrets }, signal);
  if (status >= 200 && status < 300) return { status, error: null, final: true };
  // 410 is how a receiver says that it wants no more.
  return { status, error: fault('notify_refused', { host: new URL(notify.url).host, status }), final: status === 410 };
}

/** By the mirror's state rather than by the entry alone, so that late entries open nothing that is over. */
async function tellByIssue(deps: NoticeDeps, mirror: Mirror, entry: OutboxEntry): Promise<Attempt | null> {
  if (!mirror.notify.issue) return null;
  const isPaused = mirror.notify.toldPaused;
  if (isPaused !== (entry.type === 'mirror.paused')) return null;
  const project = await deps.forge.project(mirror.repoId);
  const mark = issueMark(mirror.id);
  if (isPaused) {
    const link = `${deps.publicUrl()}/panel/${project.owner}/${project.name}`;
    await deps.forge.openIssue({ project, mark, ...pauseIssue(mirror, link) });
  } else await deps.forge.closeIssue({ project, mark, comment: recoveryComment });
  return { status: null, error: null, final: true };
}
