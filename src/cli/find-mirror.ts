import { HeadwaterError, toHeadwaterError } from '../domain/errors';
import type { Mirror } from '../domain/mirror';
import type { CliApp } from './cli-deps';
import type { Output } from './output';

export interface ProjectPath {
  readonly owner: string;
  readonly name: string;
}

/** Reads OWNER/REPO. Raises input_invalid. */
export function parseProjectPath(text: string): ProjectPath {
  const match = /^([A-Za-z0-9_.-]{1,100})\/([A-Za-z0-9_.-]{1,100})$/.exec(text);
  const [, owner, name] = match ?? [];
  if (owner === undefined || name === undefined || [owner, name].some((part) => part === '.' || part.includes('..'))) {
    const fieldFaults = [{ field: 'OWNER/REPO', message: 'must be owner and name of a project, such as acme/tools' }];
    throw new HeadwaterError('input_invalid', { fields: 'OWNER/REPO' }, { fieldFaults });
  }
  return { owner, name };
}

/**
 * The mirror of the project that has this name now. When the forge does not answer or has no such project any more, the
 * name that was stored last decides, so that a mirror can be looked after without its forge. Raises mirror_not_found.
 */
export async function findMirror(app: CliApp, output: Output, text: string): Promise<Mirror> {
  const path = parseProjectPath(text);
  const mirror = await findById(app, path).catch(async (thrown: unknown) => {
    const error = toHeadwaterError(thrown);
    if (!error.code.startsWith('forge_')) throw error;
    const stored = await findByStoredName(app, text);
    if (stored === null) throw error;
    output.warn(error.toFault());
    return stored;
  });
  if (mirror === null) throw new HeadwaterError('mirror_not_found');
  return mirror;
}

async function findById(app: CliApp, path: ProjectPath): Promise<Mirror | null> {
  const project = await app.forge.projectByPath(path.owner, path.name);
  return app.store.mirrorOfProject(project.id);
}

async function findByStoredName(app: CliApp, text: string): Promise<Mirror | null> {
  for await (const mirror of allMirrors(app)) {
    if (mirror.fullName.toLowerCase() === text.toLowerCase()) return mirror;
  }
  return null;
}

const pageSize = 100;

/** Every mirror, newest first. */
export async function* allMirrors(app: Pick<CliApp, 'store'>): AsyncGenerator<Mirror> {
  for (let page = 1; ; page += 1) {
    const { items, total } = await app.store.mirrors({ page, limit: pageSize });
    yield* items;
    if (items.length === 0 || page * pageSize >= total) return;
  }
}
