import { z } from 'zod';
import { answer } from './answer';
import { warnings, whole } from './values';

export const connectionTest = z
  .strictObject({
    url: z.string().describe('The address as it would be saved.'),
    branches: whole.describe('Branches that the upstream lists.'),
    tags: whole.describe('Tags that the upstream lists.'),
    default_branch: z.string().nullable().describe('Of the upstream, by its short name; null: it has none.'),
    project_branches: whole.nullable().describe('Branches that the project has already; null: not known.'),
    warnings,
  })
  .describe('What a connection with these settings finds.');
export type ConnectionTestAnswer = z.infer<typeof connectionTest>;

export const connectionWorks = answer('The connection works. Why it does not is told as an error.', connectionTest);
