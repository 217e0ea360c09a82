import type { Backup } from '../../../domain/backup';
import { shortName } from '../../../domain/git-ref';
import { overwrites, type Divergence } from '../../../domain/mirror-options';
import { showRemoteText } from '../../../domain/redact';
import { backups as texts } from '../../../panel/texts/backups';
import type { Rich } from '../../../panel/texts/rich';
import { action, type Action } from './action';
import type { PanelLinks } from './panel-links';

/** Replaced values that are kept, folded below the runs. */
export interface BackupsView {
  readonly total: string;
  readonly open: boolean;
  readonly rows: readonly BackupRow[];
  /** This page of them, with nothing asked. */
  readonly here: string;
  readonly newer: string | null;
  readonly older: string | null;
}

interface BackupRow {
  readonly id: string;
  readonly name: string;
  readonly was: Rich;
  /** Absent while nothing may be changed. */
  readonly putBack: Action | null;
  /** Of the one that is asked about. */
  readonly question: { readonly title: Rich; readonly text: string; readonly button: string } | null;
}

export interface BackupsInput {
  /** One page, newest first. */
  readonly backups: readonly Backup[];
  readonly total: number;
  /** The page that was asked for; null: the fold stays shut. */
  readonly page: number | null;
  readonly limit: number;
  /** The id of the one that is asked about. */
  readonly asked: unknown;
  readonly divergence: Divergence;
  readonly mayChange: boolean;
}

/** null: nothing is kept. */
export function viewBackups(input: BackupsInput, links: PanelLinks): BackupsView | null {
  const { total, limit } = input;
  if (total === 0) return null;
  const page = input.page ?? 1;
  return {
    total: texts.total(total),
    open: input.page !== null,
    rows: input.backups.map((backup) => rowOf(backup, page, input, links)),
    here: links.backups(page),
    newer: page > 1 ? links.backups(page - 1) : null,
    older: page * limit < total ? links.backups(page + 1) : null,
  };
}

function rowOf(backup: Backup, page: number, input: BackupsInput, links: PanelLinks): BackupRow {
  const name = showRemoteText(shortName(backup.ref));
  const commit = backup.oid.slice(0, 7);
  const asked = input.mayChange && input.asked === backup.id;
  return {
    id: backup.id,
    name,
    was: texts.was(commit, backup.at),
    putBack: input.mayChange
      ? action('open', texts.putBack, links.backups(page, backup.id), { of: `${name}, ${commit}`, expanded: asked })
      : null,
    question: asked
      ? {
          title: texts.asks(name, commit),
          text: overwrites(input.divergence) ? `${texts.warns} ${texts.again}` : texts.warns,
          button: texts.button(name),
        }
      : null,
  };
}
