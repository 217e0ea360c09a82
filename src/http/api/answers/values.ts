import { z } from 'zod';
import type { FaultCode } from '../../../domain/fault-catalogue';
import { faultCatalogue } from '../../../domain/fault-catalogue';
import type { FaultClass } from '../../../domain/faults/fault-class';
import type { RefAction } from '../../../domain/run';

/** ISO 8601 in UTC. */
export const time = z.iso.datetime();
export const timeOrNull = time.nullable();

export const whole = z.int().min(0);

const classes = [
  'credentials',
  'host_key',
  'tls',
  'not_found',
  'unusable',
  'unreachable',
  'rate_limit',
  'timeout',
  'corrupt',
  'refused',
  'quota',
  'forge',
  'crash',
  'ours',
  'difference',
  'request',
] as const satisfies readonly FaultClass[];

export const faultCode = z
  .enum(Object.keys(faultCatalogue) as FaultCode[])
  .describe('What went wrong, for programs. A code never changes its meaning; new ones may be added.');

export const faultClass = z
  .enum(classes)
  .describe('What kind of trouble it is, for rules and colours; new ones may be added.');

export const faultFields = {
  code: faultCode,
  class: faultClass,
  message: z.string().describe('One sentence for people. It never holds a secret.'),
  advice: z.string().describe('What to do about it, for people.'),
};

export const faultAnswer = z.strictObject(faultFields).describe('What went wrong, and what to do about it.');
export type FaultAnswer = z.infer<typeof faultAnswer>;

export const warnings = z
  .array(faultAnswer)
  .describe('What was done all the same, but should be known. Empty when there is nothing to say.');

const actions = [
  'created',
  'fast_forwarded',
  'forced',
  'deleted',
  'unchanged',
  'skipped',
  'diverged',
  'rejected',
] as const satisfies readonly RefAction[];

const objectId = z.string().regex(/^[0-9a-f]{40}$/);

export const commit = objectId.describe('Object id: 40 hexadecimal digits.');

export const refOutcome = z
  .strictObject({
    ref: z.string().describe('Full name, such as refs/heads/main. HEAD stands for the default branch.'),
    old: objectId.nullable().describe('Object id in the project before; null: it did not exist.'),
    new: objectId.nullable().describe('Object id in the upstream; null: it was deleted there.'),
    action: z
      .enum(actions)
      .describe(
        'What became of it. diverged: left alone, because it differs; rejected: it should have been changed and could not be; skipped: the options leave it out. In a dry run: what would become of it.',
      ),
    reason: faultAnswer.nullable().describe('Why it was left alone, refused or overwritten; null: nothing to explain.'),
  })
  .describe('What became of one ref in one run. Refs that needed nothing are counted, not listed.');
export type RefOutcomeAnswer = z.infer<typeof refOutcome>;

export const refCounts = z
  .strictObject({
    created: whole.describe('New in the project.'),
    fast_forwarded: whole.describe('Moved forward.'),
    forced: whole.describe('Overwritten.'),
    deleted: whole.describe('Deleted.'),
    unchanged: whole.describe('Equal already.'),
    skipped: whole.describe('Left out by the options.'),
    diverged: whole.describe('Different, and left alone.'),
    rejected: whole.describe('Refused by the forge, or held back.'),
  })
  .describe('How many refs became what.');

export const projectName = z.string().describe('Owner and name, such as group/project.');
