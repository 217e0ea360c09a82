import type { RequestHandler } from 'express';
import { z } from 'zod';
import { Secret } from '../../domain/credentials';
import { enrolProject } from '../../sync/enrol-project';
import { removeMirror } from '../../sync/remove-mirror';
import { requestSync } from '../../sync/request-sync';
import type { HttpDeps } from '../http-deps';
import { callerOf } from './access';
import { describeMirror, findMirror } from './find-mirror';
import { optionFields, readOptions } from './option-fields';
import { parseBody } from './parse-input';
import { presentFault, presentRun } from './present';

const putBody = z.strictObject({
  url: z.string().max(4000).optional(),
  auth_user: z.string().max(255).nullable().optional(),
  /** null or '' removes the stored one. */
  auth_password: z.string().max(16_384).nullable().optional(),
  enabled: z.boolean().optional(),
  ...optionFields,
  ssh_key_type: z.enum(['ed25519', 'rsa']).optional(),
  /** Whole public keys, or SHA-256 fingerprints of keys that were detected. */
  ssh_host_keys: z.array(z.string().max(8000)).max(16).optional(),
});

/** Creates the mirror (201) or changes it (200). */
export function putMirror(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    const body = parseBody(putBody, (request.body as unknown) ?? {});
    const password = body.auth_password;
    const enrolled = await enrolProject(deps, callerOf(response).project, {
      url: body.url,
      authUser: body.auth_user,
      authPassword: typeof password === 'string' ? new Secret(password) : password,
      enabled: body.enabled,
      options: readOptions(body),
      sshKeyType: body.ssh_key_type,
      sshHostKeys: body.ssh_host_keys,
      confirmedBy: callerOf(response).login,
    });
    const mirror = await describeMirror(deps.store, enrolled.mirror);
    response.status(enrolled.created ? 201 : 200).json({ ...mirror, warnings: enrolled.warnings.map(presentFault) });
  };
}

export function getMirror(deps: HttpDeps): RequestHandler {
  return async (_request, response) => {
    response.json(await describeMirror(deps.store, await findMirror(deps.store, callerOf(response))));
  };
}

const postBody = z.strictObject({});

/** "Update now": 202 with the run, also when it was already queued or running. */
export function postMirror(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    parseBody(postBody, (request.body as unknown) ?? {});
    const mirror = await findMirror(deps.store, callerOf(response));
    const { run, warning } = await requestSync(deps, mirror.id, 'manual');
    response.status(202).json({ ...presentRun(run), warnings: warning === null ? [] : [presentFault(warning)] });
  };
}

export function deleteMirror(deps: HttpDeps): RequestHandler {
  return async (_request, response) => {
    const mirror = await findMirror(deps.store, callerOf(response));
    await removeMirror(deps, mirror.id);
    response.status(204).end();
  };
}
