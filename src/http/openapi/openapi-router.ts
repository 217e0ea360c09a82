import { Router } from 'express';
import { createDocument, type OpenApiDocument } from './create-document';
import { allOperations } from './operations';

/** `GET /openapi.json`: what this server answers, for programs. Anybody may ask: it tells nothing of anybody. */
export function createOpenapiRouter(deps: { readonly version: string; readonly publicUrl: () => string }): Router {
  const document = remember(deps);
  const router = Router();
  router.get('/openapi.json', (_request, response) => {
    response.json(document());
  });
  return router;
}

/** Made when somebody asks first, since only a server that listens knows its address. */
function remember(deps: { readonly version: string; readonly publicUrl: () => string }): () => OpenApiDocument {
  let made: { readonly url: string; readonly document: OpenApiDocument } | null = null;
  return () => {
    const url = deps.publicUrl();
    if (made?.url !== url) made = { url, document: createDocument(allOperations(), { version: deps.version, url }) };
    return made.document;
  };
}
