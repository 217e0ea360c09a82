import { z } from 'zod';
import type { Secret } from '../../domain/credentials';
import { HeadwaterError } from '../../domain/errors';
import { redactUrls, showRemoteText } from '../../domain/redact';
import { parseInterval } from '../../domain/update-interval';
import type { NewPushMirror, ProjectPath, PushMirror, PushMirrors } from '../../ports/push-mirrors';
import { createRequester } from '../../git-http/requester';
import { createForgeClient, parseAnswer, type ForgeClient } from './client';
import { isScopeRefusal, messageOf } from './errors';
import { createCapabilities } from './push-mirror-capabilities';
import { askForSync, type SyncAnswer } from './push-mirror-sync';

export interface PushMirrorsOptions {
  /** Address of the forge. */
  readonly url: string;
  /** Limit of one request; ms. */
  readonly requestTimeoutMs?: number;
  /** Limit of syncing all push mirrors of a project; ms. */
  readonly syncTimeoutMs?: number;
}

const path = '/repos/{owner}/{repo}/push_mirrors';
const pageSize = 50;
const mostPages = 100;
const expected = [400, 401, 403, 404, 422];

const mirrorSchema = z.object({
  remote_name: z.string(),
  remote_address: z.string(),
  interval: z.string(),
  sync_on_commit: z.boolean().optional(),
  public_key: z.string().optional(),
  branch_filter: z.string().optional(),
  created: z.string().nullish(),
  last_update: z.string().nullish(),
  last_error: z.string().nullish(),
});

/** Gitea and Forgejo; answers and their differences were measured on Forgejo 11. Close it to break off syncs. */
export function createPushMirrors(options: PushMirrorsOptions): PushMirrors & { close(): void } {
  const { requestTimeoutMs = 30_000, syncTimeoutMs = 3_600_000 } = options;
  const url = options.url.replace(/\/+$/, '');
  const client = createForgeClient({ url, requestTimeoutMs });
  const requester = createRequester();
  return {
    capabilities: createCapabilities(client, url),
    list: (token, project) => list(client, token, project),
    create: (token, project, wanted) => create(client, token, project, wanted),
    async remove(token, { owner, name: repo }, name) {
      const parameters = { owner, repo, name };
      const answer = await client.request(`DELETE ${path}/{name}`, {
        token,
        doing: 'removing a push mirror',
        parameters,
        expected,
      });
      if (answer.status >= 400) throw refusal(answer, 'removing a push mirror');
    },
    async sync(token, project, signal) {
      const doing = 'syncing the push mirrors';
      const limited = AbortSignal.any([signal, AbortSignal.timeout(syncTimeoutMs)]);
      const answer = await askForSync(requester, url, token, project, limited);
      // The forge says 500 and no more; the errors stand in the list.
      if (answer.status === 500) return false;
      if (answer.status === 423) throw new HeadwaterError('forge_project_archived');
      if (answer.status >= 300) throw refusal(answer, doing);
      return true;
    },
    close: () => requester.close(),
  };
}

async function list(client: ForgeClient, token: Secret, { owner, name }: ProjectPath): Promise<PushMirror[]> {
  const doing = 'listing the push mirrors';
  const found = new Map<string, PushMirror>();
  // The forge may answer shorter pages than it was asked for.
  for (let page = 1; page <= mostPages; page += 1) {
    const parameters = { owner, repo: name, page, limit: pageSize };
    const answer = await client.request(`GET ${path}`, { token, doing, parameters, expected });
    if (answer.status >= 400) throw refusal(answer, doing);
    const mirrors = parseAnswer(z.array(mirrorSchema), answer.data ?? [], doing);
    const known = found.size;
    for (const mirror of mirrors) found.set(mirror.remote_name, toPushMirror(mirror));
    if (found.size === known) break;
  }
  return [...found.values()];
}

async function create(
  client: ForgeClient,
  token: Secret,
  { owner, name }: ProjectPath,
  wanted: NewPushMirror,
): Promise<PushMirror> {
  const doing = 'making a push mirror';
  const { url, credentials, branchFilter } = wanted;
  const answer = await client.request(`POST ${path}`, {
    token,
    doing,
    parameters: {
      owner,
      repo: name,
      remote_address: url.href,
      interval: goDuration(wanted.intervalMs),
      sync_on_commit: wanted.syncOnCommit,
      ...(credentials === null
        ? {}
        : { remote_username: credentials.user, remote_password: credentials.password.reveal() }),
      ...(url.ssh === null ? {} : { use_ssh: true }),
      ...(branchFilter === null ? {} : { branch_filter: branchFilter }),
    },
    expected,
  });
  const said = messageOf(answer.data);
  // The forge takes 401 for an address that it may not push to, and for one that it cannot resolve.
  if (answer.status === 401 && /permission denied/i.test(said))
    throw new HeadwaterError('push_mirror_address_refused', { host: url.host });
  if ((answer.status === 400 && !isDisabled(said)) || answer.status === 422) {
    const secrets = credentials === null ? [] : [credentials.password.reveal()];
    // Forgejo 11 fails to print its reason for an interval that is too short.
    const why = said.includes('%!') || said === '' ? 'it gives no reason' : showRemoteText(said, secrets);
    throw new HeadwaterError('push_mirror_refused', { why });
  }
  if (answer.status >= 400) throw refusal(answer, doing);
  return toPushMirror(parseAnswer(mirrorSchema, answer.data, doing));
}

function refusal({ status, data }: SyncAnswer, doing: string): HeadwaterError {
  if (status === 401) return new HeadwaterError('token_invalid');
  if (status === 403 && isScopeRefusal(data))
    return new HeadwaterError('token_scope_missing', { scope: 'write:repository' });
  if (status === 403) return new HeadwaterError('push_mirrors_denied');
  if (status === 404) return new HeadwaterError('project_not_found');
  if (status === 400 && isDisabled(messageOf(data))) return new HeadwaterError('push_mirrors_disabled');
  return new HeadwaterError('forge_failed', { status, doing });
}

function isDisabled(said: string): boolean {
  return /mirror feature is disabled/i.test(said);
}

function toPushMirror(mirror: z.infer<typeof mirrorSchema>): PushMirror {
  const error = mirror.last_error ?? '';
  return {
    name: mirror.remote_name,
    url: redactUrls(mirror.remote_address),
    intervalMs: parseInterval(mirror.interval) ?? 0,
    syncOnCommit: mirror.sync_on_commit ?? false,
    branchFilter: mirror.branch_filter === undefined || mirror.branch_filter === '' ? null : mirror.branch_filter,
    publicKey: mirror.public_key === undefined || mirror.public_key === '' ? null : mirror.public_key,
    createdAt: toTime(mirror.created),
    lastUpdateAt: toTime(mirror.last_update),
    lastError: error.trim() === '' ? null : showRemoteText(redactUrls(error.trim()), [], 1000),
  };
}

/** The forge says 1970 for never. */
function toTime(text: string | null | undefined): number | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) || at <= 0 ? null : at;
}

/** As Go reads it. */
function goDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`;
}
