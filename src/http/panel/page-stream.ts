import { pipeline, type Writable } from 'node:stream';
import { createGzip, type Gzip } from 'node:zlib';
import type { Request, Response } from 'express';

/** A page that may be sent in two parts: what needs nobody's answer first, the rest when it is known. */
export interface PageStream {
  /** The first part is on its way; the status can no longer be changed. */
  readonly begun: boolean;
  begin(html: string): void;
  end(status: number, html: string): void;
}

const streams = 'pageStream';

/** Who asks from the forge's pages, from ours or by hand. Browsers say so themselves. */
const near = ['same-origin', 'same-site', 'none'];

/**
 * Packs pages for browsers that come from here or from the forge. To others a page goes as it is: whoever can make a browser
 * ask again and again, and watch how much comes back, could guess at what is in a packed page (BREACH).
 */
function createPageStream(request: Request, response: Response): PageStream {
  const packs =
    near.includes(request.get('sec-fetch-site') ?? '') && request.acceptsEncodings(['gzip', 'identity']) === 'gzip';
  let out: Writable | null = null;
  let packer: Gzip | null = null;
  const open = (status: number): Writable => {
    response.status(status).type('html');
    response.vary('Accept-Encoding').vary('Sec-Fetch-Site');
    // A proxy that collects an answer would keep the first part back.
    response.set('X-Accel-Buffering', 'no');
    if (!packs) return response;
    response.set('Content-Encoding', 'gzip');
    packer = createGzip();
    // A browser that has gone is nobody's fault.
    pipeline(packer, response, () => undefined);
    return packer;
  };
  return {
    get begun() {
      return out !== null;
    },
    begin: (html) => {
      out = open(200);
      out.write(html);
      packer?.flush();
    },
    end: (status, html) => {
      out ??= open(status);
      if (!response.destroyed) out.end(html);
    },
  };
}

/** The page that this answer becomes. */
export function streamOf(request: Request, response: Response): PageStream {
  const locals = response.locals as Record<string, PageStream | undefined>;
  return (locals[streams] ??= createPageStream(request, response));
}
