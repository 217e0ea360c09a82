import type { Request, Response } from 'express';
import type { AuditAction, AuditDetails } from '../../domain/audit';
import { HeadwaterError } from '../../domain/errors';
import type { PushMirror } from '../../ports/push-mirrors';
import { noteAction } from '../../sync/audited-store';
import { addPushMirror } from '../../sync/push-mirrors';
import { actorOf, callerOf, type Access } from '../api/access';
import { parseBody } from '../api/parse-input';
import type { HttpDeps } from '../http-deps';
import { answerPage } from './gitlab-paging';
import { presentRemoteMirror, remoteMirrorId } from './present-remote-mirror';
import { addBody, editBody, readRemoteMirror, refuseChanges } from './remote-mirror-fields';

/** GitLab answers before the push has begun; we wait for what the forge refuses at once; ms. */
const patienceMs = 2000;

type Handle = (request: Request, response: Response) => Promise<void>;

/** GitLab's calls for push mirrors, over those of the forge, with the caller's own token (facts: GitLab's API documentation). */
export function createRemoteMirrors(deps: HttpDeps, access: Access): Record<RemoteMirrorCall, Handle> {
  const list = (request: Request, response: Response) => {
    const { owner, name } = callerOf(response).project;
    return deps.pushMirrors.list(access.token(request), { owner, name });
  };
  const find = async (request: Request, response: Response): Promise<PushMirror> => {
    const id = request.params['mirror_id'];
    const found = (await list(request, response)).find(({ name }) => String(remoteMirrorId(name)) === id);
    if (found === undefined) throw new HeadwaterError('push_mirror_not_found');
    return found;
  };
  const note = (request: Request, response: Response, action: AuditAction, details: AuditDetails) => {
    const { id, owner, name } = callerOf(response).project;
    const about = { repoId: id, fullName: `${owner}/${name}` };
    return noteAction(deps.store, actorOf(access, request, response), deps, { action, details }, about);
  };

  return {
    list: async (request, response) =>
      answerPage(request, response, deps.publicUrl(), (await list(request, response)).map(presentRemoteMirror)),
    add: async (request, response) => {
      const settings = readRemoteMirror(parseBody(addBody, (request.body as unknown) ?? {}));
      const { project, person: by } = callerOf(response);
      const { mirror } = await addPushMirror(deps, access.token(request), project, { ...settings, by });
      await note(request, response, 'push_mirror.created', { name: mirror.name, url: mirror.url });
      response.status(201).json(presentRemoteMirror(mirror));
    },
    show: async (request, response) => void response.json(presentRemoteMirror(await find(request, response))),
    edit: async (request, response) => {
      const mirror = await find(request, response);
      refuseChanges(mirror, parseBody(editBody, (request.body as unknown) ?? {}));
      response.json(presentRemoteMirror(mirror));
    },
    remove: async (request, response) => {
      const { name } = await find(request, response);
      await deps.pushMirrors.remove(access.token(request), callerOf(response).project, name);
      await note(request, response, 'push_mirror.deleted', { name });
      response.status(204).end();
    },
    // The forge syncs all of a project together.
    sync: async (request, response) => {
      await find(request, response);
      await deps.pushSyncs.sync(access.token(request), callerOf(response).project, patienceMs);
      response.status(204).end();
    },
    publicKey: async (request, response) => {
      const { publicKey } = await find(request, response);
      if (publicKey === null) throw new HeadwaterError('push_mirror_has_no_key');
      response.json({ public_key: publicKey });
    },
  };
}

type RemoteMirrorCall = 'list' | 'add' | 'show' | 'edit' | 'remove' | 'sync' | 'publicKey';
