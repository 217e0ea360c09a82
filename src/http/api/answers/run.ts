import { z } from 'zod';
import type { Cause } from '../../../domain/cause';
import type { RunStatus } from '../../../domain/run';
import type { Phase } from '../../../domain/events';
import { answer } from './answer';
import { faultAnswer, refCounts, refOutcome, time, timeOrNull, warnings, whole } from './values';

const causes = [
  'enrolled',
  'settings',
  'manual',
  'clock',
  'recovery',
  'upstream_hook',
  'plan',
  'undo',
] as const satisfies readonly Cause[];
const runStatuses = ['queued', 'running', 'finished', 'failed'] as const satisfies readonly RunStatus[];
const phases = ['listing', 'receiving', 'resolving', 'copying', 'pushing'] as const satisfies readonly Phase[];

export const run = z
  .strictObject({
    id: z.string().describe('Names the run.'),
    cause: z
      .enum(causes)
      .describe(
        'Who or what asked for it. plan: a dry run, which changes nothing; undo: a record of what was put back; recovery: a worker died over the one before.',
      ),
    status: z.enum(runStatuses).describe('queued: waits for a worker; running: a worker has it.'),
    queued_at: time.describe('When it was asked for.'),
    started_at: timeOrNull.describe('When a worker took it; null: none has yet.'),
    finished_at: timeOrNull.describe('When it ended; null: it has not.'),
    error: faultAnswer.nullable().describe('Why it failed; null: it did not.'),
    counts: refCounts.nullable().describe('What became of the refs; null while that is not known.'),
    complete: z
      .boolean()
      .nullable()
      .describe('Did every ref reach the forge, with all its LFS objects? null while that is not known.'),
    received_bytes: whole.describe('Bytes received from the upstream, its list of refs included.'),
    sent_bytes: whole.describe('Bytes sent to the forge.'),
  })
  .describe('One attempt to bring a mirror up to date.');
export type RunAnswer = z.infer<typeof run>;

const runWithRefs = run.extend({
  refs: z.array(refOutcome).describe('What became of each ref, in pages where the call has pages.'),
});

const requestedRun = run.extend({ warnings });

export const progress = z
  .strictObject({
    run_id: z.string().describe('The run that makes progress.'),
    phase: z
      .enum(phases)
      .describe('listing refs, receiving objects, resolving deltas, copying LFS objects, or pushing refs.'),
    done: whole.describe('Objects (receiving, copying), deltas (resolving) or refs (pushing) so far.'),
    total: whole.describe('Of how many; 0 while that is not known.'),
    bytes: whole.describe('Bytes moved so far in this phase.'),
  })
  .describe('How far the run under way is. Some may get lost.');
export type ProgressAnswer = z.infer<typeof progress>;

export const putBackRun = answer('The run that tells what became of each ref; it has ended.', runWithRefs);
export const startedRun = answer('The run that is queued, or that was already.', requestedRun);
export const theRun = answer('The run, with one page of its refs.', runWithRefs);
export const theRuns = answer('Runs, newest first.', z.array(run));
export const planMade = answer(
  'What the next run would do, with one page of the refs; the Link header leads to the others.',
  runWithRefs,
);
export const planUnderWay = answer('The dry run, which has not ended; look at it again later.', runWithRefs);
