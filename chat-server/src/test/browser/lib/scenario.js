// A test with people in browsers. All fail on errors in the page, violations of its policy, and requests to other hosts.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Person } from './person.js';
import { OUT, Server } from './server.js';

const LIMIT_MILLIS = 180_000;

mkdirSync(OUT, { recursive: true });

let browser_;
let server_;
let rooms = 0;

/** One browser for all tests. */
export function browser() {
  browser_ ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
  return browser_;
}

/** The server of all tests that do not stop it; each uses rooms of its own. */
export function server() {
  server_ ??= Server.started(['--messages-per-second', '0', '--data', 'off']);
  return server_;
}

after(async () => {
  await (await browser_)?.close();
  await (await server_)?.kill();
});

class Scenario {
  people = [];
  #ends = [];

  constructor(name) {
    this.name = name;
    this.room = `r${++rooms}`;
  }

  /** A person with a browser context, by default in the room of this test. */
  async person(name, options = {}) {
    const person = new Person(name, { room: this.room, server: options.server ?? (await server()), ...options });
    this.people.push(person);
    await person.open(await browser());
    return person;
  }

  /** A server that this test may stop. */
  async server(...args) {
    const own = await Server.started(args);
    this.end(() => own.kill());
    return own;
  }

  end(action) {
    this.#ends.push(action);
  }

  async close() {
    for (const person of this.people) {
      await person.context?.close().catch(() => {});
    }
    for (const action of this.#ends.reverse()) {
      await action();
    }
  }

  async report() {
    const lines = [];
    for (const person of this.people) {
      const file = join(OUT, `${this.name} ${person.name}.png`.replace(/[^\w.-]+/g, '-'));
      await person.page?.screenshot({ path: file, timeout: 10_000 }).catch(() => {});
      const text = await person.page?.evaluate(() => document.body.innerText).catch((e) => String(e));
      lines.push(`--- ${person.name}, ${file}`, String(text).slice(-3000), '--- console', ...person.console.slice(-40));
    }
    const server = await server_;
    lines.push('--- server', server ? server.log.slice(-2000) : '');
    writeFileSync(join(OUT, `${this.name}.txt`.replace(/[^\w.-]+/g, '-')), lines.join('\n'));
    console.error(lines.join('\n'));
  }
}

/**
 * @param {string} name
 * @param {(scenario: Scenario, test: import('node:test').TestContext) => Promise<void>} body
 */
export function scenario(name, body, options = {}) {
  test(name, { timeout: LIMIT_MILLIS, ...options }, async (t) => {
    const scene = new Scenario(name);
    try {
      await body(scene, t);
      for (const person of scene.people) {
        assert.deepEqual(person.problems, [], `problems of ${person.name}`);
        assert.deepEqual(await person.context.cookies(), [], 'no cookies');
      }
    } catch (e) {
      await scene.report();
      throw e;
    } finally {
      await scene.close();
    }
  });
}
