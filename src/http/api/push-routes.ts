import { z } from 'zod';
import { Secret } from '../../domain/credentials';
import { fault, HeadwaterError } from '../../domain/errors';
import type { AuditAction, AuditDetails } from '../../domain/audit';
import { noteAction } from '../../sync/audited-store';
import { addPushMirror, findPushMirror, removePushMirror } from '../../sync/push-mirrors';
import { actorOf } from './access';
import { presentFault } from './present';
import { presentCapabilities, presentPushMirror } from './present-push';
import { defineRoute, type Call } from './route';

const path = '/repos/:owner/:repo/mirror/push';
/** A caller is not kept longer than proxies would wait; ms. */
const patienceMs = 20_000;

export const listPushMirrors = defineRoute({
  method: 'get',
  path,
  need: 'read',
  summary: "The forge's push mirrors of the project, and what this forge's push mirrors can do",
  handle: async (call) => {
    call.response.json(await describe(call));
  },
});

export const getPushMirror = defineRoute({
  method: 'get',
  path: `${path}/:name`,
  need: 'read',
  summary: 'One push mirror',
  handle: async (call) => {
    const { deps, caller, response } = call;
    response.json(presentPushMirror(await findPushMirror(deps, tokenOf(call), caller.project, nameOf(call))));
  },
});

const addBody = z.strictObject({
  url: z.string().max(4000),
  auth_user: z.string().max(255).nullable().optional(),
  auth_password: z.string().max(16_384).nullable().optional(),
  interval: z.string().max(40).optional(),
  sync_on_commit: z.boolean().optional(),
  branch_filter: z.string().max(1000).nullable().optional(),
});

export const postPushMirror = defineRoute({
  method: 'post',
  path,
  need: 'write',
  summary: 'Add a push mirror (201), which overwrites its target',
  body: addBody,
  handle: async (call) => {
    const { deps, caller, body, response } = call;
    const { mirror, warnings } = await addPushMirror(deps, tokenOf(call), caller.project, {
      url: body.url,
      authUser: body.auth_user,
      authPassword: typeof body.auth_password === 'string' ? new Secret(body.auth_password) : null,
      interval: body.interval,
      syncOnCommit: body.sync_on_commit,
      branchFilter: body.branch_filter,
    });
    await note(call, 'push_mirror.created', { name: mirror.name, url: mirror.url });
    response.status(201).json({ ...presentPushMirror(mirror), warnings: warnings.map(presentFault) });
  },
});

export const deletePushMirror = defineRoute({
  method: 'delete',
  path: `${path}/:name`,
  need: 'write',
  summary: 'Remove a push mirror; what it pushed stays',
  handle: async (call) => {
    const { deps, caller, response } = call;
    const name = nameOf(call);
    await removePushMirror(deps, tokenOf(call), caller.project, name);
    await note(call, 'push_mirror.deleted', { name });
    response.status(204).end();
  },
});

export const postPushSync = defineRoute({
  method: 'post',
  path: `${path}/sync`,
  need: 'write',
  summary: 'Sync all push mirrors: 200 with how it ended, or 202 while it goes on',
  body: z.strictObject({}),
  handle: async (call) => {
    const { deps, caller, response } = call;
    const status = await deps.pushSyncs.sync(tokenOf(call), caller.project, patienceMs);
    const warnings = status === 'failed' ? [presentFault(fault('push_mirror_sync_failed'))] : [];
    response.status(status === 'running' ? 202 : 200).json({ status, ...(await describe(call)), warnings });
  },
});

async function describe(call: Call<unknown>) {
  const { pushMirrors } = call.deps;
  const token = tokenOf(call);
  const { owner, name } = call.caller.project;
  const mirrors = await pushMirrors.list(token, { owner, name });
  const capabilities = await pushMirrors.capabilities(token);
  return { capabilities: presentCapabilities(capabilities), push_mirrors: mirrors.map(presentPushMirror) };
}

/** The forge decides what the caller may do there. */
function tokenOf({ access, request }: Call<unknown>): Secret {
  return access.token(request);
}

function nameOf({ request }: Call<unknown>): string {
  const { name } = request.params;
  if (typeof name !== 'string' || !/^[\w.-]{1,100}$/.test(name)) throw new HeadwaterError('push_mirror_not_found');
  return name;
}

async function note(call: Call<unknown>, action: AuditAction, details: AuditDetails): Promise<void> {
  const { deps, access, caller, request, response } = call;
  const { id, owner, name } = caller.project;
  const about = { repoId: id, fullName: `${owner}/${name}` };
  await noteAction(deps.store, actorOf(access, request, response), deps, { action, details }, about);
}
