import AxeBuilder from '@axe-core/playwright';
import { Octokit } from '@octokit/rest';
import type { Browser } from 'playwright-core';
import request from 'supertest';
import { runInNewContext } from 'node:vm';
import { listen, type Listening } from '../../../src/http/listen';
import { curlOf, octokitOf } from '../../../src/http/openapi/docs/docs-examples';
import { allOperations } from '../../../src/http/openapi/operations';
import { describeChromium, startChromium } from '../../support/chromium';
import { httpBench } from './http-bench';

const operations = allOperations();

describe('GET /api/docs', () => {
  let page = '';
  beforeAll(async () => {
    page = (await request(httpBench().app).get('/api/docs')).text;
  });
  const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, found = '']) => found);

  it('is for anybody, loads nothing but its own style sheet, and runs no script', async () => {
    const answer = await request(httpBench().app).get('/api/docs');
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(all(/(?:src|href)="([^"#][^"]*)"/g)).toEqual(['docs/style.css', 'openapi.json']);
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
    const style = await request(httpBench().app).get('/api/docs/style.css');
    expect([style.status, style.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
    expect(style.text).not.toMatch(/url\(|@import/);
  });

  it('tells every call once, and every link leads to something on it', () => {
    const places = all(/\sid="([^"]+)"/g);
    expect(new Set(places).size).toBe(places.length);
    for (const { id } of operations) expect(places).toContain(id);
    const links = [...new Set(all(/href="#([^"]+)"/g))];
    expect(links.length).toBeGreaterThan(operations.length);
    expect(links.filter((link) => !places.includes(link))).toEqual([]);
  });

  it('tells of every call what it needs, how it fails and how it is made', () => {
    for (const operation of operations) {
      const call = page.split(`<article id="${operation.id}">`)[1]?.split('</article>')[0] ?? '';
      expect([operation.id, call]).toEqual([operation.id, expect.stringContaining('class="needs"')]);
      for (const status of Object.keys(operation.answers)) expect(call).toContain(`<code>${status}</code>`);
      if (operation.id !== 'takeForgeDelivery')
        expect([operation.id, call]).toEqual([operation.id, expect.stringContaining('curl')]);
    }
    for (const code of new Set(operations.flatMap(({ faults }) => faults)))
      expect(page).toContain(`<code>${code}</code>`);
  });

  it('has a page for each address under which the server is reached', async () => {
    let url = 'https://one.example';
    const { app } = httpBench({ publicUrl: () => url });
    expect((await request(app).get('/api/docs')).text).toContain('https://one.example/api/v1');
    url = 'https://two.example';
    expect((await request(app).get('/api/docs')).text).toContain('https://two.example/api/v1');
  });
});

describe('the examples', () => {
  const ofApi = operations.filter(({ path }) => path.startsWith('/api/v1/'));

  it.each(ofApi.map((operation) => [operation.id, operation] as const))(
    'with octokit and with curl send %s alike, and the token nowhere else',
    async (_id, operation) => {
      const sent: { url: string; method: string; body: unknown }[] = [];
      const octokit = new Octokit({
        auth: 'token-of-the-caller',
        baseUrl: 'https://headwater.example/api/v1',
        request: {
          fetch: async (url: string, { method = 'GET', body }: RequestInit) => {
            sent.push({ url, method, body: typeof body === 'string' ? JSON.parse(body) : undefined });
            return new Response('{}', { headers: { 'content-type': 'application/json' } });
          },
        },
      });
      await runInNewContext(`(async () => { ${octokitOf(operation) ?? ''} })()`, { octokit });
      const curl = curlOf(operation, 'https://headwater.example') ?? '';
      const [, url] = /^curl .*'(https:[^']+)'/.exec(curl) ?? [];
      const [, body] = /-d '(.*)'$/.exec(curl) ?? [];
      const [, method = 'GET'] = /-X (\w+)/.exec(curl) ?? [];
      expect(sent).toEqual([{ url, method, body: body === undefined ? undefined : JSON.parse(body) }]);
      expect(method.toLowerCase()).toBe(operation.method);
      if (operation.body !== null) expect(operation.body.schema.safeParse(sent[0]?.body ?? {}).success).toBe(true);
    },
  );
});

describeChromium('the documentation as axe sees it', () => {
  let browser: Browser;
  let server: Listening;
  beforeAll(async () => {
    browser = await startChromium();
    server = await listen(httpBench().app, { host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close(1000);
  });

  it.each([
    ['light', 1180],
    ['dark', 390],
  ] as const)('has no fault in %s at a width of %d px, without script', async (colorScheme, width) => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.goto(`${server.url}/api/docs`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    // axe takes half a minute for all of it, and calls are alike: the first ones of each group stand for the others.
    await page.evaluate("document.querySelectorAll('article:nth-of-type(n + 3)').forEach((call) => call.remove())");
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))).toEqual([]);
    expect(refused).toEqual([]);
    await context.close();
  });
});
