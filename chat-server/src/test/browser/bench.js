#!/usr/bin/env node
// Measures the cost of the page. Run it on a quiet machine; it never fails for being slow.
//
//     node chat-server/src/test/browser/bench.js                  # both parts, two minutes
//     node chat-server/src/test/browser/bench.js tab --minutes 60 --rate 50
//     node chat-server/src/test/browser/bench.js phone --runs 9
//
// tab: a room with a constant rate of messages, in a visible tab and in a hidden one. Prints four times: the memory of the
// tab (private memory of its process, and heap), its share of one core, and its DOM nodes.
// phone: the time from opening the address until the first message is visible, on a slow phone: a quarter of this
// processor's speed, 1.6 Mbit/s down, 750 kbit/s up, 150 ms round trip (what Lighthouse calls slow 4G); first with an empty
// browser, then for a second visit. Prints the median and the worst.
//
// It needs what test.sh needs, which also installs the modules.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { Person } from './lib/person.js';
import { Server } from './lib/server.js';
import { Talker, numbered } from './lib/talker.js';
import { eventually } from './lib/wait.js';

const SLOW = { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (750e3 / 8) * 0.9 };
const SLOWER = 4;
const TICKS = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '1' }, rate: { type: 'string', default: '20' }, runs: { type: 'string', default: '5' } },
});
const what = positionals[0] ?? 'both';

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
const server = await Server.started(['--messages-per-second', '0']);

/** Private memory and processor time of the process of a tab. */
function costs(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const own = [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB/gm)].reduce((sum, [, kib]) => sum + Number(kib), 0);
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return { mib: own / 1024, seconds: (Number(fields[11]) + Number(fields[12])) / TICKS };
}

function renderers() {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
    } catch {
      return false;
    }
  });
}

async function person(name, room) {
  const before = new Set(renderers());
  const it = new Person(name, { server, room });
  await it.open(browser);
  return { it, cdp: await it.cdp(), pid: renderers().filter((pid) => !before.has(pid)) };
}

async function tab() {
  const seen = await person('alice', 'busy');
  const hidden = await person('carol', 'busy');
  await hidden.it.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.hasFocus = () => false;
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const bob = await Talker.in(server, 'bob', 'busy');
  const end = Date.now() + Number(values.minutes) * 60_000;
  const began = Date.now();
  const rate = Number(values.rate);
  let sent = 0;
  const report = async (tabs, since) => {
    for (const [name, { it, cdp, pid }] of Object.entries(tabs)) {
      await cdp.send('HeapProfiler.enable');
      await cdp.send('HeapProfiler.collectGarbage');
      const { usedSize } = await cdp.send('Runtime.getHeapUsage');
      const nodes = await it.page.evaluate(() => document.querySelectorAll('*').length);
      const now = pid.filter((each) => existsSync(`/proc/${each}/smaps_rollup`)).map(costs).reduce((a, b) => ({ mib: a.mib + b.mib, seconds: a.seconds + b.seconds }), { mib: 0, seconds: 0 });
      const share = since[name] ? (100 * (now.seconds - since[name].seconds)) / ((Date.now() - since[name].at) / 1000) : 0;
      console.log(`${name.padEnd(7)} ${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${String(sent).padStart(8)} messages  ${now.mib.toFixed(0).padStart(4)} MiB of its process  ${(usedSize / 2 ** 20).toFixed(1).padStart(5)} MiB of heap  ${String(nodes).padStart(5)} nodes  ${share.toFixed(1).padStart(5)} % of a core`);
      since[name] = { ...now, at: Date.now() };
    }
  };
  const tabs = { seen, hidden };
  const since = {};
  await report(tabs, since);
  let next = began + (end - began) / 4;
  while (Date.now() < end) {
    const due = Math.floor(((Date.now() - began) / 1000) * rate);
    while (sent < due) {
      bob.post('busy', `message ${++sent}: some text with \`code\` and https://example.org/${sent}, now and then to @alice`);
    }
    await bob.acknowledged();
    await new Promise((done) => setTimeout(done, 20));
    if (Date.now() >= next) {
      await report(tabs, since);
      next += (end - began) / 4;
    }
  }
  await report(tabs, since);
  bob.close();
  await seen.it.context.close();
  await hidden.it.context.close();
}

async function phone() {
  const bob = await Talker.in(server, 'bob', 'phone');
  await bob.posts('phone', numbered('hello, number', 1, 60));
  bob.close();
  const times = { 'first visit': [], 'second visit': [] };
  for (let run = 0; run < Number(values.runs); run++) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
    const measured = async (enter) => {
      const page = await context.newPage();
      const cdp = await context.newCDPSession(page);
      await cdp.send('Network.enable');
      await cdp.send('Network.emulateNetworkConditions', SLOW);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
      await page.goto(`${server.url}/#phone`, { waitUntil: 'commit' });
      const began = await page.evaluate(() => performance.timeOrigin);
      let typing = 0;
      if (enter) {
        const name = page.getByTestId('name-input');
        await name.waitFor();
        const from = Date.now();
        await name.fill(`phone${run}`);
        await page.getByTestId('keep-me').setChecked(true);
        typing = Date.now() - from;
        await page.getByTestId('enter').click();
      }
      await page.getByTestId('message').first().waitFor();
      const seen = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(performance.timeOrigin + performance.now()))));
      await eventually(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)));
      await page.close();
      return seen - began - typing;
    };
    times['first visit'].push(await measured(true));
    times['second visit'].push(await measured(false));
    await context.close();
  }
  for (const [name, all] of Object.entries(times)) {
    all.sort((a, b) => a - b);
    console.log(`${name}: first message visible after ${(all[all.length >> 1] / 1000).toFixed(2)} s, worst ${(all.at(-1) / 1000).toFixed(2)} s (${all.length} runs)`);
  }
}

try {
  if (what !== 'phone') {
    await tab();
  }
  if (what !== 'tab') {
    await phone();
  }
} finally {
  await browser.close();
  await server.kill();
}
