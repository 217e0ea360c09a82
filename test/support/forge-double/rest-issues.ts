import type { Request, RequestHandler, Response, Router } from 'express';
import type { ForgeIssue, ForgeRepo } from './forge-state';
import { userJson } from './json';
import {
  answerError,
  answerNotFound,
  callerOf,
  findRepo,
  newRouter,
  param,
  refuseArchived,
  repoOf,
  requireAccess,
  requireScope,
  requireSignIn,
  type RestContext,
} from './rest-api';

/** Issues and what is said under them. Where they are switched off, they answer like a missing project. */
export function issueRoutes(context: RestContext): Router {
  const router = newRouter();
  const path = '/repos/:owner/:repo/issues';
  const refuseOff: RequestHandler = (_request, response, next) =>
    repoOf(response).hasIssues ? next() : answerNotFound(context, response);
  const read = [requireScope(context, 'issue'), findRepo(context), refuseOff];
  const change = [...read, requireSignIn(context), refuseArchived(context)];

  const json = (repo: ForgeRepo, issue: ForgeIssue) => {
    const page = `${context.url()}/${repo.owner.name}/${repo.name}/issues/${issue.number}`;
    const { number, title, body, state } = issue;
    return {
      id: number,
      number,
      url: page,
      html_url: page,
      user: userJson(context.url(), issue.author),
      title,
      body,
      state,
    };
  };
  const find = (request: Request, response: Response) =>
    repoOf(response).issues.find(({ number }) => number === Number(param(request, 'number')));

  router.post(path, ...change, (request, response) => {
    const repo = repoOf(response);
    const caller = callerOf(response);
    if (caller === null) return answerNotFound(context, response);
    const { title, body = '' } = request.body as { title: string; body?: string };
    repo.lastIssue += 1;
    const issue: ForgeIssue = { number: repo.lastIssue, author: caller.user, title, body, comments: [], state: 'open' };
    repo.issues.push(issue);
    response.status(201).json(json(repo, issue));
  });
  router.get(path, ...read, (request, response) => {
    const repo = repoOf(response);
    const { state = 'open', created_by: author } = request.query;
    const wanted = repo.issues
      .filter((issue) => state === 'all' || issue.state === state)
      .filter((issue) => author === undefined || issue.author.name === author);
    response.json(wanted.reverse().map((issue) => json(repo, issue)));
  });
  router.patch(`${path}/:number`, ...read, requireSignIn(context), (request, response) => {
    const issue = find(request, response);
    if (issue === undefined) return answerNotFound(context, response);
    const { state } = request.body as { state?: 'open' | 'closed' };
    issue.state = state ?? issue.state;
    response.status(201).json(json(repoOf(response), issue));
  });
  router.delete(`${path}/:number`, ...change, requireAccess(context, 'admin'), (request, response) => {
    const { issues } = repoOf(response);
    const issue = find(request, response);
    if (issue === undefined) return answerNotFound(context, response);
    issues.splice(issues.indexOf(issue), 1);
    response.status(204).end();
  });
  router.post(`${path}/:number/comments`, ...change, (request, response) => {
    const issue = find(request, response);
    if (issue === undefined) return answerError(context, response, 404, 'IsErrIssueNotExist');
    const { body } = request.body as { body: string };
    issue.comments.push(body);
    response.status(201).json({ id: issue.comments.length, body });
  });
  router.get(`${path}/:number/comments`, ...read, (request, response) => {
    const issue = find(request, response);
    if (issue === undefined) return answerError(context, response, 404, 'IsErrIssueNotExist');
    response.json(issue.comments.map((body, at) => ({ id: at + 1, body })));
  });
  return router;
}
