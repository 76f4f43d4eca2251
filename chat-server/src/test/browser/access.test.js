// Accessibility: keyboard, screen reader, touch, both colour schemes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { scenario, server } from './lib/scenario.js';
import { numbered, Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const SMALL = { ...PHONE, viewport: { width: 320, height: 568 } };

/** Minimum size of a touch target in CSS pixels, as the makers of phones recommend. */
const THUMB = 44;

async function axe(person, where) {
  await person.page.evaluate(AXE);
  await person.page.evaluate(() => Promise.allSettled(document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime < 10_000).map((each) => each.finished)));
  const found = await person.page.evaluate(async () => {
    const results = await window.axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } });
    return results.violations.map((each) => `${each.id}: ${each.help}: ${each.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join('; ')}`);
  });
  assert.deepEqual(found, [], `findings of axe ${where}`);
}

async function talked(scene) {
  const bob = await Talker.in(await server(), 'bob', scene.room);
  scene.end(() => bob.close());
  await bob.posts(scene.room, ['hello `code` https://example.org/ and @alice', '```\nblock\n```', ...numbered('line', 1, 5)]);
  bob.post(scene.room, 'an answer', { replyTo: 1 });
  await bob.acknowledged();
  await bob.topic(scene.room, 'What we talk about');
  return bob;
}

for (const colorScheme of ['light', 'dark']) {
  scenario(`axe finds nothing, ${colorScheme}`, async (scene) => {
    await talked(scene);
    const alice = await scene.person('alice', { enter: false, context: { colorScheme } });
    await alice.at('name-dialog').waitFor();
    await axe(alice, 'in the name dialog');
    await alice.enter();
    await alice.sees('an answer');
    await alice.post('my own');
    await axe(alice, 'in the room');

    const dialogs = [
      ['help-dialog', () => alice.write('/help')],
      ['room-dialog', () => alice.page.locator('#join').click()],
      ['claim-dialog', () => alice.write('/claim')],
      ['menu-dialog', () => alice.at('me').click()],
      ['menu-dialog', () => alice.at('room-menu').click()],
      ['menu-dialog', () => alice.message('line 5').click({ button: 'right' }).then(() => alice.message('line 5').getByTestId('menu').click())],
    ];
    for (const [testid, open] of dialogs) {
      await open();
      await alice.at(testid).waitFor();
      await axe(alice, `in ${testid}`);
      await alice.page.keyboard.press('Escape');
      await alice.at(testid).waitFor({ state: 'detached' });
    }

    await alice.at('search-open').click();
    await alice.at('search-input').fill('hello');
    await alice.at('search-input').press('Enter');
    await alice.at('search-result').first().waitFor();
    await axe(alice, 'in the search');
    await alice.at('search-result').first().click();
    await alice.at('search-back').waitFor();
    await axe(alice, 'at a search result');
  });

  scenario(`axe finds nothing on a phone, ${colorScheme}`, async (scene) => {
    await talked(scene);
    const alice = await scene.person('alice', { context: { ...SMALL, colorScheme } });
    await alice.sees('an answer');
    await axe(alice, 'on a small phone');
    await alice.at('rooms-open').tap();
    await alice.at(`room-${scene.room}`).waitFor();
    await axe(alice, 'in the room list');
  });
}

scenario('axe finds nothing while disconnected', async (scene) => {
  const own = await scene.server();
  const alice = await scene.person('alice', { server: own });
  await alice.post('before');
  await own.kill();
  await alice.at('state').waitFor({ state: 'visible' });
  await alice.write('waits');
  await alice.at('pending').waitFor();
  await axe(alice, 'while disconnected');
});

