import { z } from 'zod';
import { acceptHostKey, detectHostKeys } from '../../sync/host-keys';
import { rotateSshKey } from '../../sync/rotate-ssh-key';
import { answer } from './answers/answer';
import { connectionFaults } from './answers/fault-groups';
import { mirror as mirrorAnswer, mirrorWithWarnings } from './answers/mirror';
import { seenHostKeys, sshKeyTypes } from './answers/mirror-ssh';
import { describeMirror, findMirror } from './find-mirror';
import { mirrorPath } from './mirror-path';
import { presentFault } from './present';
import { presentHostKey } from './present-ssh';
import { defineRoute } from './route';

/** A person waits for a detection no longer than this; ms. */
const longestDetectionMs = 60_000;

export const postHostKeys = defineRoute({
  id: 'detectHostKeys',
  tag: 'SSH',
  method: 'post',
  path: `${mirrorPath}/host_keys`,
  need: 'write',
  summary: 'Connect to the upstream and answer the host keys that it has; none is trusted by that',
  body: z.strictObject({}),
  limits: { perMinute: 10, atOnce: 4 },
  answers: { 200: seenHostKeys },
  faults: ['mirror_not_found', 'mirror_not_ssh', ...connectionFaults],
  handle: async ({ deps, caller, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const seen = await detectHostKeys(deps, mirror, AbortSignal.timeout(longestDetectionMs));
    response.json(seen.map(presentHostKey));
  },
});

export const postAcceptedHostKey = defineRoute({
  id: 'acceptHostKey',
  tag: 'SSH',
  method: 'post',
  path: `${mirrorPath}/host_keys/accept`,
  need: 'write',
  summary: 'Trust a host key that was seen, and no other from now on',
  body: z.strictObject({
    fingerprint: z.string().max(200).describe('Of a key that was seen, as ssh-keygen prints it.'),
  }),
  example: { fingerprint: 'SHA256:…' },
  answers: { 200: mirrorWithWarnings },
  faults: ['mirror_not_found', 'mirror_not_ssh'],
  handle: async ({ deps, caller, body, response }) => {
    const { id } = await findMirror(deps.store, caller);
    const { mirror, warning } = await acceptHostKey(deps, id, body.fingerprint, caller.login);
    const warnings = warning === null ? [] : [presentFault(warning)];
    response.json({ ...(await describeMirror(deps, mirror)), warnings });
  },
});

export const postSshKey = defineRoute({
  id: 'makeSshKey',
  tag: 'SSH',
  method: 'post',
  path: `${mirrorPath}/ssh_key`,
  need: 'write',
  summary: 'Make a new key beside the old one: 201 with the mirror, whose ssh_public_key is the new one',
  body: z.strictObject({
    ssh_key_type: z
      .enum(sshKeyTypes)
      .optional()
      .describe('Kind of the new key; the same as before unless it is given.'),
  }),
  answers: { 201: answer('The mirror, whose ssh_public_key is the new one.', mirrorAnswer) },
  faults: ['mirror_not_found', 'mirror_not_ssh', 'secret_unreadable'],
  handle: async ({ deps, caller, body, response }) => {
    const mirror = await findMirror(deps.store, caller);
    const rotated = await rotateSshKey(deps, mirror, body.ssh_key_type);
    response.status(201).json(await describeMirror(deps, rotated));
  },
});
