import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import { shortName, type Oid, type RefName } from '../../domain/git-ref';
import { showRemoteText } from '../../domain/redact';
import type { ForgeProject, NewPullRequest, PullRequest } from '../../ports/forge';
import { parseAnswer, type RestAnswer } from './client';
import type { ProjectDeps } from './projects';

const pullSchema = z.object({
  number: z.number().int(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean().nullish(),
});
const commitsSchema = z.array(z.object({ sha: z.string() })).nullable();

/** A branch that was pushed a moment ago may not be known to the forge's database yet. */
const patience = { tries: 10, everyMs: 200 };

/** null: the forge has none of this number, or pull requests are switched off. */
export async function pullRequest(
  deps: ProjectDeps,
  project: ForgeProject,
  number: number,
): Promise<PullRequest | null> {
  const { status, data } = await call(deps, 'GET /repos/{owner}/{repo}/pulls/{number}', project, { number }, [404]);
  return status === 404 ? null : read(data);
}

/** Answers the open one there is, if the forge has one for these branches. Raises pull_request_refused. */
export async function openPullRequest(
  deps: ProjectDeps,
  project: ForgeProject,
  { head, base, title, body }: NewPullRequest,
): Promise<PullRequest> {
  const fields = { head: shortName(head), base: shortName(base), title, body };
  for (let left = patience.tries; ; left -= 1) {
    const answer = await call(deps, 'POST /repos/{owner}/{repo}/pulls', project, fields, [403, 404, 409, 422, 500]);
    if (answer.status === 409) return existing(deps, project, head, base);
    if (answer.status === 201) return read(answer.data);
    const mayBeEarly = answer.status === 404 || answer.status === 500;
    if (!mayBeEarly || left <= 1) throw refused(answer, 'opening');
    await pause(patience.everyMs);
  }
}

/** Raises pull_request_refused. */
export async function setPullRequestState(
  deps: ProjectDeps,
  project: ForgeProject,
  number: number,
  state: 'open' | 'closed',
): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{number}';
  const answer = await call(deps, route, project, { number, state }, [403, 404, 409, 412, 422]);
  if (answer.status !== 201) throw refused(answer, state === 'open' ? 'reopening' : 'closing');
}

/** Is every commit of `oid` part of the history of `branchOid`? An object that the forge lacks is part of nothing. */
export async function isContained(
  deps: ProjectDeps,
  project: ForgeProject,
  oid: Oid,
  branchOid: Oid,
): Promise<boolean> {
  // One commit of `git rev-list oid ^branchOid`; the compare call would send all of them, and none for unrelated histories.
  const parameters = { sha: oid, not: branchOid, limit: 1, stat: false, verification: false, files: false };
  const { status, data } = await call(deps, 'GET /repos/{owner}/{repo}/commits', project, parameters, [404, 409]);
  return status === 200 && (parseAnswer(commitsSchema, data, 'comparing branches') ?? []).length === 0;
}

async function existing(deps: ProjectDeps, project: ForgeProject, head: RefName, base: RefName): Promise<PullRequest> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{base}/{head}';
  const branches = { base: shortName(base), head: shortName(head) };
  return read((await call(deps, route, project, branches, [])).data);
}

function call(
  deps: ProjectDeps,
  route: string,
  { owner, name }: ForgeProject,
  parameters: Readonly<Record<string, string | number | boolean>>,
  expected: readonly number[],
): Promise<RestAnswer> {
  const doing = 'looking after pull requests';
  return deps.client.request(route, {
    token: deps.token,
    doing,
    parameters: { owner, repo: name, ...parameters },
    expected,
  });
}

function read(data: unknown): PullRequest {
  const pull = parseAnswer(pullSchema, data, 'looking after pull requests');
  return { number: pull.number, url: pull.html_url, state: pull.merged === true ? 'merged' : pull.state };
}

function refused({ status, data }: RestAnswer, doing: string): HeadwaterError {
  const { message } = (data ?? {}) as { message?: unknown };
  const said = typeof message === 'string' && message !== '' ? `: ${showRemoteText(message)}` : '';
  return new HeadwaterError('pull_request_refused', { doing, why: `${status}${said}` });
}
