import { HeadwaterError, httpStatusOf } from '../../domain/errors';
import type { RouteNeed } from '../api/access';
import { problem } from '../api/answers/problem';
import { defaultPerPage, mostPages, mostPerPage } from '../api/paging';
import type { ApiRoute } from '../api/route';
import { routes } from '../api/routes';
import { anyFaults, bodyFaults, faultsOfNeed } from './common-faults';
import { makeSchemas } from './json-schema';
import type { Operation, Parameter, SecurityUse } from './operation';

const base = '/api/v1';

const needs: Readonly<Record<RouteNeed, { readonly words: string; readonly scopes: readonly string[] }>> = {
  read: {
    words: 'Admin right on the project; a token with the scope read:repository.',
    scopes: ['read:repository'],
  },
  write: {
    words: 'Admin right on the project; a token with the scope write:repository.',
    scopes: ['write:repository'],
  },
  account: {
    words:
      'An account of the forge that may make the project; a token with the scopes write:repository and write:user, or write:organization and read:user for a project of an organization.',
    scopes: ['write:repository', 'write:user'],
  },
  site_admin: { words: 'Site admin of the forge; a token with the scope read:admin.', scopes: ['read:admin'] },
};

/** The rows of the route table. */
export function apiOperations(): Operation[] {
  return routes.map((route) => ({
    id: route.id,
    tag: route.tag,
    method: route.method,
    path: base + route.path.replace(/:(\w+)/g, '{$1}'),
    summary: route.summary,
    needs: needs[route.need].words + limitWords(route),
    security: forgeTokens(needs[route.need].scopes),
    parameters: [...pathParameters(route.path), ...(route.paged === true ? pageParameters : []), ...filters(route)],
    body:
      route.body === undefined
        ? null
        : {
            schema: route.body,
            contentTypes: ['application/json'],
            ...(route.example === undefined ? {} : { example: route.example }),
          },
    answers: route.answers,
    faults: [
      ...new Set([
        ...anyFaults,
        ...faultsOfNeed(route.need),
        ...(route.body === undefined ? [] : bodyFaults),
        ...(route.paged === true ? (['input_invalid'] as const) : []),
        ...route.faults,
      ]),
    ],
    problem,
    statusOf: httpStatusOf,
    paged: route.paged === true,
  }));
}

/** Either way of sending an access token of the forge. */
export function forgeTokens(scopes: readonly string[]): SecurityUse[] {
  return [{ forgeToken: scopes }, { forgeTokenAsGitea: scopes }];
}

function limitWords({ limits }: ApiRoute): string {
  return limits === undefined ? '' : ` At most ${limits.perMinute} calls a minute of one account.`;
}

const name = { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,100}$' };
const id = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };

/** By what stands before them. */
const places: readonly { readonly pattern: RegExp; readonly parameter: Omit<Parameter, 'in'> }[] = [
  { pattern: /:owner$/, parameter: { name: 'owner', description: 'Owner of the project.', schema: name } },
  { pattern: /:repo$/, parameter: { name: 'repo', description: 'Name of the project.', schema: name } },
  { pattern: /runs\/:id$/, parameter: { name: 'id', description: 'Id of the run.', schema: id } },
  { pattern: /backups\/:id$/, parameter: { name: 'id', description: 'Id of the backup.', schema: id } },
  { pattern: /push\/:name$/, parameter: { name: 'name', description: 'Name of the push mirror.', schema: name } },
];

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/:\w+/g)].map(({ 0: placeholder, index }) => {
    const found = places.find(({ pattern }) => pattern.test(path.slice(0, index + placeholder.length)));
    if (found === undefined) throw new HeadwaterError('internal', {}, { cause: `nobody describes ${path}` });
    return { ...found.parameter, in: 'path' };
  });
}

const pageParameters: readonly Parameter[] = [
  {
    name: 'page',
    in: 'query',
    description: 'Which page, from 1 on.',
    schema: { type: 'integer', minimum: 1, maximum: mostPages, default: 1 },
  },
  {
    name: 'limit',
    in: 'query',
    description: 'How many on a page.',
    schema: { type: 'integer', minimum: 1, maximum: mostPerPage, default: defaultPerPage },
  },
];

function filters(route: ApiRoute): Parameter[] {
  if (route.filters === undefined) return [];
  const { inline } = makeSchemas({ components: {}, inline: { filters: route.filters } }, false);
  return Object.entries(inline['filters']?.properties ?? {}).map(([field, { description = '', ...schema }]) => ({
    name: field,
    in: 'query',
    description,
    schema,
  }));
}
