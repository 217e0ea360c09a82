/** What tests do to a forge, over its REST API; the double and a real forge take the same calls. */
export interface ForgeAdmin {
  createUser(name: string, options?: { readonly siteAdmin?: boolean }): Promise<TestUser>;
  createOrganization(name: string, owner: TestUser): Promise<void>;
  createToken(user: TestUser, scopes: readonly string[]): Promise<TestToken>;
  /** A confidential OAuth2 application of a user. */
  createOauthApp(user: TestUser, name: string, redirectUris: readonly string[]): Promise<TestOauthApp>;
  /** Keeps a user from signing in and from using tokens, or lets them again. */
  blockUser(name: string, blocked: boolean): Promise<void>;
  revokeToken(user: TestUser, token: TestToken): Promise<void>;
  createRepo(owner: string, name: string, options?: { readonly private?: boolean }): Promise<TestRepo>;
  repo(owner: string, name: string): Promise<TestRepo>;
  addCollaborator(owner: string, name: string, user: string, permission: 'read' | 'write' | 'admin'): Promise<void>;
  /** Nobody but `pushers` may push to branches that match `rule`; `more` are fields of the forge's own. */
  protectBranch(
    owner: string,
    name: string,
    rule: string,
    pushers?: readonly string[],
    more?: { readonly require_signed_commits?: boolean; readonly protected_file_patterns?: string },
  ): Promise<void>;
  unprotectBranch(owner: string, name: string, rule: string): Promise<void>;
  /** Nobody but `pushers` may create or move tags that match `pattern`; the list must not be empty. */
  protectTags(owner: string, name: string, pattern: string, pushers: readonly string[]): Promise<void>;
  /** A webhook of one project, or of the whole forge where `repo` is null. */
  addWebhook(
    repo: { readonly owner: string; readonly name: string } | null,
    options: {
      readonly url: string;
      readonly secret: string;
      readonly events: readonly string[];
      /** How its deliveries look; gitea by default. */
      readonly type?: 'gitea' | 'forgejo';
    },
  ): Promise<void>;
  removeCollaborator(owner: string, name: string, user: string): Promise<void>;
  renameUser(name: string, newName: string): Promise<void>;
  removeUser(name: string): Promise<void>;
  makePrivate(owner: string, name: string, isPrivate: boolean): Promise<void>;
  archive(owner: string, name: string, archived: boolean): Promise<void>;
  rename(owner: string, name: string, newName: string): Promise<void>;
  /** Issues of the project on or off. */
  switchIssues(owner: string, name: string, on: boolean): Promise<void>;
  /** Open and closed ones, oldest first, with what was said under them. */
  issues(owner: string, name: string): Promise<TestIssue[]>;
  closeIssue(owner: string, name: string, number: number): Promise<void>;
  deleteIssue(owner: string, name: string, number: number): Promise<void>;
  /** Gives the project to another account. */
  transfer(owner: string, name: string, newOwner: string): Promise<void>;
  /** Pull requests of the project on or off. */
  switchPullRequests(owner: string, name: string, on: boolean): Promise<void>;
  pullRequests(owner: string, name: string): Promise<TestPullRequest[]>;
  closePullRequest(owner: string, name: string, number: number): Promise<void>;
  mergePullRequest(owner: string, name: string, number: number, how: 'merge' | 'squash'): Promise<void>;
  removeRepo(owner: string, name: string): Promise<void>;
  /** Makes one of the forge's own pull mirrors of `cloneUrl`. */
  createNativeMirror(owner: string, name: string, cloneUrl: string): Promise<TestRepo>;
}

export interface TestPullRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed' | 'merged';
  /** Short names of branches. */
  readonly head: string;
  readonly base: string;
}

export interface TestUser {
  readonly id: number;
  readonly name: string;
  readonly password: string;
}

export interface TestIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly author: string;
  readonly comments: readonly string[];
}

export interface TestToken {
  readonly id: number;
  /** The secret itself. */
  readonly token: string;
}

export interface TestOauthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TestRepo {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly empty: boolean;
  readonly archived: boolean;
  readonly mirror: boolean;
  readonly defaultBranch: string;
}

