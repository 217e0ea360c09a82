import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import { inBulk, type BulkChoice, type BulkResult } from '../../sync/bulk';
import { pauseMirror, resumeMirror } from '../../sync/pause-mirror';
import { requestSync } from '../../sync/request-sync';
import type { Caller } from '../../ports/forge';
import type { MirrorFilter } from '../../ports/store';
import type { HttpDeps } from '../http-deps';
import { answer } from './answers/answer';
import { bulkDone, type BulkAnswer } from './answers/bulk';
import { mirror, updateStatuses as statuses } from './answers/mirror';
import { syncStates } from './answers/mirror-sync';
import { describeMirror } from './find-mirror';
import { tellPaging } from './paging';
import { parseFields } from './parse-input';
import { presentFault } from './present';
import { defineAdminRoute } from './route';

/** More mirrors at once are chosen by a filter. */
const mostIds = 1000;

const filterFields = {
  update_status: z.enum(statuses).optional().describe('Only mirrors of this state.'),
  sync_state: z.enum(syncStates).optional().describe('Only mirrors of which this is the matter.'),
  host: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('Only mirrors of upstreams at this host, with its port if that is not the usual one.'),
  owner: z.string().min(1).max(255).optional().describe('Only mirrors of projects of this owner.'),
};

const filterQuery = z.strictObject({
  ...filterFields,
  paused: z.enum(['true', 'false']).optional().describe('Only mirrors that are paused, or that are not.'),
});

export const bulkBody = z.strictObject({
  ids: z.array(z.string().min(1).max(64)).min(1).max(mostIds).optional().describe('These mirrors.'),
  ...filterFields,
  paused: z.boolean().optional().describe('Only mirrors that are paused, or that are not.'),
  all: z.literal(true).optional().describe('All mirrors there are, said on purpose.'),
});

export const listMirrors = defineAdminRoute({
  id: 'listMirrors',
  tag: 'For site admins',
  method: 'get',
  path: '/admin/mirrors',
  summary: 'All mirrors, newest first; update_status, paused, sync_state, host and owner narrow the list',
  paged: true,
  filters: filterQuery,
  answers: { 200: answer('Mirrors, newest first.', z.array(mirror)) },
  faults: [],
  handle: async ({ deps, page, request, response }) => {
    const own = Object.entries(request.query).filter(([name]) => name !== 'page' && name !== 'limit');
    const query: Record<string, unknown> = Object.fromEntries(own);
    const { paused, ...fields } = parseFields(filterQuery, query);
    const filter = readFilter({ ...fields, paused: paused === undefined ? undefined : paused === 'true' });
    const { items, total } = await deps.store.mirrors(page, filter);
    const kept = new URLSearchParams(query as Record<string, string>).toString();
    tellPaging(response, deps.publicUrl(), '/api/v1/admin/mirrors', page, total, kept);
    response.json(await Promise.all(items.map((each) => describeMirror(deps, each))));
  },
});

type Work = (deps: HttpDeps, id: string, siteAdmin: Caller) => Promise<unknown>;

/** One verb for many mirrors, by ids, by a filter as of the list, or for all; answers how many, and which could not. */
const bulkRoute = (verb: string, summary: string, work: Work) =>
  defineAdminRoute({
    id: `${verb}Mirrors`,
    tag: 'For site admins',
    method: 'post',
    path: `/admin/mirrors/${verb}`,
    summary: `${summary}, chosen by ids, by a filter as of the list, or all: how many, and which could not`,
    body: bulkBody,
    example: { host: 'example.org', update_status: 'failed' },
    answers: { 200: bulkDone },
    faults: [],
    handle: async ({ deps, body, siteAdmin, response }) => {
      const each = (id: string) => work(deps, id, siteAdmin);
      response.json(presentBulk(await inBulk(deps.store, readChoice(body), deps.closing, each)));
    },
  });

export const postBulkSync = bulkRoute('sync', 'Update now for many mirrors', (deps, id) =>
  requestSync(deps, id, 'manual'),
);
export const postBulkPause = bulkRoute('pause', 'Pause many mirrors', (deps, id, { login }) =>
  pauseMirror(deps, id, 'person', login),
);
export const postBulkResume = bulkRoute('resume', 'End the pause of many mirrors and start their runs', resumeMirror);

interface FilterFields {
  readonly update_status?: (typeof statuses)[number] | undefined;
  readonly sync_state?: (typeof syncStates)[number] | undefined;
  readonly host?: string | undefined;
  readonly owner?: string | undefined;
  readonly paused?: boolean | undefined;
}

function readFilter({ update_status, sync_state, host, owner, paused }: FilterFields): MirrorFilter {
  return { status: update_status, syncState: sync_state, host: host?.toLowerCase(), owner, paused };
}

/** An empty body would mean every mirror there is, which nobody should say by mistake. Raises input_invalid. */
function readChoice({ ids, all, ...fields }: z.infer<typeof bulkBody>): BulkChoice {
  const filters = Object.values(fields).filter((value) => value !== undefined).length;
  const kinds = Number(ids !== undefined) + Number(all !== undefined) + Number(filters > 0);
  if (kinds === 1) return ids === undefined ? { filter: readFilter(fields) } : { ids };
  const fieldFaults = [{ field: 'ids', message: 'choose by "ids", by a filter, or by "all": one of the three' }];
  throw new HeadwaterError('input_invalid', { fields: 'ids' }, { fieldFaults });
}

function presentBulk({ done, failed }: BulkResult): BulkAnswer {
  return {
    done: done.length,
    failed: failed.map(({ id, mirror, fault }) => ({
      id,
      project: mirror === null ? null : mirror.fullName,
      error: presentFault(fault),
    })),
  };
}
