import { z } from 'zod';
import { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import type { PushMirror } from '../../ports/push-mirrors';
import type { PushMirrorSettings } from '../../sync/push-mirrors';
import { presentRemoteMirror } from './present-remote-mirror';

/** A form says "true" where JSON says true. */
const flag = z.union([z.boolean(), z.stringbool()]);

const fields = {
  enabled: flag.optional().describe('Only true: the forge cannot switch one off.'),
  auth_method: z
    .enum(['ssh_public_key', 'password'])
    .optional()
    .describe('password for http addresses, ssh_public_key for ssh addresses.'),
  only_protected_branches: flag.optional().describe('Only false: the forge pushes all branches.'),
  keep_divergent_refs: flag.optional().describe('Only false: the forge overwrites.'),
  mirror_branch_regex: z
    .string()
    .max(4000)
    .nullable()
    .optional()
    .describe('Only null: the forge knows no expressions.'),
};

/** What is not known is passed over, as GitLab does. */
const url = z.string().max(4000).describe('Where to push to, with user and password in it where they are needed.');

export const addBody = z.object({ ...fields, url });
export const editBody = z.object({ ...fields, url: url.optional() });

/** GitLab's only place for user and password is the address; from there they go on beside it. Raises push_mirror_unsupported. */
export function readRemoteMirror(body: z.infer<typeof addBody>): PushMirrorSettings {
  const { url, authUser, authPassword } = takeCredentials(body.url);
  const isHttp = /^https?:/i.test(url.trim());
  refuseWhen(body.enabled === false, 'being switched off');
  refuseWhen(body.only_protected_branches === true, 'a choice of protected branches');
  refuseWhen(body.keep_divergent_refs === true, 'sparing what diverged: they overwrite');
  refuseWhen((body.mirror_branch_regex ?? '') !== '', 'a regular expression for branches');
  refuseWhen(body.auth_method === 'ssh_public_key' && isHttp, 'a key for an address that is not ssh');
  refuseWhen(body.auth_method === 'password' && !isHttp, 'a password for an ssh address');
  return { url, authUser, authPassword };
}

/** What is asked for is so already, since a push mirror of the forge cannot be changed. Raises push_mirror_unsupported. */
export function refuseChanges(mirror: PushMirror, { url, ...rest }: z.infer<typeof editBody>): void {
  const is: Record<string, unknown> = presentRemoteMirror(mirror);
  const wanted = Object.entries(rest).filter(([, value]) => value !== undefined);
  const differs = wanted.some(([field, value]) => (value === '' ? null : value) !== is[field]);
  refuseWhen(
    differs || (url !== undefined && url !== mirror.url),
    'changes: remove the push mirror and add one with the settings that you want',
  );
}

function takeCredentials(typed: string): { url: string; authUser: string | null; authPassword: Secret | null } {
  const [, scheme, user = '', password = '', rest] =
    /^\s*(https?:\/\/)([^/@:]*)(?::([^/@]*))?@(.*)$/is.exec(typed) ?? [];
  if (scheme === undefined || rest === undefined) return { url: typed, authUser: null, authPassword: null };
  return { url: scheme + rest, authUser: decode(user), authPassword: new Secret(decode(password)) };
}

/** Raises url_invalid. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (thrown) {
    throw new HeadwaterError(
      'url_invalid',
      { why: 'its user or password has a "%" that encodes nothing' },
      { cause: thrown },
    );
  }
}

function refuseWhen(refused: boolean, what: string): void {
  if (refused) throw new HeadwaterError('push_mirror_unsupported', { what });
}
