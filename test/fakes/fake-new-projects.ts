import type { Secret } from '../../src/domain/credentials';
import { HeadwaterError } from '../../src/domain/errors';
import type { MadeProject, NewProject, NewProjects } from '../../src/ports/new-projects';
import type { FakeForge } from './fake-forge';

/** Makes projects in a FakeForge for whoever asks; Headwater's account may push only where it was let in. */
export class FakeNewProjects implements NewProjects {
  /** What was done, in order. */
  readonly done: string[] = [];
  /** Owners for whom nobody may make projects. */
  readonly closed = new Set<string>();
  readonly #wanted = new Map<number, NewProject>();
  refusesCollaborators = false;

  constructor(private readonly forge: FakeForge) {}

  async create(_token: Secret, project: NewProject): Promise<MadeProject> {
    const { owner, name } = project;
    if (this.closed.has(owner)) throw new HeadwaterError('project_owner_denied', { owner });
    if (this.#find(project) !== undefined) throw new HeadwaterError('project_exists', { project: `${owner}/${name}` });
    this.done.push(`create ${owner}/${name} ${project.private ? 'private' : 'public'}`);
    const made = this.forge.addProject({ owner, name, canPush: false });
    this.#wanted.set(made.id, project);
    return made;
  }

  async untouched(_token: Secret, project: NewProject): Promise<MadeProject | null> {
    const found = this.#find(project);
    if (found === undefined || !found.empty) return null;
    return this.#wanted.get(found.id)?.private === project.private ? found : null;
  }

  async letPush(_token: Secret, { id, owner, name }: MadeProject, account: string): Promise<void> {
    if (this.refusesCollaborators) throw new HeadwaterError('forge_push_denied', { account });
    this.done.push(`let ${account} push to ${owner}/${name}`);
    const project = this.forge.projects.get(id);
    if (project !== undefined) this.forge.projects.set(id, { ...project, canPush: true });
  }

  #find({ owner, name }: NewProject) {
    return [...this.forge.projects.values()].find((project) => project.owner === owner && project.name === name);
  }
}
