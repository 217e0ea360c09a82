import { randomUUID } from 'node:crypto';
import type { Mirror } from '../../domain/mirror';
import { noticePayload } from '../../domain/notice-payload';
import { withTold } from '../../domain/mirror-notify';
import { channelsOf, noticesOf, type Happened } from '../../domain/owner-notice';
import type { StoreTransaction } from '../../ports/store';

/**
 * Writes what there is to tell into the outbox, in the transaction that changes the mirror, so that neither happens without
 * the other. Answers the mirror to save.
 */
export async function recordNotices(
  tx: Pick<StoreTransaction, 'now' | 'insertOutbox'>,
  happened: Happened,
): Promise<Mirror> {
  const { after } = happened;
  const told = noticesOf(happened);
  if (told.length === 0) return after;
  const at = await tx.now();
  const entries = told.flatMap((type, place) =>
    channelsOf(type, after).map((channel) => ({
      id: randomUUID(),
      mirrorId: after.id,
      channel,
      type,
      payload: noticePayload(type, happened, at),
      // A moment apart, so that a failure is told before the pause that it led to.
      createdAt: at + place,
      attempts: 0,
      dueAt: at,
    })),
  );
  if (entries.length > 0) await tx.insertOutbox(entries);
  return { ...after, notify: withTold(after.notify, told) };
}
