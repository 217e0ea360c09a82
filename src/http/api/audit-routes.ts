import type { AuditEntry } from '../../domain/audit';
import { auditEntries, type AuditEntryAnswer } from './answers/audit';
import { tellPaging } from './paging';
import { timeText } from './present-values';
import { defineAdminRoute, defineRoute } from './route';

/** Also of mirrors that are gone by now. */
export const listAudit = defineRoute({
  id: 'listAudit',
  tag: 'Audit',
  method: 'get',
  path: '/repos/:owner/:repo/mirror/audit',
  need: 'read',
  summary: 'Who changed what in the mirrors of this project, newest first',
  paged: true,
  answers: { 200: auditEntries },
  faults: [],
  handle: async ({ deps, caller, page, response }) => {
    const { items, total } = await deps.store.auditEntries({ repoId: caller.project.id }, page);
    const { owner, name } = caller.project;
    tellPaging(response, deps.publicUrl(), `/api/v1/repos/${owner}/${name}/mirror/audit`, page, total);
    response.json(items.map(presentEntry));
  },
});

export const listAllAudit = defineAdminRoute({
  id: 'listAllAudit',
  tag: 'Audit',
  method: 'get',
  path: '/admin/audit',
  summary: 'Who changed what in all projects, and who signed in, newest first',
  paged: true,
  answers: { 200: auditEntries },
  faults: [],
  handle: async ({ deps, page, response }) => {
    const { items, total } = await deps.store.auditEntries({}, page);
    tellPaging(response, deps.publicUrl(), '/api/v1/admin/audit', page, total);
    response.json(items.map(presentEntry));
  },
});

function presentEntry(entry: AuditEntry): AuditEntryAnswer {
  const { id, at, who, via, from, action, project, details } = entry;
  return { id, at: timeText(at), who, via, from, action, project, details: { ...details } };
}
