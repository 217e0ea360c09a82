import { gunzipSync, gzipSync } from 'node:zlib';
import request from 'supertest';
import { httpBench } from '../http/http-bench';
import { panelBench, panelPath, type PanelBench } from '../../support/panel-bench';

/** A browser's own requests say where they come from. */
const fromHere = { 'Sec-Fetch-Site': 'same-origin', 'Accept-Encoding': 'gzip' };

/** What a path weighs on the wire, and what is in it. */
async function load(bench: PanelBench, path: string): Promise<{ bytes: number; text: string; headers: Headers }> {
  const answer = await request(bench.app)
    .get(path)
    .set({ Accept: 'text/html,*/*', ...fromHere })
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = [];
      // What comes is counted as it comes.
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    });
  const body = answer.body as Buffer;
  const packed = body[0] === 0x1f && body[1] === 0x8b;
  const text = (packed ? gunzipSync(body) : body).toString();
  return { bytes: packed ? body.length : gzipSync(body).length, text, headers: new Headers(answer.headers) };
}

/** Every script that a module loads, and those that these load. */
async function scripts(bench: PanelBench, path: string, seen: Map<string, number>): Promise<void> {
  if (seen.has(path)) return;
  const { bytes, text } = await load(bench, path);
  seen.set(path, bytes);
  for (const [, below = ''] of text.matchAll(/\bfrom\s*["']([^"']+)["']/g))
    await scripts(bench, new URL(below, `http://x${path}`).pathname, seen);
}

describe('the weight of the panel', () => {
  it.each([
    ['where nothing is mirrored, with its form', ''],
    ['with a mirror that is edited', '?open=edit'],
  ])('is less than 100 kB compressed, in all: %s', async (_name, query) => {
    const bench = panelBench();
    if (query !== '') await bench.put();
    const page = await load(bench, `${panelPath}${query}`);
    const [style = ''] = /\/panel\/assets\/[^"]+\.css/.exec(page.text) ?? [];
    const [script = ''] = /\/panel\/assets\/[^"]+\.js/.exec(page.text) ?? [];
    const parts = new Map<string, number>([
      ['page', page.bytes],
      ['style', (await load(bench, style)).bytes],
    ]);
    await scripts(bench, script, parts);
    // The page's own script and five at least that it loads: without a build there would be none to weigh.
    expect(parts.size).toBeGreaterThan(7);
    const total = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(100_000);
  });

  it('is sent packed, and what has a name of its own is kept for ever', async () => {
    const bench = panelBench();
    const page = await load(bench, panelPath);
    expect(page.headers.get('content-encoding')).toBe('gzip');
    expect(page.headers.get('vary')).toMatch(/Accept-Encoding/);
    for (const [asset] of page.text.matchAll(/\/panel\/assets\/[^"]+/g)) {
      const { headers } = await load(bench, asset);
      expect(headers.get('content-encoding')).toBe('gzip');
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('vary')).toBe('Accept-Encoding');
    }
  });

  it('has an icon of its own, which a page that names none is given too', async () => {
    const bench = panelBench();
    const page = await load(bench, panelPath);
    const [icon = ''] = /\/panel\/assets\/[^"]+\/icon\.svg/.exec(page.text) ?? [];
    const named = await load(bench, icon);
    expect(named.headers.get('content-type')).toBe('image/svg+xml');
    const asked = await request(httpBench().app)
      .get('/favicon.ico')
      .expect(200)
      .expect('Content-Type', 'image/svg+xml');
    expect(String(asked.body)).toBe(named.text);
    expect(named.text).toMatch(/^<svg /);
    // Served as a page it would run nothing: there is nothing in it to run.
    expect(named.text).not.toMatch(/<script|href|on\w+=/);
  });

  it('is not packed for a request from elsewhere, whose sender could guess at what is in it by its size', async () => {
    const bench = panelBench();
    const page = (from: Record<string, string>) =>
      request(bench.app)
        .get(panelPath)
        .set({ Accept: 'text/html', 'Accept-Encoding': 'gzip', ...from });
    expect((await page({ 'Sec-Fetch-Site': 'cross-site' })).headers['content-encoding']).toBeUndefined();
    expect((await page({})).headers['content-encoding']).toBeUndefined();
    expect((await page({ 'Sec-Fetch-Site': 'same-site' })).headers['content-encoding']).toBe('gzip');
  });
});
