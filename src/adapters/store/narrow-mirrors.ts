import type { SelectQueryBuilder } from 'typeorm';
import type { SyncState } from '../../domain/sync-state';
import type { MirrorFilter } from '../../ports/store';
import type { MirrorRow } from './entities';

/** The query, for the mirrors that fit alone. */
export function narrow(
  query: SelectQueryBuilder<MirrorRow>,
  { status, paused, syncState, host, owner }: MirrorFilter,
): SelectQueryBuilder<MirrorRow> {
  if (status !== undefined) query.andWhere('mirror.status = :status', { status });
  if (paused !== undefined) query.andWhere(`mirror.pause IS ${paused ? 'NOT NULL' : 'NULL'}`);
  if (host !== undefined) query.andWhere('mirror.upstreamHost = :host', { host });
  if (owner !== undefined) {
    const own = `${owner.toLowerCase().replace(/[!%_]/g, '!$&')}/%`;
    query.andWhere("LOWER(mirror.fullName) LIKE :own ESCAPE '!'", { own });
  }
  if (syncState !== undefined) query.andWhere(`(${states[syncState]})`);
  return query;
}

/**
 * A number of the proof is zero. The proof is text in both databases, as JSON.stringify writes it: a quote within a ref's
 * name stands behind a backslash, so only a field can look like this.
 */
const isZero = (field: string) => `(mirror.proof LIKE '%"${field}":0,%' OR mirror.proof LIKE '%"${field}":0}%')`;
const noLfs = `(${isZero('lfsTotal')} OR mirror.proof NOT LIKE '%"lfsTotal":%')`;
const known = 'mirror.held IS NULL AND mirror.proof IS NOT NULL AND mirror.lastError IS NULL';
const notDiverged = `${known} AND ${isZero('divergedTotal')}`;

/** domain/sync-state in SQL; a test holds the two together. */
const states: Readonly<Record<SyncState, string>> = {
  held: 'mirror.held IS NOT NULL',
  unknown: 'mirror.held IS NULL AND (mirror.proof IS NULL OR mirror.lastError IS NOT NULL)',
  diverged: `${known} AND NOT ${isZero('divergedTotal')}`,
  incomplete_lfs: `${notDiverged} AND NOT ${noLfs}`,
  behind: `${notDiverged} AND ${noLfs} AND NOT ${isZero('behind')}`,
  in_sync: `${notDiverged} AND ${noLfs} AND ${isZero('behind')}`,
};
