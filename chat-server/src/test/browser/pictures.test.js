// Creates the pictures of README.md and page.md; test.sh --pictures copies them to docs/images.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { browser, scenario } from './lib/scenario.js';
import { OUT, ROOT, Terminal } from './lib/server.js';
import { Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

const MOST_BYTES = 100_000;

async function talked(scene, own) {
  const post = async (name, ...texts) => {
    const talker = await Talker.in(own, name, 'lobby');
    scene.end(() => talker.close());
    if (name !== 'ci') {
      await talker.claim();
    }
    await talker.posts('lobby', texts);
    return talker;
  };
  const bob = await post('bob', 'good morning', 'is the release out?');
  const eve = await post('eve', 'an hour ago: https://example.org/releases/2.1');
  await eve.topic('lobby', 'Release 2.1');
  await post('ci', 'main is green:\n```\nTests run: 2410, Failures: 0\n```');
  bob.post('lobby', 'then I write the notes. Who reads `CHANGELOG.md` again?', { replyTo: 3 });
  await bob.acknowledged();
  const dev = await Talker.in(own, 'dora', 'dev');
  scene.end(() => dev.close());
  return { bob, eve, dev };
}

async function prepare(page) {
  await eventually(() => page.evaluate(() => (document.querySelector('#room-lists [aria-current]').dataset.unread ?? '0') === '0'), 'the open room is read');
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    const name = document.querySelector('#server-name'); // the address of this test, which the page may set again
    const shown = name.cloneNode();
    shown.removeAttribute('id');
    shown.textContent = 'chat.example.org';
    name.before(shown);
    name.style.display = 'none';
    document.querySelector('#toasts').replaceChildren();
  });
}

async function picture(page, name) {
  const file = join(OUT, 'pictures', `${name}.png`);
  mkdirSync(join(OUT, 'pictures'), { recursive: true });
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  const { size } = statSync(file);
  assert.ok(size > 5_000 && size <= MOST_BYTES, `${file} has ${size} bytes`);
  if (process.env.PICTURES === 'keep') {
    mkdirSync(join(ROOT, 'docs/images'), { recursive: true });
    copyFileSync(file, join(ROOT, 'docs/images', `${name}.png`));
  }
}

for (const [name, context] of [
  ['page-wide', { viewport: { width: 1120, height: 640 }, colorScheme: 'light' }],
  ['page-phone', { viewport: { width: 390, height: 720 }, isMobile: true, hasTouch: true, colorScheme: 'dark' }],
]) {
  scenario(`picture: ${name}`, async (scene) => {
    const own = await scene.server();
    const { dev } = await talked(scene, own);
    const alice = await scene.person('alice', { server: own, room: 'dev', context, keep: true });
    await alice.write('/claim');
    await alice.at('claim-yes').click();
    await eventually(async () => assert.doesNotMatch(await alice.page.locator('#me').textContent(), /guest/));
    await alice.page.keyboard.press('Escape');
    await alice.at('claim-dialog').waitFor({ state: 'detached' });
    await alice.goto('#lobby');
    await alice.sees('CHANGELOG.md');
    await dev.posts('dev', ['@alice tests are green']);
    await alice.post('I do');
    await eventually(async () => assert.match(await alice.page.title(), /1/));
    await prepare(alice.page);
    await picture(alice.page, name);
  });
}

const COLOURS = ['#c9d1d9', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#f0f6fc'];

/** The screen of a terminal, with its colours, as markup. */
function terminalMarkup(screen) {
  const escaped = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
  let style = '';
  return screen
    .split(/(\x1b\[[\d;]*m)/)
    .map((piece) => {
      const codes = piece.match(/^\x1b\[([\d;]*)m$/);
      if (!codes) {
        return piece && `<span style="${style}">${escaped(piece)}</span>`;
      }
      for (const code of codes[1].split(';').map(Number)) {
        if (code === 0 || code === 39) {
          style = '';
        } else if (code === 1) {
          style += 'font-weight:bold;';
        } else if (code === 2) {
          style += 'opacity:.6;';
        } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
          style += `color:${COLOURS[code % 10]};`;
        }
      }
      return '';
    })
    .join('');
}

scenario('picture: together', async (scene) => {
  const own = await scene.server();
  const terminal = new Terminal(own, 'carol', 'lobby');
  scene.end(() => terminal.close());
  await terminal.open(58, 25);
  await terminal.shows('connected to');
  await terminal.type('/claim');
  await terminal.shows('is yours here now');
  await terminal.type('/clear');
  await talked(scene, own);
  const context = { viewport: { width: 700, height: 500 }, colorScheme: 'light' };
  const alice = await scene.person('alice', { server: own, room: 'lobby', context });
  await alice.post('I do');
  await terminal.shows('I do');
  await terminal.type('so do I, from a terminal');
  await alice.sees('so do I, from a terminal');
  await own.post('lobby', 'deploy', 'done, by curl');
  await alice.sees('done, by curl');
  await terminal.shows('done, by curl');
  await prepare(alice.page);
  const page = (await alice.page.screenshot({ animations: 'disabled', caret: 'hide' })).toString('base64');
  const screen = (await terminal.styledScreen()).replaceAll(`127.0.0.1:${own.port}`, 'chat.example.org');
  const both = await (await browser()).newPage({ viewport: { width: 1240, height: 532 } });
  scene.end(() => both.close());
  await both.setContent(`<!doctype html><style>
    body { margin: 0; padding: 16px; display: flex; gap: 16px; background: #d8dee9; }
    img, pre { height: 500px; border-radius: 8px; }
    pre { margin: 0; padding: 14px; box-sizing: border-box; flex: 1; overflow: hidden;
      background: #0d1117; color: #c9d1d9; font: 13px/19px "DejaVu Sans Mono", monospace; }
    </style><img src="data:image/png;base64,${page}"><pre>${terminalMarkup(screen)}</pre>`);
  await picture(both, 'together');
});
