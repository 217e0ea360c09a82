import { z } from 'zod';
import { answer } from './answer';
import { commit, time } from './values';

export const backup = z
  .strictObject({
    id: z.string().describe('Names the backup.'),
    run_id: z.string().describe('The run that overwrote the value.'),
    ref: z.string().describe('The branch or tag that had it, by its full name.'),
    commit: commit.describe('The value.'),
    kept_as: z.string().describe('The ref of the project that keeps it.'),
    overwritten_at: time.describe('When it was overwritten.'),
  })
  .describe('A value that a run overwrote, kept in the forge.');
export type BackupAnswer = z.infer<typeof backup>;

export const backups = answer('Backups, newest first.', z.array(backup));
