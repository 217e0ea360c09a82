import { z } from 'zod';
import { faultFields } from './values';

/** What every failed call answers. */
export const problem = z
  .strictObject({
    ...faultFields,
    errors: z
      .array(
        z.strictObject({
          field: z.string().describe('Field of the body or of the query; empty: the whole of it.'),
          message: z.string().describe('What is wrong with it. The value is never repeated.'),
        }),
      )
      .optional()
      .describe('With input_invalid: each field that cannot be used, the first twenty.'),
  })
  .describe('Why a call failed, and what to do about it.');
export type Problem = z.infer<typeof problem>;
