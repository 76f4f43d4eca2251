// The parts of WebDriver BiDi that a test of the main path needs. Debian has no geckodriver, and playwright-core uses
// commands that Debian's Firefox does not support.

import { spawn } from 'node:child_process';
import { NodeWebSocket } from '../model/websocket.js';
import { atExit, scratch } from './server.js';
import { eventually } from './wait.js';

const ENTER = '\uE007';

export class Firefox {
  #process;
  #socket;
  #context;
  #number = 0;
  #answers = new Map();
  console = [];
  stderr = '';

  static async open() {
    const firefox = new Firefox();
    await firefox.#start();
    return firefox;
  }

  async #start() {
    this.#process = spawn(process.env.FIREFOX ?? 'firefox-esr', ['--headless', '--no-remote', '--profile', scratch(), '--remote-debugging-port', '0', 'about:blank'], { env: { ...process.env, HOME: scratch() } });
    atExit(() => this.#process.kill('SIGKILL'));
    this.#process.stderr.on('data', (data) => (this.stderr += data));
    this.#process.stdout.resume();
    const address = await eventually(() => this.stderr.match(/WebDriver BiDi listening on (ws:\S+)/)?.[1] ?? false, 'Firefox starts');
    this.#socket = new NodeWebSocket(`${address}/session`, []);
    await new Promise((done, failed) => {
      this.#socket.onopen = done;
      this.#socket.onclose = () => failed(new Error(`Firefox closed the connection: ${this.stderr}`));
      this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    });
    await this.#command('session.new', { capabilities: {} });
    await this.#command('session.subscribe', { events: ['log.entryAdded'] });
    const { contexts } = await this.#command('browsingContext.getTree', {});
    this.#context = contexts[0].context;
    await this.#command('browsingContext.setViewport', { context: this.#context, viewport: { width: 1200, height: 800 } });
  }

  #receive(object) {
    if (object.type === 'event') {
      const { level, text } = object.params;
      this.console.push(`${level}: ${text}`);
    } else {
      const { done, failed } = this.#answers.get(object.id);
      this.#answers.delete(object.id);
      if (object.type === 'success') {
        done(object.result);
      } else {
        failed(new Error(`${object.error}: ${object.message}`));
      }
    }
  }

  #command(method, params) {
    const id = ++this.#number;
    return new Promise((done, failed) => {
      this.#answers.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  goto(url) {
    return this.#command('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** The result of a function in the page. */
  async evaluate(action, ...args) {
    const { result, exceptionDetails } = await this.#command('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${action})(...${JSON.stringify(args)})))()`,
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.text);
    }
    return result.value === undefined ? undefined : JSON.parse(result.value);
  }

  async type(text) {
    const actions = [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]);
    await this.#command('input.performActions', { context: this.#context, actions: [{ type: 'key', id: 'keys', actions }] });
  }

  enter() {
    return this.type(ENTER);
  }

  async click(testid) {
    const at = await eventually(() => this.evaluate((wanted) => {
      const box = document.querySelector(`[data-testid="${wanted}"]`)?.getBoundingClientRect();
      return box?.width > 0 && { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
    }, testid), `${testid} appears`);
    await this.#command('input.performActions', {
      context: this.#context,
      actions: [{ type: 'pointer', id: 'mouse', actions: [{ type: 'pointerMove', ...at }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }] }],
    });
  }

  count(testid) {
    return this.evaluate((wanted) => document.querySelectorAll(`[data-testid="${wanted}"]`).length, testid);
  }

  text() {
    return this.evaluate(() => document.body.innerText);
  }

  sees(text) {
    return eventually(async () => {
      const here = await this.evaluate(() => [...document.querySelectorAll('[data-testid=message] .text')].map((each) => each.textContent));
      if (!here.includes(text)) {
        throw new Error(`Firefox does not show ${text}, but ${JSON.stringify(here)}`);
      }
    });
  }

  state() {
    return this.evaluate(() => document.documentElement.dataset.state);
  }

  async picture() {
    return Buffer.from((await this.#command('browsingContext.captureScreenshot', { context: this.#context })).data, 'base64');
  }

  close() {
    this.#process.kill('SIGKILL');
  }
}