/** Administers the forge at `url` with a site admin's token of all scopes. */
export function createForgeAdmin(url: string, adminToken: string): ForgeAdmin {
  const asAdmin = { authorization: `token ${adminToken}` };
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = asAdmin) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 300)}`);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  };
  const basic = (user: TestUser) => ({
    authorization: `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`,
  });
  let tokens = 0;

  return {
    async createUser(name, options = {}) {
      const password = `pass-${name}-Word1`;
      const email = `${name}@example.org`;
      const user = await call('POST', '/admin/users', { username: name, email, password, must_change_password: false });
      if (options.siteAdmin === true)
        await call('PATCH', `/admin/users/${name}`, { admin: true, login_name: name, source_id: 0 });
      return { id: Number(user['id']), name, password };
    },
    async createOrganization(name, owner) {
      await call('POST', `/admin/users/${owner.name}/orgs`, { username: name });
    },
    async createToken(user, scopes) {
      tokens += 1;
      const made = await call(
        'POST',
        `/users/${user.name}/tokens`,
        { name: `token-${tokens}-${Date.now()}`, scopes },
        basic(user),
      );
      return { id: Number(made['id']), token: String(made['sha1']) };
    },
    async createOauthApp(user, name, redirectUris) {
      const body = { name, redirect_uris: redirectUris, confidential_client: true };
      const made = await call('POST', '/user/applications/oauth2', body, basic(user));
      return { clientId: String(made['client_id']), clientSecret: String(made['client_secret']) };
    },
    async blockUser(name, blocked) {
      const same = { login_name: name, source_id: 0 };
      await call('PATCH', `/admin/users/${name}`, { ...same, prohibit_login: blocked });
    },
    async revokeToken(user, token) {
      await call('DELETE', `/users/${user.name}/tokens/${token.id}`, undefined, basic(user));
    },
    async createRepo(owner, name, options = {}) {
      return toRepo(await call('POST', `/admin/users/${owner}/repos`, { name, private: options.private ?? false }));
    },
    async repo(owner, name) {
      return toRepo(await call('GET', `/repos/${owner}/${name}`));
    },
    async addCollaborator(owner, name, user, permission) {
      await call('PUT', `/repos/${owner}/${name}/collaborators/${user}`, { permission });
    },
    async removeCollaborator(owner, name, user) {
      await call('DELETE', `/repos/${owner}/${name}/collaborators/${user}`);
    },
    async renameUser(name, newName) {
      await call('POST', `/admin/users/${name}/rename`, { new_username: newName });
    },
    async removeUser(name) {
      await call('DELETE', `/admin/users/${name}`);
    },
    async makePrivate(owner, name, isPrivate) {
      await call('PATCH', `/repos/${owner}/${name}`, { private: isPrivate });
    },
    async protectBranch(owner, name, rule, pushers = [], more = {}) {
      await call('POST', `/repos/${owner}/${name}/branch_protections`, {
        rule_name: rule,
        enable_push: pushers.length > 0,
        enable_push_whitelist: pushers.length > 0,
        push_whitelist_usernames: pushers,
        ...more,
      });
    },
    async unprotectBranch(owner, name, rule) {
      await call('DELETE', `/repos/${owner}/${name}/branch_protections/${encodeURIComponent(rule)}`);
    },
    async protectTags(owner, name, pattern, pushers) {
      await call('POST', `/repos/${owner}/${name}/tag_protections`, {
        name_pattern: pattern,
        whitelist_usernames: pushers,
        whitelist_teams: [],
      });
    },
    async addWebhook(repo, { url: target, secret, events, type = 'gitea' }) {
      await call('POST', repo === null ? '/admin/hooks' : `/repos/${repo.owner}/${repo.name}/hooks`, {
        type,
        active: true,
        events,
        config: {
          url: target,
          content_type: 'json',
          secret,
          ...(repo === null ? { is_system_webhook: 'true' } : {}),
        },
      });
    },
    async archive(owner, name, archived) {
      await call('PATCH', `/repos/${owner}/${name}`, { archived });
    },
    async rename(owner, name, newName) {
      await call('PATCH', `/repos/${owner}/${name}`, { name: newName });
    },
    async transfer(owner, name, newOwner) {
      await call('POST', `/repos/${owner}/${name}/transfer`, { new_owner: newOwner });
    },
    async switchPullRequests(owner, name, on) {
      await call('PATCH', `/repos/${owner}/${name}`, { has_pull_requests: on });
    },
    async switchIssues(owner, name, on) {
      await call('PATCH', `/repos/${owner}/${name}`, { has_issues: on });
    },
    async issues(owner, name) {
      type Json = { number: number; title: string; body: string; state: string; user: { login: string } };
      const path = `/repos/${owner}/${name}/issues`;
      const issues = (await call('GET', `${path}?state=all&type=issues`)) as unknown as Json[];
      const shown = issues.map(async ({ number, title, body, state, user }) => {
        const comments = (await call('GET', `${path}/${number}/comments`)) as unknown as { body: string }[];
        return { number, title, body, state, author: user.login, comments: comments.map((comment) => comment.body) };
      });
      return (await Promise.all(shown)).sort((a, b) => a.number - b.number);
    },
    async closeIssue(owner, name, number) {
      await call('PATCH', `/repos/${owner}/${name}/issues/${number}`, { state: 'closed' });
    },
    async deleteIssue(owner, name, number) {
      await call('DELETE', `/repos/${owner}/${name}/issues/${number}`);
    },
    async pullRequests(owner, name) {
      const pulls = (await call('GET', `/repos/${owner}/${name}/pulls?state=all`)) as unknown as PullJson[];
      return pulls
        .map(({ number, title, body, state, merged, head, base }): TestPullRequest => {
          return { number, title, body, state: merged ? 'merged' : state, head: head.label, base: base.ref };
        })
        .sort((one, other) => one.number - other.number);
    },
    async closePullRequest(owner, name, number) {
      await call('PATCH', `/repos/${owner}/${name}/pulls/${number}`, { state: 'closed' });
    },
    async mergePullRequest(owner, name, number, how) {
      // Whether it can be merged is found out in the background.
      for (let left = 50; ; left -= 1) {
        try {
          await call('POST', `/repos/${owner}/${name}/pulls/${number}/merge`, { Do: how });
          return;
        } catch (thrown) {
          if (left === 0) throw thrown;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
    },
    async removeRepo(owner, name) {
      await call('DELETE', `/repos/${owner}/${name}`);
    },
    async createNativeMirror(owner, name, cloneUrl) {
      return toRepo(
        await call('POST', '/repos/migrate', {
          clone_addr: cloneUrl,
          repo_owner: owner,
          repo_name: name,
          mirror: true,
        }),
      );
    },
  };
}

interface PullJson {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly head: { readonly label: string };
  readonly base: { readonly ref: string };
}

function toRepo(json: Record<string, unknown>): TestRepo {
  return {
    id: Number(json['id']),
    owner: String((json['owner'] as Record<string, unknown>)['login']),
    name: String(json['name']),
    empty: json['empty'] === true,
    archived: json['archived'] === true,
    mirror: json['mirror'] === true,
    defaultBranch: String(json['default_branch']),
  };
}
