import { z } from 'zod';
import type { Caller } from '../../ports/forge';
import { Secret } from '../../domain/credentials';
import type { MirrorSettings } from '../../sync/mirror-settings';
import { enrolProject } from '../../sync/enrol-project';
import { knownPerson } from '../../sync/hold-to-policy';
import { removeMirror } from '../../sync/remove-mirror';
import { requestSync } from '../../sync/request-sync';
import { answer } from './answers/answer';
import { requestFaults, settingsFaults } from './answers/fault-groups';
import { changedMirror, createdMirror, theMirror } from './answers/mirror';
import { sshKeyTypes } from './answers/mirror-ssh';
import { startedRun } from './answers/run';
import { describeMirror, findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { optionFields, readOptions } from './option-fields';
import { notifyFields, readNotify } from './notify-fields';
import { presentFault, presentRun } from './present';
import { presentNotifySecret } from './present-notify';
import { defineRoute } from './route';

/** What a maintainer may say of a mirror. */
export const settingsBody = z.strictObject({
  url: z
    .string()
    .max(4000)
    .optional()
    .describe(
      'Address of the upstream: https://, http://, ssh:// or user@host:path. Needed when the mirror is created. Credentials in it are ignored.',
    ),
  auth_user: z.string().max(255).nullable().optional().describe('User name at the upstream; null removes it.'),
  auth_password: z
    .string()
    .max(16_384)
    .nullable()
    .optional()
    .describe(
      'Password or access token for the upstream; null or nothing at all between the quotes removes the stored one.',
    ),
  token_expires_at: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .nullable()
    .optional()
    .describe('When that ends: a time, or a day that begins at midnight UTC; null: not known.'),
  enabled: z.boolean().optional().describe('Switches the mirror on or off.'),
  ...optionFields,
  ...notifyFields,
  ssh_key_type: z.enum(sshKeyTypes).optional().describe('Kind of the key pair that is made for an ssh address.'),
  ssh_host_keys: z
    .array(z.string().max(8000))
    .max(16)
    .optional()
    .describe('Host keys to trust: whole public keys, or SHA-256 fingerprints of keys that were detected.'),
});

/** What a script sends as a rule. */
export const exampleSettings = { url: 'https://example.org/upstream.git', auth_user: 'bot', auth_password: '…' };

/** `by`: who sent it; null: the token does not tell. */
export function readSettings(body: z.infer<typeof settingsBody>, by: Caller | null): MirrorSettings {
  const password = body.auth_password;
  return {
    url: body.url,
    authUser: body.auth_user,
    authPassword: typeof password === 'string' ? new Secret(password) : password,
    tokenExpiresAt:
      typeof body.token_expires_at === 'string' ? Date.parse(body.token_expires_at) : body.token_expires_at,
    enabled: body.enabled,
    options: readOptions(body),
    notify: readNotify(body),
    sshKeyType: body.ssh_key_type,
    sshHostKeys: body.ssh_host_keys,
    confirmedBy: by?.login ?? '',
    by,
  };
}

export const putMirror = defineRoute({
  id: 'saveMirror',
  tag: 'Mirrors',
  method: 'put',
  path: mirrorPath,
  need: 'write',
  summary: 'Create the mirror (201) or change it (200)',
  body: settingsBody,
  example: exampleSettings,
  answers: { 200: changedMirror, 201: createdMirror },
  faults: settingsFaults,
  handle: async ({ deps, caller, body, response }) => {
    const enrolled = await enrolProject(deps, caller.project, readSettings(body, knownPerson(caller.person)));
    const mirror = await describeMirror(deps, enrolled.mirror);
    const warnings = enrolled.warnings.map(presentFault);
    const shown = { ...mirror, ...presentNotifySecret(enrolled), warnings };
    response.status(enrolled.created ? 201 : 200).json(shown);
  },
});

export const getMirror = defineRoute({
  id: 'getMirror',
  tag: 'Mirrors',
  method: 'get',
  path: mirrorPath,
  need: 'read',
  summary: 'The mirror, its state and what to do about it',
  answers: { 200: theMirror },
  faults: ['mirror_not_found'],
  handle: async ({ deps, caller, response }) => {
    response.json(await describeMirror(deps, await findMirror(deps.store, caller)));
  },
});

export const postMirror = defineRoute({
  id: 'updateNow',
  tag: 'Mirrors',
  method: 'post',
  path: mirrorPath,
  need: 'write',
  summary: 'Update now: 202 with the run, also when it was already queued or running',
  body: z.strictObject({}),
  answers: { 202: startedRun },
  faults: requestFaults,
  handle: async ({ deps, caller, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const { run, warning } = await requestSync(deps, mirror.id, 'manual');
    response.status(202).json({ ...presentRun(run), warnings: warning === null ? [] : [presentFault(warning)] });
  },
});

export const deleteMirror = defineRoute({
  id: 'deleteMirror',
  tag: 'Mirrors',
  method: 'delete',
  path: mirrorPath,
  need: 'write',
  summary: 'Delete the mirror with its history and secrets; refs stay',
  answers: { 204: answer('The mirror is gone.', null) },
  faults: ['mirror_not_found'],
  handle: async ({ deps, caller, response }) => {
    const mirror = await findMirror(deps.store, caller);
    await removeMirror(deps, mirror.id);
    response.status(204).end();
  },
});
