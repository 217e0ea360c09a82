import express, { type Request, type Response, type Router } from 'express';
import { accessOf, mayAtLeast } from './access';
import type { ForgeRepo, ForgeUser } from './forge-state';
import { sha256, type LfsStore } from './lfs-store';
import { param, type RestContext } from './rest-api';
import { hasScope, signIn } from './sign-in';

export interface LfsContext extends RestContext {
  readonly lfs: LfsStore;
}

interface LfsPointerJson {
  readonly oid: string;
  readonly size: number;
}

interface Visit {
  readonly context: LfsContext;
  readonly repo: ForgeRepo;
  readonly user: ForgeUser;
  readonly authorization: string;
  readonly response: Response;
}

const mediaType = 'application/vnd.git-lfs+json';

/** The LFS server of Forgejo 11, as measured: exact Accept, objects of readable projects linked on the spot. */
export function lfsRoutes(context: LfsContext): Router {
  const router = express.Router();
  const place = '/:owner/:repo/info/lfs';
  router.use(place, (_request, response, next) => {
    if (context.lfs.enabled) return next();
    response.status(404).type('text/plain').send('Not found.\n');
  });
  router.post(`${place}/objects/batch`, requireAccept, express.json({ type: () => true }), (request, response) => {
    const { operation } = (request.body ?? {}) as { operation?: unknown };
    if (operation !== 'upload' && operation !== 'download') return say(response, 400, 'Bad Request');
    visit(context, request, response, operation === 'upload', (visited) =>
      answerBatch(visited, operation, (request.body as { objects?: LfsPointerJson[] }).objects ?? []),
    );
  });
  router.post(`${place}/verify`, requireAccept, express.json({ type: () => true }), (request, response) => {
    const { oid, size } = request.body as LfsPointerJson;
    visit(context, request, response, true, ({ repo }) => {
      const found = context.lfs.sizeIn(repo.id, oid) === size;
      say(response, found ? 200 : 404, found ? 'OK' : 'Not Found');
    });
  });
  router.put(`${place}/objects/:oid/:size`, (request, response) => {
    visit(context, request, response, true, (visited) => takeObject(visited, request));
  });
  router.get(`${place}/objects/:oid`, (request, response) => {
    visit(context, request, response, false, ({ repo }) => {
      const content = context.lfs.contents.get(param(request, 'oid'));
      if (content === undefined || context.lfs.sizeIn(repo.id, param(request, 'oid')) === undefined)
        return say(response, 404, 'Not Found');
      response.type('application/octet-stream').send(content);
    });
  });
  // git-lfs asks before a push whether somebody has locked a file.
  router.post(`${place}/locks/verify`, (_request, response) => {
    response.type(mediaType).send(JSON.stringify({ ours: [], theirs: [], next_cursor: '' }));
  });
  return router;
}

function requireAccept(request: Request, response: Response, next: () => void): void {
  if ((request.headers.accept ?? '').split(';')[0] === mediaType) return next();
  say(response, 415, 'Unsupported Media Type');
}

function say(response: Response, status: number, message: string): void {
  response
    .status(status)
    .type(mediaType)
    .send(`${JSON.stringify({ Message: message })}\n`);
}

function visit(
  context: LfsContext,
  request: Request,
  response: Response,
  writing: boolean,
  work: (visit: Visit) => void,
): void {
  const { authorization } = request.headers;
  const refuse = (status: number, message: string) => {
    request.resume();
    say(response, status, message);
  };
  const plain = (status: number, text: string) => {
    request.resume();
    response.status(status).type('text/plain').send(`${text}\n`);
  };
  const caller = signIn(context.state, authorization);
  if (caller !== null && 'refused' in caller) return plain(401, 'Credentials are incorrect or have expired.');
  if (caller !== null && !hasScope(caller, writing ? 'write' : 'read', 'repository')) return plain(403, 'Forbidden');
  const repo = context.state.repo(param(request, 'owner'), param(request, 'repo').replace(/\.git$/, ''));
  if (repo === undefined) return refuse(404, 'Not Found');
  const user = caller?.user ?? null;
  const allowed = writing ? mayAtLeast(user, repo, 'write') : accessOf(user, repo) !== 'none';
  if (!allowed || user === null) {
    response.setHeader('WWW-Authenticate', 'Basic realm=gitea-lfs');
    return refuse(401, 'Unauthorized');
  }
  work({ context, repo, user, authorization: authorization ?? '', response });
}

function answerBatch(visit: Visit, operation: 'upload' | 'download', objects: readonly LfsPointerJson[]): void {
  const { context, response } = visit;
  const { maxBatchSize } = context.lfs;
  if (maxBatchSize > 0 && objects.length > maxBatchSize) return say(response, 413, 'Request Entity Too Large');
  if (operation === 'upload' && context.state.overQuota.has(visit.repo.owner.name))
    return say(response, 413, 'quota exceeded');
  const answers = objects.map((object) => ({ ...object, ...answerObject(visit, operation, object) }));
  response.type(mediaType).send(`${JSON.stringify({ objects: answers })}\n`);
}

function answerObject(visit: Visit, operation: 'upload' | 'download', { oid, size }: LfsPointerJson): object {
  const { context, repo, user, authorization } = visit;
  const { lfs } = context;
  const error = (code: number, message: string) => ({ error: { code, message } });
  if (!/^[0-9a-f]{64}$/.test(oid) || size < 0) return error(422, 'Oid or size are invalid');
  const here = lfs.sizeIn(repo.id, oid);
  if (here !== undefined && here !== size) return error(422, `Object ${oid} is not ${size} bytes`);
  const base = `${context.url()}/${repo.owner.name}/${repo.name}.git/info/lfs`;
  const link = (path: string) => ({ href: `${base}/${path}`, header: { Authorization: authorization } });
  if (operation === 'download')
    return here === undefined ? error(404, 'Not Found') : { actions: { download: link(`objects/${oid}`) } };
  if (here !== undefined) return {};
  if (isReadable(context, user, oid)) {
    lfs.link(repo.id, oid, size);
    return {};
  }
  if (lfs.maxFileSize > 0 && size > lfs.maxFileSize)
    return error(422, `Size must be less than or equal to ${lfs.maxFileSize}`);
  return { actions: { upload: link(`objects/${oid}/${size}`), verify: link('verify') } };
}

/** Does any project that the caller can read have it? */
function isReadable(context: LfsContext, user: ForgeUser, oid: string): boolean {
  return context.lfs.reposWith(oid).some((id) => {
    const repo = context.state.repoById(id);
    return repo !== undefined && accessOf(user, repo) !== 'none';
  });
}

function takeObject({ context, repo, user, response }: Visit, request: Request): void {
  const [oid, size] = [param(request, 'oid'), Number(param(request, 'size'))];
  if (isReadable(context, user, oid)) {
    // Without a look at the body, as the forge does it.
    context.lfs.link(repo.id, oid, size);
    request.resume();
    return say(response, 200, 'OK');
  }
  const content = Buffer.allocUnsafeSlow(size);
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    chunk.copy(content, bytes);
    bytes += chunk.length;
  });
  request.on('error', () => {});
  request.on('end', () => {
    if (bytes !== size) return say(response, 422, 'content size does not match');
    if (sha256(content) !== oid) return say(response, 422, 'content hash does not match OID');
    context.lfs.contents.set(oid, content);
    context.lfs.link(repo.id, oid, size);
    say(response, 200, 'OK');
  });
}
