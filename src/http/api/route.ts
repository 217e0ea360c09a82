import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { HeadwaterError } from '../../domain/errors';
import type { FaultCode } from '../../domain/fault-catalogue';
import { auditedStore } from '../../sync/audited-store';
import type { Caller, CallerRights } from '../../ports/forge';
import type { Page } from '../../ports/paged';
import type { HttpDeps } from '../http-deps';
import type { Answers } from './answers/answer';
import { accountOf, actorOf, callerOf, siteAdminOf, type Access, type Need, type RouteNeed } from './access';
import type { RouteLimits } from './limit-rate';
import { pageOf } from './paging';
import { parseBody } from './parse-input';

/** One call of a route, after rights and input were checked. */
export interface Call<Body> {
  readonly deps: HttpDeps;
  readonly access: Access;
  readonly caller: CallerRights;
  readonly body: Body;
  /** The first page unless the route is paged. */
  readonly page: Page;
  readonly request: Request;
  readonly response: Response;
}

/** Under what a route stands in the documentation. */
export type ApiTag =
  | 'Mirrors'
  | 'History'
  | 'SSH'
  | 'Webhooks and notices'
  | 'New projects'
  | 'Push mirrors'
  | 'Audit'
  | 'For site admins';

interface RouteDefinition<Body> {
  /** What the call is named in the documentation and in generated clients; never changes. */
  readonly id: string;
  readonly tag: ApiTag;
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete';
  /** Below the API's base, with express's `:parameters`. */
  readonly path: string;
  readonly need: Need;
  readonly summary: string;
  /** Without it no body is read. */
  readonly body?: z.ZodType<Body>;
  /** A body for readers, where an empty one is not what they would send. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** All that it answers when it goes well; tests hold every answer against it. */
  readonly answers: Answers;
  /** What it may raise beside what every route may (see openapi/common-faults). */
  readonly faults: readonly FaultCode[];
  /** Takes `page` and `limit`, answers X-Total-Count and Link. */
  readonly paged?: boolean;
  /** What else the query of a paged route may hold. */
  readonly filters?: z.ZodObject;
  /** Without them only the forge's patience counts. */
  readonly limits?: RouteLimits;
  readonly handle: (call: Call<Body>) => Promise<void>;
}

/** A row of the route table: what the router, the documentation and the permission matrix are made from. */
export interface ApiRoute extends Omit<RouteDefinition<unknown>, 'handle' | 'need'> {
  readonly need: RouteNeed;
  readonly handler: (deps: HttpDeps, access: Access) => RequestHandler;
}

const firstPage: Page = { page: 1, limit: 30 };

/** The handler raises input_invalid and body_invalid before `handle` sees the call. */
export function defineRoute<Body = undefined>(route: RouteDefinition<Body>): ApiRoute {
  const { handle, ...row } = route;
  return {
    ...row,
    handler: (deps, access) => async (request, response) =>
      handle({ ...readCall<Body>(row, deps, access, request, response), caller: callerOf(response) }),
  };
}

/** The same for what is about the whole forge. */
export function defineAdminRoute<Body = undefined>(
  route: Omit<RouteDefinition<Body>, 'handle' | 'need'> & {
    readonly handle: (call: Omit<Call<Body>, 'caller'> & { readonly siteAdmin: Caller }) => Promise<void>;
  },
): ApiRoute {
  const { handle, ...row } = route;
  return {
    ...row,
    need: 'site_admin',
    handler: (deps, access) => async (request, response) =>
      handle({ ...readCall<Body>(row, deps, access, request, response), siteAdmin: siteAdminOf(response) }),
  };
}

/** The same for what is about no project that is there yet. */
export function defineAccountRoute<Body = undefined>(
  route: Omit<RouteDefinition<Body>, 'handle' | 'need'> & {
    readonly handle: (call: Omit<Call<Body>, 'caller'> & { readonly account: Caller }) => Promise<void>;
  },
): ApiRoute {
  const { handle, ...row } = route;
  return {
    ...row,
    need: 'account',
    handler: (deps, access) => async (request, response) => {
      const account = accountOf(response);
      if (account === undefined) throw new HeadwaterError('internal');
      await handle({ ...readCall<Body>(row, deps, access, request, response), account });
    },
  };
}

/** What the handler changes is written down under the caller's name (sync/audited-store). */
function readCall<Body>(
  row: Pick<RouteDefinition<Body>, 'body' | 'paged' | 'filters'>,
  deps: HttpDeps,
  access: Access,
  request: Request,
  response: Response,
): Omit<Call<Body>, 'caller'> {
  const store = auditedStore(deps.store, actorOf(access, request, response), deps);
  const page = row.paged === true ? pageOf(request, Object.keys(row.filters?.shape ?? {})) : firstPage;
  const body = row.body === undefined ? undefined : parseBody(row.body, (request.body as unknown) ?? {});
  return { deps: { ...deps, store }, access, body: body as Body, page, request, response };
}
