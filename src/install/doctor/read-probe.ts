import { z } from 'zod';

const schema = z.object({
  seen: z.boolean(),
  refused: z.boolean().default(false),
  forwarded: z.enum(['nobody', 'believed', 'not_believed']).nullable().default(null),
});

export type Probed = z.infer<typeof schema>;

/** What Headwater's place for test deliveries answers; something else's answer says nothing. */
export function readProbe(text: string): Probed {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return { seen: false, refused: false, forwarded: null };
  }
}
