import { z } from 'zod';
import type { AuditAction, AuditVia } from '../../../domain/audit';
import { answer } from './answer';
import { projectName, time } from './values';

const actions = [
  'mirror.created',
  'mirror.changed',
  'mirror.deleted',
  'mirror.paused',
  'mirror.resumed',
  'secret.replaced',
  'secret.removed',
  'host_key.accepted',
  'run.requested',
  'plan.requested',
  'plan.accepted',
  'run.undone',
  'push_mirror.created',
  'push_mirror.deleted',
  'session.began',
  'session.ended',
  'policy.changed',
] as const satisfies readonly AuditAction[];
const ways = ['token', 'session', 'cli', 'webhook', 'clock'] as const satisfies readonly AuditVia[];

export const auditEntry = z
  .strictObject({
    id: z.string().describe('Names the entry.'),
    at: time.describe('When it happened.'),
    who: z.string().nullable().describe('Account in the forge; null: unknown, or nobody.'),
    via: z
      .enum(ways)
      .describe('How it came in: an access token, a session in a browser, the command line, a webhook, or by itself.'),
    from: z.string().nullable().describe('Address of the client; null: there is none.'),
    action: z.enum(actions).describe('What happened; new ones may be added.'),
    project: projectName.nullable().describe('Owner and name at that time; null: no project is concerned.'),
    details: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .describe('Old and new values, as name_before and name. Never a secret.'),
  })
  .describe('Who changed what, when, how and from where.');
export type AuditEntryAnswer = z.infer<typeof auditEntry>;

export const auditEntries = answer('Entries, newest first.', z.array(auditEntry));
