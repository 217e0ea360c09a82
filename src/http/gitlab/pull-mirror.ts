import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import type { Mirror } from '../../domain/mirror';
import { enrolProject } from '../../sync/enrol-project';
import { knownPerson } from '../../sync/hold-to-policy';
import { requestSync } from '../../sync/request-sync';
import { auditedStore } from '../../sync/audited-store';
import { actorOf, callerOf, type Access } from '../api/access';
import { findMirror } from '../api/find-mirror';
import { readSettings } from '../api/mirror-routes';
import { presentOptions } from '../api/option-fields';
import { parseBody } from '../api/parse-input';
import { isoTime } from '../api/present-values';
import type { HttpDeps } from '../http-deps';
import type { GitlabPullMirror } from './gitlab-answers';

/** A form says "true" where JSON says true. */
const flag = z.union([z.boolean(), z.stringbool()]);

const choices = {
  only_mirror_protected_branches: flag.optional().describe('Only branches that are protected in the project.'),
  mirror_overwrites_diverged_branches: flag.optional().describe('Overwrite branches that diverged.'),
  mirror_branch_regex: z
    .string()
    .max(4000)
    .nullable()
    .optional()
    .describe('Only branches that it matches, in RE2 syntax; null: all.'),
};

/** GitLab's clients send fields of other calls along, so what is not known is passed over, as GitLab does. */
export const putBody = z.object({
  enabled: flag.optional().describe('Switches the mirror on or off.'),
  url: z.string().max(4000).optional().describe('Address of the upstream. Needed when the mirror is created.'),
  auth_user: z.string().max(255).nullable().optional().describe('User name at the upstream.'),
  auth_password: z.string().max(16_384).nullable().optional().describe('Password or access token for the upstream.'),
  ...choices,
});

/** GET /projects/:id/mirror/pull */
export function getPullMirror(deps: HttpDeps): RequestHandler {
  return async (_request, response) => {
    response.json(presentPullMirror(await findMirror(deps.store, callerOf(response))));
  };
}

/** PUT /projects/:id/mirror/pull: creates the mirror too. */
export function putPullMirror(deps: HttpDeps, access: Access): RequestHandler {
  return (request, response) =>
    saveMirror(audited(deps, access, request, response), response, parseBody(putBody, (request.body as unknown) ?? {}));
}

async function saveMirror(deps: HttpDeps, response: Response, body: z.infer<typeof putBody>): Promise<void> {
  const caller = callerOf(response);
  const { mirror } = await enrolProject(deps, caller.project, readSettings(body, knownPerson(caller.person)));
  response.json(presentPullMirror(mirror));
}

/** What gitbeaker's createPullMirror sends to the address that starts a run, with a name of its own for one field. */
const createBody = z.object({
  import_url: z.string().max(4000).describe('Address of the upstream: creates the mirror or changes it.'),
  mirror: flag.optional().describe('Switches the mirror on or off.'),
  only_protected_branches: flag.optional().describe('The same as only_mirror_protected_branches.'),
  ...choices,
});

/** Anything but a list or a bare word. */
const anyFields = z.object({});

/** Without an address the call starts a run, and the other fields count for nothing. */
export const postBody = createBody
  .partial()
  .extend({ force: flag.optional().describe('true also wakes a mirror that is paused after failures.') });

/** POST /projects/:id/mirror/pull: as with GitLab, what was paused after failures is woken only by `force=true`. */
export function postPullMirror(deps: HttpDeps, access: Access): RequestHandler {
  return async (request, response) => {
    if (hasImportUrl(request.body)) {
      const {
        import_url: url,
        mirror: enabled,
        only_protected_branches,
        ...rest
      } = parseBody(createBody, request.body);
      const body = { url, enabled, only_mirror_protected_branches: only_protected_branches, ...rest };
      return saveMirror(audited(deps, access, request, response), response, body);
    }
    parseBody(anyFields, (request.body as unknown) ?? {});
    const mirror = await findMirror(deps.store, callerOf(response));
    if (mirror.pause !== null && !isForced(request))
      throw new HeadwaterError('mirror_paused', { by: mirror.pause.by ?? 'Headwater' });
    await requestSync(audited(deps, access, request, response), mirror.id, 'manual');
    response.status(202).json(presentPullMirror((await deps.store.mirror(mirror.id)) ?? mirror));
  };
}

/** What is changed is written down under the caller's name. */
function audited(deps: HttpDeps, access: Access, request: Request, response: Response): HttpDeps {
  return { ...deps, store: auditedStore(deps.store, actorOf(access, request, response), deps) };
}

function hasImportUrl(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'import_url' in body;
}

function isForced(request: Request): boolean {
  const body = request.body as Record<string, unknown> | undefined;
  return [request.query['force'], body?.['force']].some((value) => value === true || value === 'true');
}

/** GitLab's answer, field by field. Pushes fire every hook, so CI always runs. */
function presentPullMirror(mirror: Mirror): GitlabPullMirror {
  const options = presentOptions(mirror.options);
  return {
    id: mirror.repoId,
    last_error: mirror.lastError === null ? null : `${mirror.lastError.message} ${mirror.lastError.advice}`,
    last_successful_update_at: isoTime(mirror.lastSuccessAt),
    last_update_at: isoTime(mirror.lastFinishedAt),
    last_update_started_at: isoTime(mirror.lastStartedAt),
    update_status: mirror.status,
    url: scrubbed(mirror),
    enabled: mirror.enabled,
    mirror_trigger_builds: true,
    only_mirror_protected_branches: options.only_mirror_protected_branches,
    mirror_overwrites_diverged_branches: options.mirror_overwrites_diverged_branches,
    mirror_branch_regex: options.mirror_branch_regex,
  };
}

/** GitLab shows by stars that there are credentials. */
function scrubbed({ url, sealedPassword }: Mirror): string {
  return sealedPassword === null ? url : url.replace('://', '://*****:*****@');
}
