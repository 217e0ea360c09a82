import { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import type { ForgeIssues, IssueMark } from '../../ports/forge-issues';
import { parseAnswer, type ForgeClient, type RestAnswer } from './client';
import { isScopeRefusal } from './errors';
import type { ProjectDeps } from './projects';

const issueSchema = z.object({ number: z.number().int(), body: z.string().nullish() });
const doing = 'telling the project by an issue';
/** Of one account in one project; more than these are never open at a time. */
const mostOpen = 50;

/** Issues of Headwater's own account. */
export function createForgeIssues(deps: Pick<ProjectDeps, 'client' | 'token'>): ForgeIssues {
  return {
    async openIssue({ project, mark, title, body }) {
      const known = await find(deps, { project, mark });
      if (known !== null) return known;
      const marked = body.includes(mark) ? body : `${body}\n\n${mark}`;
      const made = await ask(deps, 'POST /repos/{owner}/{repo}/issues', { ...named(project), title, body: marked });
      return parseAnswer(issueSchema, made, doing).number;
    },
    async closeIssue({ project, mark, comment }) {
      const number = await find(deps, { project, mark });
      if (number === null) return null;
      const issue = { ...named(project), index: number };
      await ask(deps, 'POST /repos/{owner}/{repo}/issues/{index}/comments', { ...issue, body: comment });
      await ask(deps, 'PATCH /repos/{owner}/{repo}/issues/{index}', { ...issue, state: 'closed' });
      return number;
    },
  };
}

async function find(deps: Pick<ProjectDeps, 'client' | 'token'>, { project, mark }: IssueMark): Promise<number | null> {
  const filter = { state: 'open', type: 'issues', created_by: await deps.client.login(deps.token), limit: mostOpen };
  const data = await ask(deps, 'GET /repos/{owner}/{repo}/issues', { ...named(project), ...filter });
  const issues = parseAnswer(z.array(issueSchema), data, doing);
  return issues.find(({ body }) => body?.includes(mark) === true)?.number ?? null;
}

function named({ owner, name }: IssueMark['project']): { owner: string; repo: string } {
  return { owner, repo: name };
}

/**
 * Where issues are switched off, all calls answer 404 as for a missing project; a project that is archived answers 423
 * (measured on Forgejo 11).
 */
async function ask(
  { client, token }: { readonly client: ForgeClient; readonly token: ProjectDeps['token'] },
  route: string,
  parameters: Record<string, string | number>,
): Promise<unknown> {
  const { status, data }: RestAnswer = await client.request(route, {
    ...{ token, doing, parameters },
    expected: [403, 404, 410],
  });
  if (status < 400) return data;
  const why = isScopeRefusal(data) ? 'its token lacks the scope write:issue' : 'the project has no issues for it';
  throw new HeadwaterError('forge_issue_denied', { why });
}
