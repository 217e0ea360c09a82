import { code, moment, say, type Rich } from './rich';
import { count } from './numbers';

/** Values that runs replaced and that are kept. */
export const backups = {
  title: 'Replaced values that are kept',
  total: (values: number): string => count(values, 'value'),
  intro: say`What an update replaced with a backup, newest first. Each can be put back.`,
  was: (commit: string, at: number): Rich => say`${code(commit)}, replaced ${moment(at)}`,
  putBack: 'Put back',
  asks: (name: string, commit: string): Rich => say`Put ${code(name)} back to ${code(commit)}?`,
  warns: 'It moves there from wherever it is now; what was added to it since leaves it.',
  again:
    'This mirror replaces what differs, so the next update replaces it again. Set another option first to keep it.',
  button: (name: string): string => `Put ${name} back`,
  newer: 'Newer ones',
  older: 'Older ones',
} as const;
