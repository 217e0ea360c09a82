import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { gzipSync } from 'node:zlib';
import { createHtml } from '../panel/html';
import { createRender, packageRoot } from '../panel/render';
import { apiDocs } from '../../panel/texts/api-docs';
import { createDocument } from './create-document';
import { docsModel } from './docs/docs-model';
import { allOperations } from './operations';

interface Deps {
  readonly version: string;
  /** Of this server, known once it listens. */
  readonly publicUrl: () => string;
}

/** One answer that is the same for everybody. */
interface Sheet {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
}

/** Nothing from elsewhere, no script, and no page may frame it. */
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** What this server answers: for programs at /openapi.json, for people at /docs. Anybody may ask, since it tells nothing of anybody. */
export function createOpenapiRouter(deps: Deps): Router {
  const sheets = createSheets(deps);
  const serve =
    (sheet: () => Sheet): RequestHandler =>
    (request, response) =>
      send(request, response, sheet());
  // With a slash at its end the page's links would lead elsewhere.
  const router = Router({ strict: true });
  router.get(
    '/openapi.json',
    serve(() => sheets().json),
  );
  router.get(
    '/docs',
    serve(() => sheets().page),
  );
  router.get(
    '/docs/style.css',
    serve(() => sheets().style),
  );
  return router;
}

/** Made when somebody asks first, and again only when the address is another one. */
function createSheets({ version, publicUrl }: Deps): () => { json: Sheet; page: Sheet; style: Sheet } {
  const render = createRender();
  const style = sheet('text/css; charset=utf-8', readFileSync(join(packageRoot(), 'src/panel/style/api-docs.css')));
  let made: { readonly url: string; readonly json: Sheet; readonly page: Sheet } | null = null;
  return () => {
    const url = publicUrl();
    if (made?.url !== url) {
      const operations = allOperations();
      const document = createDocument(operations, { version, url });
      const page = render('api-docs', { docs: docsModel(operations, document), text: apiDocs, h: createHtml(0) });
      made = {
        url,
        json: sheet('application/json; charset=utf-8', Buffer.from(JSON.stringify(document))),
        page: sheet('text/html; charset=utf-8', Buffer.from(page)),
      };
    }
    return { ...made, style };
  };
}

function sheet(type: string, plain: Buffer): Sheet {
  return { type, plain, packed: gzipSync(plain) };
}

function send(request: Request, response: Response, { type, plain, packed }: Sheet): void {
  const isPacked = request.acceptsEncodings(['gzip', 'identity']) === 'gzip';
  response.set({
    'Content-Type': type,
    'Content-Security-Policy': policy,
    Vary: 'Accept-Encoding',
    ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(isPacked ? packed : plain);
}
