import { z } from 'zod';
import { answer } from './answer';
import { faultAnswer, projectName, whole } from './values';

export const bulkResult = z
  .strictObject({
    done: whole.describe('For how many mirrors it was done.'),
    failed: z
      .array(
        z.strictObject({
          id: z.string().describe('The mirror, as named in the call.'),
          project: projectName.nullable().describe('Its project; null: there is no such mirror.'),
          error: faultAnswer.describe('Why it could not be done.'),
        }),
      )
      .describe('For which it could not be done. What is refused for one keeps no other back.'),
  })
  .describe('How a call for many mirrors went.');
export type BulkAnswer = z.infer<typeof bulkResult>;

export const bulkDone = answer('How many, and which could not.', bulkResult);
