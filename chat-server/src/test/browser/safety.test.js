// Hostile messages and sites: what the page must not do.

import assert from 'node:assert/strict';
import { scenario, server } from './lib/scenario.js';
import { Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

const MARKUP = [
  '<script>window.owned = 1</script>',
  '<img src=x onerror="window.owned = 1">',
  '<svg onload="window.owned = 1"><a xlink:href="javascript:window.owned = 1">x</a></svg>',
  '<iframe srcdoc="<script>parent.owned = 1</script>"></iframe>',
  '"><b onmouseover="window.owned = 1">b</b>',
  '```html\n</code></pre><script>window.owned = 1</script>\n```',
  '`</code><img src=x onerror=window.owned=1>`',
  'https://example.org/"onmouseover="window.owned=1',
  'javascript:window.owned=1 data:text/html,<script>window.owned=1</script> vbscript:x',
  'https://example.org/<script>window.owned=1</script>',
  '{{constructor.constructor("window.owned = 1")()}} ${window.owned = 1}',
  '&lt;script&gt;window.owned = 1&lt;/script&gt;',
  '\u0000\u0001\u001b[2J\u001b]0;owned\u0007',
];
const BIDI = '\u202Eevil\u202C \u2066nested\u2067\u2068 \u061C\u200F never closed \u202E\u202D\u2067';
const ZALGO = `Z${'\u0300\u0315\u031B\u0328\u0338\u0489'.repeat(60)}a${'\u0316\u0317'.repeat(100)}lgo`;
const LONG = 64 * 1024;

/** The page responds to a key, within a frame or two. */
async function responds(person) {
  await person.at('composer').fill('still here');
  await eventually(async () => assert.equal(await person.at('composer').inputValue(), 'still here'));
  await person.at('composer').fill('');
  await person.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** No row overlaps another or widens the page. */
async function staysInItsBox(person) {
  const found = await person.page.evaluate(() => {
    const scroller = document.querySelector('#scroller');
    const problems = [];
    if (scroller.scrollWidth > scroller.clientWidth + 1) {
      problems.push(`the list is ${scroller.scrollWidth} wide in ${scroller.clientWidth}`);
    }
    if (document.documentElement.scrollWidth > window.innerWidth) {
      problems.push('the page scrolls sideways');
    }
    const rows = [...document.querySelectorAll('[data-testid=message]')];
    for (let i = 1; i < rows.length; i++) {
      if (rows[i].getBoundingClientRect().top < rows[i - 1].getBoundingClientRect().bottom - 1) {
        problems.push(`row ${rows[i].dataset.seq} begins in the one before`);
      }
    }
    return problems;
  });
  assert.deepEqual(found, []);
}

scenario('markup in messages is only text', async (scene) => {
  const mallory = await Talker.in(await server(), '<img src=x onerror=window.owned=1>', scene.room);
  scene.end(() => mallory.close());
  const alice = await scene.person('alice');
  await mallory.posts(scene.room, MARKUP);
  await mallory.topic(scene.room, '<script>window.owned = 1</script>');
  await mallory.posts(scene.room, ['@alice </span><script>window.owned = 1</script> the end']);
  await alice.sees('the end');
  await eventually(async () => assert.match(await alice.at('topic').innerText(), /<script>/));
  const list = await alice.at('messages').innerText();
  for (const text of MARKUP.slice(0, 5)) {
    assert.ok(list.includes(text), `shown literally: ${text}`);
  }
  await alice.at('message').first().hover();
  await alice.at('search-open').click();
  await alice.at('search-input').fill('owned');
  await alice.at('search-input').press('Enter');
  await alice.at('search-result').first().waitFor();
  assert.equal(await alice.page.evaluate(() => window.owned), undefined, 'no script has run');
  assert.equal(await alice.page.locator('#messages script, #messages img, #messages iframe, #messages b').count(), 0);
  const hrefs = await alice.page.locator('#messages .text a').evaluateAll((all) => all.map((each) => each.getAttribute('href')));
  assert.ok(hrefs.every((href) => /^https?:\/\//.test(href)), hrefs.join(' '));
  assert.doesNotMatch(list, /\u001b|\u0007|\u0000/, 'control characters are made visible');
  await staysInItsBox(alice);
});

scenario('direction controls and stacked marks stay within their message', async (scene) => {
  const mallory = await Talker.in(await server(), `mal\u0327lory`, scene.room);
  scene.end(() => mallory.close());
  const alice = await scene.person('alice');
  await mallory.posts(scene.room, ['before', BIDI, ZALGO, 'שלום עולם abc', 'after']);
  await alice.sees('after');
  const shown = await alice.at('messages').innerText();
  assert.doesNotMatch(shown, /[\u202A-\u202E]/, 'overrides are made visible');
  await staysInItsBox(alice);
  const heights = await alice.page.evaluate(() => [...document.querySelectorAll('[data-testid=message] .text')].map((each) => each.getBoundingClientRect().height));
  assert.ok(Math.max(...heights) < 200, `no high stacks: ${heights}`);
  const after = alice.message('after').last();
  assert.equal(await after.locator('.text').evaluate((it) => getComputedStyle(it).direction), 'ltr');
  const { x } = await alice.message('before').locator('.text').boundingBox();
  assert.equal((await after.locator('.text').boundingBox()).x, x, 'the next message is in place');
});

scenario('messages of 64 KiB are folded, and the page responds', async (scene) => {
  const mallory = await Talker.in(await server(), 'mallory', scene.room);
  scene.end(() => mallory.close());
  const alice = await scene.person('alice');
  const lines = ['x'.repeat(LONG), 'word '.repeat(LONG / 5), '\n'.repeat(LONG), '`'.repeat(LONG), 'http://a.b/'.repeat(LONG / 11), '@alice '.repeat(LONG / 7), '<b>'.repeat(LONG / 3), '```\n'.repeat(LONG / 4), '\u202e'.repeat(LONG / 3), '🙂'.repeat(LONG / 4), 'a\u0301'.repeat(LONG / 3)];
  for (const line of lines) {
    await mallory.posts(scene.room, [line.slice(0, LONG)]);
  }
  await mallory.posts(scene.room, ['that was all']);
  await alice.sees('that was all');
  await responds(alice);
  await staysInItsBox(alice);
  const heights = await alice.page.evaluate(() => [...document.querySelectorAll('[data-testid=message]')].map((each) => each.getBoundingClientRect().height));
  assert.ok(Math.max(...heights) < 1200, `folded: ${heights}`);
  const nodes = await alice.page.evaluate(() => document.querySelectorAll('#messages *').length);
  assert.ok(nodes < 20_000, `${nodes} nodes`);
});

scenario('a thousand messages a second: the page responds and stays small', async (scene) => {
  const own = await scene.server('--messages-per-second', '0');
  const mallory = await Talker.in(own, 'mallory', scene.room);
  scene.end(() => mallory.close());
  const alice = await scene.person('alice', { server: own });
  let going = true;
  let sent = 0;
  const flood = (async () => {
    while (going) {
      const began = Date.now();
      await mallory.posts(scene.room, Array.from({ length: 100 }, () => `<b>flood</b> ${++sent} @alice`));
      await new Promise((done) => setTimeout(done, Math.max(0, 100 - (Date.now() - began)))); // a hundred per tenth of a second
    }
  })();
  await eventually(() => sent >= 2000);
  await responds(alice);
  await alice.write('I can still talk'); // scrolls by too fast for the test to see
  await eventually(async () => {
    const { messages } = JSON.parse(await own.curl(`/api/search?q=still&room=${scene.room}`));
    assert.deepEqual(messages.map((each) => each.from), ['alice']);
  });
  await eventually(() => sent >= 5000);
  await responds(alice);
  const nodes = await alice.page.evaluate(() => document.querySelectorAll('*').length);
  assert.ok(nodes < 20_000, `${nodes} nodes`);
  going = false;
  await flood;
  await mallory.posts(scene.room, ['the last one']);
  await alice.sees('the last one');
  const seqs = await alice.seqs();
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  await eventually(() => alice.inView(alice.message('the last one').last()), 'the list follows');
});

scenario('the token is stored only if the user agrees, and is never in an address', async (scene) => {
  const own = await scene.server();
  const stored = (person) => person.page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, await indexedDB.databases(), await caches.keys()]));

  for (const keep of [false, true]) {
    const name = keep ? 'keeper' : 'passer';
    const tokens = [];
    const prepare = (page) => page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
      const object = JSON.parse(payload);
      if (object.type === 'owned') {
        tokens.push(object.token);
      }
    }));
    const person = await scene.person(name, { server: own, keep, prepare });
    await person.write('/claim');
    await person.at('claim-dialog').waitFor();
    assert.equal(await person.at('claim-keep').isChecked(), keep);
    await person.at('claim-yes').click();
    await eventually(() => tokens.length > 0, 'a token is received');
    await eventually(async () => assert.equal(await person.page.evaluate(() => document.querySelector('#me').innerText.includes('guest')), false));
    const everything = await stored(person);
    assert.equal(everything.includes(tokens[0]), keep, everything);
    assert.ok(!person.page.url().includes(tokens[0]));
    await person.page.keyboard.press('Escape');
    if (keep) {
      await person.page.reload();
      await person.live();
      assert.ok(!person.page.url().includes(tokens[0]));
    }
  }
});

