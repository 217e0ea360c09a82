import { HeadwaterError, type FieldFault } from '../domain/errors';
import type { Forge } from '../ports/forge';
import { enrolMirror, type Enrolled, type EnrolDeps } from './enrol-mirror';
import type { MirrorSettings } from './mirror-settings';

export interface EnrolProjectDeps extends EnrolDeps {
  readonly forge: Pick<Forge, 'account' | 'project' | 'projectByPath'>;
}

/** By id when the caller's rights were checked for that very project; by path as a person names it. */
export type ProjectKey = { readonly id: number } | { readonly owner: string; readonly name: string };

/**
 * Finds the project as Headwater's own account, makes sure that it can push there, and enrols it. Switching a mirror off
 * needs no right to push.
 * Raises forge_project_missing, forge_push_denied (both name the account to add), input_invalid, and what enrolMirror raises.
 */
export async function enrolProject(
  deps: EnrolProjectDeps,
  key: ProjectKey,
  settings: MirrorSettings,
): Promise<Enrolled> {
  checkCredentials(settings);
  const project = await ('id' in key ? deps.forge.project(key.id) : deps.forge.projectByPath(key.owner, key.name));
  const writable = project.canPush || project.archived || project.nativeMirror;
  if (!writable && settings.enabled !== false) {
    throw new HeadwaterError('forge_push_denied', { account: await deps.forge.account() });
  }
  return enrolMirror(deps, project, settings);
}

/** Control characters would end up in a header (SEC-09), and HTTP's Basic scheme has no colon in a user name. */
export function checkCredentials(settings: Pick<MirrorSettings, 'authUser' | 'authPassword'>): void {
  const faults: FieldFault[] = [];
  // eslint-disable-next-line no-control-regex -- control characters are what this refuses
  const control = /[\u0000-\u001f\u007f]/;
  if (control.test(settings.authUser ?? ''))
    faults.push({ field: 'auth_user', message: 'must not have control characters' });
  if ((settings.authUser ?? '').includes(':')) faults.push({ field: 'auth_user', message: 'must not have a colon' });
  if (control.test(settings.authPassword?.reveal() ?? ''))
    faults.push({ field: 'auth_password', message: 'must not have control characters' });
  if (faults.length === 0) return;
  const fields = faults.map((entry) => entry.field).join(', ');
  throw new HeadwaterError('input_invalid', { fields }, { fieldFaults: faults });
}
