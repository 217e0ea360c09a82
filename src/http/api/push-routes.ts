import { z } from 'zod';
import { Secret } from '../../domain/credentials';
import { fault, HeadwaterError } from '../../domain/errors';
import type { AuditAction, AuditDetails } from '../../domain/audit';
import { noteAction } from '../../sync/audited-store';
import { addPushMirror, findPushMirror, removePushMirror } from '../../sync/push-mirrors';
import { answer } from './answers/answer';
import { placeFaults, pushFaults } from './answers/fault-groups';
import { addedPushMirror, pushSyncEnded, pushSyncRuns, thePushMirror, thePushMirrors } from './answers/push-mirror';
import { actorOf } from './access';
import { presentFault } from './present';
import { presentCapabilities, presentPushMirror } from './present-push';
import { defineRoute, type Call } from './route';

const path = '/repos/:owner/:repo/mirror/push';
/** A caller is not kept longer than proxies would wait; ms. */
const patienceMs = 20_000;

export const listPushMirrors = defineRoute({
  id: 'listPushMirrors',
  tag: 'Push mirrors',
  method: 'get',
  path,
  need: 'read',
  summary: "The forge's push mirrors of the project, and what this forge's push mirrors can do",
  answers: { 200: thePushMirrors },
  faults: pushFaults,
  handle: async (call) => {
    call.response.json(await describe(call));
  },
});

export const getPushMirror = defineRoute({
  id: 'getPushMirror',
  tag: 'Push mirrors',
  method: 'get',
  path: `${path}/:name`,
  need: 'read',
  summary: 'One push mirror',
  answers: { 200: thePushMirror },
  faults: [...pushFaults, 'push_mirror_not_found'],
  handle: async (call) => {
    const { deps, caller, response } = call;
    response.json(presentPushMirror(await findPushMirror(deps, tokenOf(call), caller.project, nameOf(call))));
  },
});

const addBody = z.strictObject({
  url: z.string().max(4000).describe('Where to push to: https://, http://, or ssh:// where the forge takes it.'),
  auth_user: z.string().max(255).nullable().optional().describe('User name at the target.'),
  auth_password: z.string().max(16_384).nullable().optional().describe('Password or access token for the target.'),
  interval: z.string().max(40).optional().describe('Time between two pushes, such as 8h; 0: never by the clock.'),
  sync_on_commit: z.boolean().optional().describe('Push as soon as something is pushed to the project.'),
  branch_filter: z
    .string()
    .max(1000)
    .nullable()
    .optional()
    .describe('Globs, separated by commas, where the forge can choose branches; null: all.'),
});

export const postPushMirror = defineRoute({
  id: 'addPushMirror',
  tag: 'Push mirrors',
  method: 'post',
  path,
  need: 'write',
  summary: 'Add a push mirror (201), which overwrites its target',
  body: addBody,
  example: { url: 'https://example.org/copy.git', auth_user: 'bot', auth_password: '…', interval: '8h' },
  answers: { 201: addedPushMirror },
  faults: [
    ...pushFaults,
    ...placeFaults,
    'push_mirroring_denied',
    'push_mirror_unsupported',
    'push_mirror_is_upstream',
    'push_mirror_address_refused',
    'push_mirror_refused',
  ],
  handle: async (call) => {
    const { deps, caller, body, response } = call;
    const { mirror, warnings } = await addPushMirror(deps, tokenOf(call), caller.project, {
      by: caller.person,
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
  id: 'deletePushMirror',
  tag: 'Push mirrors',
  method: 'delete',
  path: `${path}/:name`,
  need: 'write',
  summary: 'Remove a push mirror; what it pushed stays',
  answers: { 204: answer('The push mirror is gone.', null) },
  faults: [...pushFaults, 'push_mirror_not_found'],
  handle: async (call) => {
    const { deps, caller, response } = call;
    const name = nameOf(call);
    await removePushMirror(deps, tokenOf(call), caller.project, name);
    await note(call, 'push_mirror.deleted', { name });
    response.status(204).end();
  },
});

export const postPushSync = defineRoute({
  id: 'syncPushMirrors',
  tag: 'Push mirrors',
  method: 'post',
  path: `${path}/sync`,
  need: 'write',
  summary: 'Sync all push mirrors: 200 with how it ended, or 202 while it goes on',
  body: z.strictObject({}),
  answers: { 200: pushSyncEnded, 202: pushSyncRuns },
  faults: pushFaults,
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
