import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { startChromium } from './chromium';
import type { TestUser } from './forge-admin';
import { until } from './until';

/** Somebody at a browser, who finds things by what is written on them. */
export class PanelPerson {
  /** Faults of scripts, and what a policy refused. */
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly forgeUrl: string,
  ) {
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security|Refused to|ERR_BLOCKED/.test(message.text()))
        this.errors.push(message.text().slice(0, 300));
    });
  }

  static async start(forgeUrl: string): Promise<PanelPerson> {
    const browser = await startChromium();
    const context = await browser.newContext();
    return new PanelPerson(browser, context, await context.newPage(), forgeUrl);
  }

  /** The panel inside the forge's settings page. */
  get panel(): FrameLocator {
    return this.page.frameLocator('[data-headwater-panel] iframe');
  }

  /** Unless the forge knows them still. */
  async signInToForge(user: TestUser): Promise<void> {
    await this.page.goto(`${this.forgeUrl}/user/login`);
    if (new URL(this.page.url()).pathname !== '/user/login') return;
    await this.page.locator('input[name=user_name]').fill(user.name);
    await this.page.locator('input[name=password]').fill(user.password);
    await this.page.locator('form[action$="/user/login"] button').last().click();
    await this.page.waitForURL((url) => !url.pathname.startsWith('/user/login'));
  }

  /** The forge's question whether Headwater may know who this is. */
  consent(): Promise<void> {
    return this.page.locator('button[value=true], #authorize-app').first().click();
  }

  says(text: string | RegExp): Promise<void> {
    return this.panel.getByText(text).first().waitFor();
  }

  badge(word: string): Promise<void> {
    return this.panel.locator('.hw-badge', { hasText: word }).waitFor();
  }

  async press(name: string | RegExp): Promise<void> {
    const exact = typeof name === 'string';
    await this.#point(this.panel.getByRole('button', { name, exact }));
    await this.#answered();
  }

  async follow(name: RegExp): Promise<void> {
    await this.#point(this.panel.getByRole('link', { name }));
    await this.#answered();
  }

  /** What stands below a title that folds. */
  unfold(title: string | RegExp): Promise<void> {
    return this.#point(this.panel.getByText(title, { exact: typeof title === 'string' }));
  }

  async choose(label: string | RegExp): Promise<void> {
    await this.#point(this.field(label));
    await until(() => this.field(label).isChecked());
  }

  field(label: string | RegExp): Locator {
    return this.panel.getByLabel(label, { exact: label === 'Username' });
  }

  /** Until the panel is all there, its script too, and its frame as high (px) as its contents. */
  async still(): Promise<number> {
    const look = async (): Promise<number | null> => {
      const frame = await this.page.locator('[data-headwater-panel] iframe').boundingBox();
      const inside = await this.panel.locator('#hw').boundingBox();
      const ready = await this.panel.locator('body').evaluate('document.readyState');
      if (frame === null || inside === null || ready !== 'complete') return null;
      return Math.abs(frame.height - inside.height) < 24 ? frame.height : null;
    };
    let height: number | null = null;
    // A frame that goes on to another page cannot be asked.
    await until(async () => (height = await look().catch(() => null)) !== null);
    return height ?? 0;
  }

  /**
   * Quicker than any person, a press may come beside the frame, which news have just made move with the page around it; a
   * person sees that and presses again. One that has reached the panel is its own.
   */
  async #point(what: Locator): Promise<void> {
    do {
      await this.still();
      await this.panel.locator('html').evaluate(`(html) => {
        html.dataset.pressed = 'no';
        addEventListener('pointerdown', () => delete html.dataset.pressed, { capture: true, once: true });
      }`);
      await what.first().click();
    } while (await this.#missed());
  }

  async #missed(): Promise<boolean> {
    const asked = this.panel.locator('html[data-pressed=no]').count();
    return (await asked.catch(() => 0)) > 0;
  }

  /** What was asked for is there: words that stood there before are no answer. */
  #answered(): Promise<void> {
    // A frame that goes on to another page cannot be asked.
    return until(
      async () =>
        (await this.panel
          .locator('body[aria-busy]')
          .count()
          .catch(() => 1)) === 0,
    );
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