scenario('all responses have the security headers, and other sites get nothing', async (scene) => {
  const alice = await scene.person('alice');
  const own = await server();
  const assets = await alice.page.evaluate(() => performance.getEntriesByType('resource').map((each) => new URL(each.name).pathname));
  assert.ok(assets.length >= 3, String(assets));
  for (const path of ['/', '/sw.js', '/manifest.webmanifest', '/robots.txt', '/no-such-page', '/api/rooms', ...new Set(assets.filter((each) => each !== '/ws'))]) {
    const response = await fetch(`${own.url}${path}`);
    await response.arrayBuffer();
    const { headers } = response;
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
    assert.equal(headers.get('set-cookie'), null, path);
  }
  // the page of another server in the same browser
  const other = await scene.server();
  const stranger = await scene.person('stranger', { server: other, enter: false });
  const opened = await stranger.page.evaluate((url) => new Promise((done) => {
    const socket = new WebSocket(url, 'chatroom.2');
    socket.onopen = () => done('open');
    socket.onerror = () => done('refused');
  }), `ws://127.0.0.1:${own.port}/ws`).catch((e) => String(e));
  assert.notEqual(opened, 'open');
  await eventually(() => stranger.problems.length === 2, 'the policy of the other page refuses, too: an error in the console and an event');
  stranger.problems.length = 0;
  const upgrade = await own.curl('/ws', '-i', '-H', 'Connection: Upgrade', '-H', 'Upgrade: websocket', '-H', 'Sec-WebSocket-Version: 13', '-H', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '-H', 'Sec-WebSocket-Protocol: chatroom.2', '-H', `Origin: ${other.url}`);
  assert.match(upgrade, /^HTTP\/1\.1 403/);
  const written = await own.curl(`/api/rooms/${scene.room}/messages?name=mallory`, '-i', '-H', `Origin: ${other.url}`, '-d', 'x');
  assert.match(written, /^HTTP\/1\.1 403/);
});
