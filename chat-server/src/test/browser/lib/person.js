// A person with a browser.

import assert from 'node:assert/strict';
import { eventually } from './wait.js';

const WIDE = { width: 1200, height: 800 };

/** Messages of the browser about a lost server or network: not errors of the page. */
const EXPECTED = /net::ERR_|WebSocket connection to|Failed to load resource|TypeError: Failed to fetch/;

export class Person {
  console = [];
  problems = [];

  /**
   * @param {string} name
   * @param {{server: import('./server.js').Server, room: string|null, context?: object, keep?: boolean,
   *     browserContext?: import('playwright-core').BrowserContext, url?: string}} options
   */
  constructor(name, options) {
    this.name = name;
    this.options = options;
    this.server = options.server;
    this.room = options.room;
    this.context = options.browserContext;
  }

  async open(browser) {
    this.context ??= await browser.newContext({ viewport: WIDE, locale: 'en-GB', ...this.options.context });
    this.context.setDefaultTimeout(60_000);
    await this.#newPage();
    await this.options.prepare?.(this.page);
    if (this.options.enter === false) {
      await this.goto();
      return;
    }
    await this.goto();
    await this.enter();
  }

  async #newPage() {
    this.page = await this.context.newPage();
    this.watch(this.page);
    await this.page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
  }

  watch(page) {
    page.on('console', (message) => {
      const line = `${message.type()}: ${message.text()}`;
      this.console.push(line);
      if (message.type() === 'error' && !EXPECTED.test(line)) {
        this.problems.push(line);
      }
    });
    page.on('pageerror', (error) => {
      this.console.push(String(error.stack ?? error));
      this.problems.push(`exception: ${error.message}`);
    });
    page.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (!['blob:', 'data:'].includes(protocol) && host !== new URL(this.server.url).host) {
        this.problems.push(`request to another host: ${request.url()}`);
      }
      if (/[?#].*(token|[0-9a-f]{32})/i.test(request.url())) {
        this.problems.push(`secret in an address: ${request.url()}`);
      }
    });
  }

  goto(hash = this.room === null ? '' : `#${encodeURIComponent(this.room)}`) {
    return this.page.goto(`${this.server.url}/${hash}`);
  }

  /** Enters a name. */
  async enter() {
    await this.at('name-input').fill(this.name);
    await this.at('keep-me').setChecked(this.options.keep ?? false);
    await this.at('enter').click();
    await eventually(async () => {
      const problem = await this.page.evaluate(() => {
        const problem = document.querySelector('[data-testid=name-problem]');
        if (problem?.textContent.startsWith('Somebody else is')) {
          document.querySelector('[data-testid=enter]').click(); // a previous test may still hold the name
        }
        return problem?.textContent;
      });
      assert.equal(problem, undefined, 'the name is taken');
    });
    await this.live();
  }

  /** The same person in another tab. */
  async tab() {
    const other = new Person(this.name, { ...this.options, browserContext: this.context });
    other.problems = this.problems;
    other.console = this.console;
    await other.#newPage();
    await other.goto();
    return other;
  }

  /** Closes the tab, and opens another one later. */
  async reopen() {
    await this.page.close();
    await this.#newPage();
    await this.goto();
  }

  at(testid) {
    return this.page.getByTestId(testid);
  }

  live() {
    return eventually(async () => assert.equal(await this.page.evaluate(() => document.documentElement.dataset.state), 'live'));
  }

  /** Waits until the person has joined and opened a room. Not on a phone. */
  inside(room) {
    return eventually(() => this.page.evaluate(([name, me]) =>
      document.querySelector('#room-name').textContent === name && [...document.querySelectorAll('[data-testid=member]')].some((each) => each.dataset.name === me), [room, this.name]), `${this.name} is in ${room}`);
  }

  async write(text) {
    await this.at('composer').fill(text);
    await this.at('composer').press('Enter');
  }

  /** Posts a message, and waits for the acknowledgement. */
  async post(text) {
    await this.write(text);
    await this.sees(text);
    await eventually(async () => assert.equal(await this.at('pending').count(), 0, 'nothing is pending'));
  }

  message(text) {
    return this.at('message').filter({ hasText: text });
  }

  sees(text) {
    return this.message(text).first().waitFor();
  }

  /** The messages in the list, in order, without name and time. */
  texts() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('[data-testid=message]')].map((row) => ({ seq: Number(row.dataset.seq), text: row.querySelector('.text')?.textContent ?? row.textContent })));
  }

  async seqs() {
    return (await this.texts()).map((message) => message.seq);
  }

  /** True if an element is completely in the view of the list. */
  async inView(locator) {
    if ((await locator.count()) === 0) {
      return false;
    }
    const row = await locator.first().boundingBox();
    const list = await this.page.locator('#scroller').boundingBox();
    return row !== null && row.y >= list.y - 1 && row.y + row.height <= list.y + list.height + 1;
  }

  async focus() {
    return this.page.evaluate(() => {
      const it = document.activeElement;
      return it?.dataset.testid ?? it?.id ?? it?.tagName;
    });
  }

  cdp() {
    return this.context.newCDPSession(this.page);
  }
}
