import { fault, type Fault } from './errors';

/** Whether strangers may see what a mirror brings. */
export interface ProjectVisibility {
  readonly private: boolean;
  /** When it was first seen that the project had been made public, epoch ms; null: it was not, or somebody confirmed it since. */
  readonly madePublicAt: number | null;
}

/** What is known after the project was seen at `at`. */
export function seeVisibility(before: ProjectVisibility | null, isPrivate: boolean, at: number): ProjectVisibility {
  if (isPrivate) return { private: true, madePublicAt: null };
  return { private: false, madePublicAt: before?.private === true ? at : (before?.madePublicAt ?? null) };
}

/**
 * The project was made public since its mirror was set up, and the upstream asks for credentials or a key: what comes from
 * there may be for nobody else's eyes (AUTH-04). Goes when the project is private again, or when somebody saves the address or
 * the credentials anew.
 */
export function visibilityWarning({
  visibility,
  sealedPassword,
  ssh,
  fullName,
}: {
  readonly visibility: ProjectVisibility | null;
  readonly sealedPassword: string | null;
  readonly ssh: object | null;
  readonly fullName: string;
}): Fault | null {
  if (visibility === null || visibility.madePublicAt === null) return null;
  return sealedPassword === null && ssh === null ? null : fault('project_made_public', { project: fullName });
}
