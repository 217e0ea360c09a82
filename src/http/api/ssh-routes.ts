import type { RequestHandler } from 'express';
import { z } from 'zod';
import { acceptHostKey, detectHostKeys } from '../../sync/host-keys';
import { rotateSshKey } from '../../sync/rotate-ssh-key';
import type { HttpDeps } from '../http-deps';
import { callerOf } from './access';
import { describeMirror, findMirror } from './find-mirror';
import { parseBody } from './parse-input';
import { presentFault } from './present';
import { presentHostKey } from './present-ssh';

/** A person waits for a detection no longer than this; ms. */
const longestDetectionMs = 60_000;
const noFields = z.strictObject({});

/** Connects to the upstream and answers the host keys that it has. Trusts none of them. */
export function postHostKeys(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    parseBody(noFields, (request.body as unknown) ?? {});
    const mirror = await findMirror(deps.store, callerOf(response));
    const seen = await detectHostKeys(deps, mirror, AbortSignal.timeout(longestDetectionMs));
    response.json(seen.map(presentHostKey));
  };
}

const acceptBody = z.strictObject({ fingerprint: z.string().max(200) });

/** Trusts a host key that was seen, and no other from now on. */
export function postAcceptedHostKey(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    const { fingerprint } = parseBody(acceptBody, (request.body as unknown) ?? {});
    const caller = callerOf(response);
    const { id } = await findMirror(deps.store, caller);
    const { mirror, warning } = await acceptHostKey(deps, id, fingerprint, caller.login);
    const warnings = warning === null ? [] : [presentFault(warning)];
    response.json({ ...(await describeMirror(deps.store, mirror)), warnings });
  };
}

const rotateBody = z.strictObject({ ssh_key_type: z.enum(['ed25519', 'rsa']).optional() });

/** Makes a new key beside the old one: 201 with the mirror, whose ssh_public_key is the new one. */
export function postSshKey(deps: HttpDeps): RequestHandler {
  return async (request, response) => {
    const body = parseBody(rotateBody, (request.body as unknown) ?? {});
    const mirror = await findMirror(deps.store, callerOf(response));
    const rotated = await rotateSshKey(deps, mirror, body.ssh_key_type);
    response.status(201).json(await describeMirror(deps.store, rotated));
  };
}
