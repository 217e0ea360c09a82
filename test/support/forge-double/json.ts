import { accessOf, mayAtLeast } from './access';
import type { ForgeRepo, ForgeUser, ForgeWebhook } from './forge-state';

export function userJson(url: string, user: ForgeUser): object {
  return {
    id: user.id,
    login: user.name,
    login_name: '',
    source_id: 0,
    full_name: '',
    email: user.email,
    html_url: `${url}/${user.name}`,
    is_admin: user.siteAdmin,
    active: true,
    prohibit_login: false,
    visibility: 'public',
    username: user.name,
  };
}

/** A repository as `viewer` sees it. */
export function repoJson(url: string, repo: ForgeRepo, viewer: ForgeUser | null): object {
  const fullName = `${repo.owner.name}/${repo.name}`;
  return {
    id: repo.id,
    owner: userJson(url, repo.owner),
    name: repo.name,
    full_name: fullName,
    description: repo.description,
    empty: repo.empty,
    private: repo.private,
    fork: false,
    template: false,
    mirror: repo.mirror,
    html_url: `${url}/${fullName}`,
    url: `${url}/api/v1/repos/${fullName}`,
    clone_url: `${url}/${fullName}.git`,
    default_branch: repo.defaultBranch,
    archived: repo.archived,
    has_pull_requests: repo.hasPulls,
    permissions: {
      admin: mayAtLeast(viewer, repo, 'admin'),
      push: mayAtLeast(viewer, repo, 'write'),
      pull: accessOf(viewer, repo) !== 'none',
    },
    object_format_name: 'sha1',
    topics: [],
  };
}

export function webhookJson(hook: ForgeWebhook): object {
  return {
    id: hook.id,
    type: 'gitea',
    active: true,
    events: hook.events,
    branch_filter: '',
    authorization_header: '',
    config: { url: hook.url, content_type: 'json' },
  };
}
