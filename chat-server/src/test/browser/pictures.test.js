// The pictures of the README: test.sh --pictures puts them into docs/images.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from './lib/scenario.js';
import { OUT, ROOT } from './lib/server.js';
import { Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

const MOST_BYTES = 100_000;

async function talked(scene, own) {
  const say = async (name, ...texts) => {
    const talker = await Talker.in(own, name, 'lobby');
    scene.end(() => talker.close());
    if (name !== 'ci') {
      await talker.claim();
    }
    await talker.posts('lobby', texts);
    return talker;
  };
  const bob = await say('bob', 'good morning', 'is the release out?');
  const eve = await say('eve', 'an hour ago: https://example.org/releases/2.1');
  await eve.topic('lobby', 'Release 2.1');
  await say('ci', 'main is green:\n```\nTests run: 2410, Failures: 0\n```');
  bob.post('lobby', 'then I write the notes. Who reads `CHANGELOG.md` again?', { replyTo: 3 });
  await bob.acknowledged();
  const dev = await Talker.in(own, 'dora', 'dev');
  scene.end(() => dev.close());
  return { bob, eve, dev };
}

async function picture(person, name) {
  const file = join(OUT, 'pictures', `${name}.png`);
  mkdirSync(join(OUT, 'pictures'), { recursive: true });
  await person.page.mouse.move(0, 0);
  await person.page.evaluate(() => {
    document.querySelector('#server-name').textContent = 'chat.example.org'; // not where this test happens to be
    document.querySelector('#toasts').replaceChildren();
  });
  await person.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
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
    await alice.say('I do');
    await eventually(async () => assert.match(await alice.page.title(), /1/));
    await picture(alice, name);
  });
}
