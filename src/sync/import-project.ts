import type { Secret } from '../domain/credentials';
import { HeadwaterError } from '../domain/errors';
import type { Forge } from '../ports/forge';
import type { MadeProject, NewProject, NewProjects } from '../ports/new-projects';
import type { Store } from '../ports/store';
import { draftMirror } from './draft-mirror';
import type { Enrolled } from './enrol-mirror';
import type { MirrorSettings } from './mirror-settings';
import { holdToQuota } from './hold-to-policy';
import { enrolProject, type EnrolProjectDeps } from './enrol-project';

export interface ImportProjectDeps extends EnrolProjectDeps {
  readonly store: Store;
  readonly forge: Pick<Forge, 'account' | 'project' | 'projectByPath'>;
  readonly newProjects: NewProjects;
}

/**
 * Makes a project in the forge as the token's owner, and its mirror, whose first run imports it. All that can be wrong with
 * the settings is found before anything is made. What a crash or a refusal leaves behind is an empty project, with which the
 * same call goes on. A first run that fails leaves both, to be mended.
 * Raises what NewProjects raises, and what enrolProject raises.
 */
export async function importProject(
  deps: ImportProjectDeps,
  token: Secret,
  wanted: NewProject,
  settings: MirrorSettings,
): Promise<Enrolled> {
  await draftMirror(deps, { id: 0, ...wanted }, null, settings);
  const { by } = settings;
  const ofOwner = async () => (await deps.store.mirrors({ page: 1, limit: 1 }, { owner: wanted.owner })).total;
  await holdToQuota(deps.store, await deps.store.policy(), by, ofOwner);
  // Also shows that the forge takes Headwater's own token.
  const account = await deps.forge.account();
  const project = await makeOrGoOn(deps, token, wanted);
  if (!(await mayPush(deps, project))) await deps.newProjects.letPush(token, project, account);
  return enrolProject(deps, { id: project.id }, settings);
}

async function makeOrGoOn(deps: ImportProjectDeps, token: Secret, wanted: NewProject): Promise<MadeProject> {
  try {
    return await deps.newProjects.create(token, wanted);
  } catch (thrown) {
    if (!(thrown instanceof HeadwaterError) || thrown.code !== 'project_exists') throw thrown;
    const left = await deps.newProjects.untouched(token, wanted);
    if (left === null || (await deps.store.mirrorOfProject(left.id)) !== null) throw thrown;
    return left;
  }
}

async function mayPush(deps: ImportProjectDeps, { id }: MadeProject): Promise<boolean> {
  try {
    return (await deps.forge.project(id)).canPush;
  } catch (thrown) {
    if (thrown instanceof HeadwaterError && thrown.code === 'forge_project_missing') return false;
    throw thrown;
  }
}
