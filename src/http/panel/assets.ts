import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';
import { HeadwaterError } from '../../domain/errors';
import { packageRoot } from './render';

export interface Assets {
  /** Changes with the contents, so that browsers may keep them. */
  readonly version: string;
  /** For paths below /panel/assets/. */
  readonly handler: RequestHandler;
}

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
}

/** One sheet for browsers. In this order, since of two rules that weigh the same the later one counts. */
const styles = [
  'base',
  'mirrors',
  'forms',
  'boxes',
  'live',
  'history',
  'notes',
  'widths',
  'forced-colors',
  'pages',
  'form-choices',
  'runs',
];

/** The panel's own style sheet and script, read once. They hold nothing of anybody, so nobody need be signed in. */
export function createAssets(): Assets {
  const root = packageRoot();
  const files = new Map<string, Asset>();
  const add = (name: string, plain: Buffer, type: string) => {
    files.set(name, { type, plain, packed: gzipSync(plain) });
  };
  const style = styles.map((name) => readFileSync(join(root, `src/panel/style/panel/${name}.css`)));
  add('panel.css', Buffer.concat(style), 'text/css; charset=utf-8');
  add('icon.svg', readFileSync(iconPath(root)), 'image/svg+xml');
  const script = join(root, 'dist/panel');
  for (const folder of ['page', 'texts'])
    for (const name of scriptsIn(join(script, folder)))
      add(`${folder}/${name}`, readFileSync(join(script, folder, name)), 'text/javascript; charset=utf-8');

  const hash = createHash('sha256');
  for (const { plain } of files.values()) hash.update(plain);
  return { version: hash.digest('hex').slice(0, 12), handler: serve(files) };
}

const iconPath = (root: string) => join(root, 'src/panel/style/icon.svg');

/** Browsers ask for it without being told to, for pages that name none. */
export function getFavicon(): RequestHandler {
  const icon = readFileSync(iconPath(packageRoot()));
  return (_request, response) => {
    response.set({ 'Content-Type': 'image/svg+xml', 'Cache-Control': 'public, max-age=86400' }).end(icon);
  };
}

/** Empty where the sources run without a build: every page works without script. */
function scriptsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.js'));
  } catch {
    return [];
  }
}

function serve(files: ReadonlyMap<string, Asset>): RequestHandler {
  return (request, response) => {
    // The first part of the path is the version, so that modules which load each other are always of one.
    const asset = files.get(request.path.replace(/^\/[^/]+\//, ''));
    if (asset === undefined || request.method !== 'GET') throw new HeadwaterError('route_not_found');
    const packed = request.acceptsEncodings(['gzip', 'identity']) === 'gzip';
    response.set({
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
      'X-Content-Type-Options': 'nosniff',
      ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(packed ? asset.packed : asset.plain);
  };
}
