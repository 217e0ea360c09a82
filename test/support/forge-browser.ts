/** One answer, after redirects were followed. */
export interface BrowserPage {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Cookie {
  readonly value: string;
  readonly host: string;
  readonly path: string;
  /** As the server sent it. */
  readonly attributes: string;
}

/** A browser without a window: cookies by host and path as browsers keep them, redirects, and the forge's forms. */
export class ForgeBrowser {
  readonly cookies = new Map<string, Cookie>();
  /** Every address that was gone to, in order. */
  readonly visited: string[] = [];

  constructor(private readonly forgeUrl: string) {}

  /** Goes to a page and follows redirects, at most until one leads to what `stopAt` matches. */
  async go(url: string, options: BrowserOptions = {}): Promise<BrowserPage> {
    let next = url;
    let { method = 'GET', form } = options;
    for (let hops = 0; hops < 20; hops += 1) {
      this.visited.push(next);
      const response = await fetch(next, {
        method,
        redirect: 'manual',
        headers: { accept: 'text/html,*/*;q=0.8', cookie: this.#cookiesFor(next), ...options.headers },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      });
      this.#keep(next, response);
      const location = response.headers.get('location');
      const page = { url: next, status: response.status, headers: response.headers, text: await response.text() };
      if (location === null || response.status < 300 || response.status >= 400) return page;
      const to = new URL(location, next).href;
      if (options.stopAt?.test(to) === true) return { ...page, url: to };
      next = to;
      method = 'GET';
      form = undefined;
    }
    throw new Error(`more than 20 redirects from ${url}`);
  }

  /** Signs in to the forge with its own form. */
  async signInToForge(user: { readonly name: string; readonly password: string }): Promise<void> {
    const page = await this.go(`${this.forgeUrl}/user/login`);
    const form = { _csrf: hiddenField(page.text, '_csrf') ?? '', user_name: user.name, password: user.password };
    await this.go(`${this.forgeUrl}/user/login`, { method: 'POST', form, stopAt: /^/ });
  }

  /** Goes to a page, and consents where the forge asks for it. */
  async goConsenting(url: string, options: BrowserOptions = {}): Promise<BrowserPage> {
    const page = await this.go(url, options);
    if (!page.text.includes('/login/oauth/grant')) return page;
    const form = { ...hiddenFields(page.text), granted: 'true' };
    return this.go(`${this.forgeUrl}/login/oauth/grant`, { ...options, method: 'POST', form });
  }

  /** The browser is closed and opened again, for all but the forge. */
  forget(name: RegExp): void {
    for (const key of [...this.cookies.keys()]) if (name.test(key)) this.cookies.delete(key);
  }

  cookie(name: RegExp): Cookie | undefined {
    return [...this.cookies].find(([key]) => name.test(key))?.[1];
  }

  #cookiesFor(url: string): string {
    const { hostname, pathname } = new URL(url);
    return [...this.cookies]
      .filter(([, { host, path }]) => host === hostname && pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  #keep(url: string, response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */);
      const [name = '', ...rest] = pair.split('=');
      const attribute = (wanted: string) =>
        attributes.find((entry) => entry.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const expires = attribute('expires');
      const gone = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
      if (gone) this.cookies.delete(name);
      else
        this.cookies.set(name, {
          value: rest.join('='),
          host: new URL(url).hostname,
          path: attribute('path') ?? '/',
          attributes: attributes.join('; '),
        });
    }
  }
}

export interface BrowserOptions {
  readonly method?: 'GET' | 'POST';
  readonly form?: Record<string, string> | undefined;
  readonly headers?: Record<string, string>;
  readonly stopAt?: RegExp;
}

function hiddenField(html: string, name: string): string | undefined {
  return hiddenFields(html)[name];
}

/** The hidden fields of the first form that sends to the forge's grant, or of the whole page. */
function hiddenFields(html: string): Record<string, string> {
  const start = html.indexOf('/login/oauth/grant');
  const part = start < 0 ? html : html.slice(html.lastIndexOf('<form', start), html.indexOf('</form>', start));
  const inputs = part.match(/<input[^>]*>/g) ?? [];
  return Object.fromEntries(
    inputs
      .map((input) => [attributeOf(input, 'name'), attributeOf(input, 'value') ?? ''])
      .filter((pair): pair is [string, string] => pair[0] !== undefined),
  );
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return value
    ?.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