for (const [name, context] of [['390', PHONE], ['320', SMALL]]) {
  scenario(`everything fits and is large enough for touch at ${name} pixels`, async (scene) => {
    await talked(scene);
    const alice = await scene.person(`alice${scene.room}`, { context, enter: false }); // a name of its own for each test
    await alice.at('name-dialog').waitFor();
    const fits = async (where) => {
      const found = await alice.page.evaluate((thumb) => {
        const problems = [];
        if (document.documentElement.scrollWidth > window.innerWidth) {
          problems.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`);
        }
        const top = document.querySelector('dialog[open]') ?? document;
        for (const each of top.querySelectorAll('button, a[href], input, textarea, summary, [role=menuitem]')) {
          if (each.closest('[inert]') || each.closest('.text, .skip') || each.classList.contains('skip') || !each.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) {
            continue; // a link in a text is only as high as its line
          }
          const target = each.type === 'checkbox' ? each.closest('label') : each;
          const { width, height, right, left } = target.getBoundingClientRect();
          if (width < thumb - 0.5 || height < thumb - 0.5) {
            problems.push(`${each.tagName} ${each.dataset.testid ?? each.id} ${each.className} "${each.innerText}": ${width} by ${height}`);
          }
          if (width > 0 && (left < -1 || right > window.innerWidth + 1)) {
            problems.push(`${each.dataset.testid ?? each.id} exceeds the window: ${left} to ${right}`);
          }
        }
        return problems;
      }, THUMB);
      assert.deepEqual(found, [], `too small for touch ${where}`);
    };
    await fits('in the name dialog');
    await alice.at('name-input').fill(alice.name);
    await alice.at('enter').tap();
    await alice.at('name-dialog').waitFor({ state: 'detached' });
    await alice.sees('an answer');
    await fits('in the room');

    await alice.at('composer').tap();
    await alice.page.setViewportSize({ width: context.viewport.width, height: context.viewport.height - 260 }); // the on-screen keyboard
    await eventually(async () => {
      const field = await alice.at('composer').boundingBox();
      return field.y + field.height <= context.viewport.height - 260;
    }, 'the message box is visible');
    await eventually(() => alice.inView(alice.message('an answer')), 'the last message is above the keyboard');
    await alice.at('composer').fill('from a phone');
    await alice.at('send').tap();
    await alice.sees('from a phone');
    await eventually(() => alice.inView(alice.message('from a phone')), 'and the message sent');
    await alice.page.setViewportSize(context.viewport);

    await alice.at('rooms-open').tap();
    await alice.at(`room-${scene.room}`).waitFor();
    await fits('in the room list');
    await alice.at(`room-${scene.room}`).tap();
    await alice.at('members-open').tap();
    await alice.at('member').first().waitFor();
    await fits('in the member list');
    await alice.page.keyboard.press('Escape');
    await alice.at('search-open').tap();
    await alice.at('search-input').waitFor();
    await fits('in the search');
  });
}

scenario('a conversation by keyboard alone', async (scene) => {
  await talked(scene);
  const alice = await scene.person(`alice${scene.room}`, { enter: false });
  const { keyboard } = alice.page;
  assert.equal(await alice.focus(), 'name-input');
  await keyboard.type(alice.name);
  await keyboard.press('Enter');
  await alice.at('name-dialog').waitFor({ state: 'detached' });
  await alice.live();
  await eventually(async () => assert.equal(await alice.focus(), 'composer'));
  await keyboard.type('typed');
  await keyboard.press('Shift+Enter');
  await keyboard.type('on two lines');
  await keyboard.press('Enter');
  await alice.sees('on two lines');

  // to an earlier message, and a reply to it
  await keyboard.press('Shift+Tab');
  await eventually(async () => assert.equal(await alice.page.evaluate(() => document.activeElement.closest('[data-testid=messages]') !== null), true, 'the list comes before the message box'));
  await keyboard.press('End');
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('r');
  assert.equal(await alice.focus(), 'composer');
  await keyboard.type('an answer by keys');
  await keyboard.press('Enter');
  await alice.sees('an answer by keys');
  assert.equal(await alice.message('an answer by keys').getByTestId('quote').count(), 1);

  await keyboard.type(`/join ${scene.room}k`);
  await keyboard.press('Enter');
  await alice.inside(`${scene.room}k`);
  await keyboard.type('in another room');
  await keyboard.press('Enter');
  await alice.sees('in another room');

  // every stop shows the focus, and a dialog gives it back
  await keyboard.press('Control+f');
  await eventually(async () => assert.equal(await alice.focus(), 'search-input'));
  await keyboard.type('typed');
  await keyboard.press('Enter');
  await alice.at('search-result').first().waitFor();
  await keyboard.press('Escape');
  await keyboard.press('Escape');
  const seen = new Set();
  for (let i = 0; i < 60; i++) {
    await keyboard.press('Tab');
    const stop = await alice.page.evaluate(() => {
      const it = document.activeElement;
      if (it === document.body) {
        return null;
      }
      const style = getComputedStyle(it);
      const box = it.getBoundingClientRect();
      const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || it.closest(':focus-within') !== null && getComputedStyle(it.parentElement).outlineStyle !== 'none' || getComputedStyle(it.parentElement).boxShadow !== 'none' || it.matches('textarea');
      return { name: it.dataset.testid ?? it.id ?? it.className, shown, inside: box.width > 0 && box.bottom > 0 && box.top < window.innerHeight };
    });
    if (stop !== null) {
      seen.add(stop.name);
      assert.ok(stop.shown, `the focus is visible at ${stop.name}`);
      assert.ok(stop.inside, `${stop.name} is in view when it has the focus`);
    }
  }
  for (const name of ['composer', 'search-open', 'members-open', 'room-menu', 'me', `room-${scene.room}`]) {
    assert.ok(seen.has(name), `Tab reaches ${name}: ${[...seen].join(' ')}`);
  }
});

scenario('a screen reader announces each new message once, and no history', async (scene) => {
  const bob = await talked(scene);
  const prepare = (page) => page.addInitScript(() => {
    window.announced = [];
    document.addEventListener('DOMContentLoaded', () => {
      new MutationObserver((changes) => {
        for (const change of changes) {
          for (const node of change.addedNodes) {
            const region = node.parentElement?.closest('[aria-live]:not([aria-live=off]), [role=log], [role=status], [role=alert]');
            if (region && region.id !== 'edge') {
              window.announced.push(`${region.id}: ${node.textContent}`);
            }
          }
        }
      }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
    });
  });
  const alice = await scene.person('alice', { prepare });
  await alice.sees('an answer');
  const announced = () => alice.page.evaluate(() => window.announced.filter((line) => !/^(state|hint|toasts)/.test(line)));
  await bob.posts(scene.room, ['brand new']);
  await eventually(async () => assert.ok((await announced()).some((line) => line.includes('brand new'))));
  await bob.posts(scene.room, ['newer still']);
  await eventually(async () => assert.ok((await announced()).some((line) => line.includes('newer still'))));
  const all = await announced();
  assert.equal(all.filter((line) => line.includes('brand new')).length, 1, all.join('\n'));
  assert.equal(all.filter((line) => line.includes('newer still')).length, 1, all.join('\n'));
  assert.ok(!all.some((line) => /line \d|hello/.test(line)), `history: ${all.join('\n')}`);
  assert.match(all.find((line) => line.includes('brand new')), /bob/);

  // own messages are not announced, nor repeated ones after a reconnect
  await alice.post('mine');
  await alice.context.setOffline(true);
  await alice.at('state').waitFor({ state: 'visible' });
  await alice.context.setOffline(false);
  await alice.at('state').waitFor({ state: 'hidden' });
  await bob.posts(scene.room, ['after the reconnect']);
  await eventually(async () => assert.ok((await announced()).some((line) => line.includes('after the reconnect'))));
  const later = await announced();
  assert.ok(!later.some((line) => line.includes('mine')), later.join('\n'));
  assert.equal(later.filter((line) => line.includes('newer still')).length, 1, later.join('\n'));
  const tree = await alice.page.locator('#messages').ariaSnapshot();
  assert.match(tree, /list "Messages"/);
});
