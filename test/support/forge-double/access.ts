import type { ForgeRepo, ForgeUser } from './forge-state';

export const accessModes = ['none', 'read', 'write', 'admin', 'owner'] as const;
export type AccessMode = (typeof accessModes)[number];

/** Site admins are owners everywhere; everybody reads what is public. */
export function accessOf(user: ForgeUser | null, repo: ForgeRepo): AccessMode {
  if (user !== null) {
    if (user.siteAdmin || user === repo.owner || repo.owner.owners?.has(user.id) === true) return 'owner';
    const granted = repo.collaborators.get(user.id);
    if (granted !== undefined) return granted;
  }
  return repo.private ? 'none' : 'read';
}

export function mayAtLeast(user: ForgeUser | null, repo: ForgeRepo, wanted: AccessMode): boolean {
  return accessModes.indexOf(accessOf(user, repo)) >= accessModes.indexOf(wanted);
}

/** The globs of branch and tag rules: `*` stays within one component, `**` does not. */
export function matchesGlob(name: string, glob: string): boolean {
  const pattern = glob
    .split(/(\*\*|\*|\?)/)
    .map((part) => ({ '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ?? part.replace(/[\\^$.|+()[\]{}]/g, '\\$&'))
    .join('');
  return new RegExp(`^${pattern}$`).test(name);
}
