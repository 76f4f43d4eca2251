// Reading: scroll position, unread messages, search, replies.

import assert from 'node:assert/strict';
import { scenario, server } from './lib/scenario.js';
import { numbered, Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

/** A message in the middle of the view, and its position. */
function middle(person) {
  return person.page.evaluate(() => {
    const box = document.querySelector('#scroller').getBoundingClientRect();
    const row = [...document.querySelectorAll('[data-testid=message]')].find((each) => each.getBoundingClientRect().top > box.top + box.height / 3);
    return { seq: row.dataset.seq, top: row.getBoundingClientRect().top };
  });
}

function topOf(person, seq) {
  return person.page.evaluate((wanted) => document.querySelector(`[data-testid=message][data-seq="${wanted}"]`)?.getBoundingClientRect().top, seq);
}

/** Waits until the scroll position is stable for several frames. */
function atRest(person) {
  return person.page.evaluate((frames) => new Promise((done) => {
    const scroller = document.querySelector('#scroller');
    let top = -1;
    let same = 0;
    const look = () => {
      same = scroller.scrollTop === top ? same + 1 : 0;
      top = scroller.scrollTop;
      if (same === frames) {
        done();
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  }), 5);
}

/** Turns the wheel, and waits for the effect: the browser scrolls before the page gets the event. */
async function wheel(person, pixels) {
  const box = await person.page.locator('#scroller').boundingBox();
  await person.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await person.page.evaluate(() => {
    window.turned = new Promise((done) => addEventListener('wheel', done, { once: true, capture: true, passive: true })).then(() => true);
  });
  await person.page.mouse.wheel(0, pixels);
  await person.page.evaluate(() => window.turned);
  await atRest(person);
}

/** Turns the wheel until a condition holds. */
async function wheelUntil(person, pixels, ask) {
  await eventually(async () => {
    await wheel(person, pixels);
    return ask();
  }, 'scrolled there');
}

async function crowded(scene, messages) {
  const bob = await Talker.in(await server(), 'bob', scene.room);
  scene.end(() => bob.close());
  await bob.posts(scene.room, numbered('line', 1, messages));
  return bob;
}

scenario('a new message does not move the reader, and a button counts new messages', async (scene) => {
  const bob = await crowded(scene, 100);
  const alice = await scene.person('alice');
  await alice.sees('line 100');
  await wheelUntil(alice, -400, async () => !(await alice.inView(alice.message('line 100').last())));
  const before = await middle(alice);

  await bob.posts(scene.room, numbered('news', 1, 3));
  await eventually(async () => assert.match(await alice.at('new-messages').innerText(), /\b3\b/));
  assert.ok(Math.abs((await topOf(alice, before.seq)) - before.top) < 2, 'nothing has moved');
  assert.equal(await alice.inView(alice.message('news 3')), false);

  await alice.at('new-messages').click();
  await eventually(() => alice.inView(alice.message('news 3')), 'at the newest');
  await bob.posts(scene.room, ['more news']);
  await eventually(() => alice.inView(alice.message('more news')), 'follows again');
  assert.equal(await alice.at('new-messages').isVisible(), false);
});

scenario('older messages load by themselves, and nothing jumps', async (scene) => {
  await crowded(scene, 400);
  const alice = await scene.person('alice');
  await alice.sees('line 400');
  // Loading must not change how far the wheel scrolls: a row that stays visible moves by just that.
  await alice.page.evaluate(() => {
    const scroller = document.querySelector('#scroller');
    window.moved = 0;
    const kept = new Map();
    const look = () => {
      const box = scroller.getBoundingClientRect();
      const rows = [...document.querySelectorAll('[data-testid=message]')].filter((row) => row.getBoundingClientRect().bottom > box.top && row.getBoundingClientRect().top < box.bottom);
      const shifts = rows.filter((row) => kept.has(row.dataset.seq)).map((row) => row.getBoundingClientRect().top - kept.get(row.dataset.seq));
      if (shifts.length > 0) {
        // more than a turn of the wheel, or in the other direction
        window.moved = Math.max(window.moved, ...shifts.map((shift) => (shift < -2 ? -shift : Math.max(0, shift - 700))));
      }
      kept.clear();
      rows.forEach((row) => kept.set(row.dataset.seq, row.getBoundingClientRect().top));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await wheelUntil(alice, -600, () => alice.inView(alice.page.locator('[data-testid=message][data-seq="1"]')));
  assert.equal(await alice.page.evaluate(() => window.moved), 0, 'no jump, in pixels');
  const seqs = await alice.seqs();
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b), 'in order');
  assert.equal(new Set(seqs).size, seqs.length, 'nothing twice');
});

/** Alice has read 60 messages, and comes back when there are 90 more. */
async function away(scene, prepare) {
  const bob = await crowded(scene, 60);
  const alice = await scene.person('alice', { keep: true, prepare });
  await alice.sees('line 60');
  await alice.page.goto('about:blank');
  await bob.posts(scene.room, numbered('unread', 1, 90));
  await alice.goto();
  await alice.live();
  return alice;
}

async function toFirstUnread(alice) {
  await eventually(() => alice.at('first-unread').isVisible(), 'the button for the first unread message');
  assert.match(await alice.page.locator('#unread').innerText(), /^90 unread messages/);
  await alice.at('first-unread').click();
  await eventually(() => alice.inView(alice.page.getByTestId('message').filter({ hasText: /unread 1(?!\d)/ }).first()), 'at the first unread message');
  const line = alice.at('unread-line');
  assert.equal(await line.count(), 1);
  const next = await line.evaluate((it) => it.nextElementSibling.querySelector('.text').innerText);
  assert.equal(next, 'unread 1');
}

scenario('the first unread message is one click away, and stays marked', async (scene) => {
  await toFirstUnread(await away(scene));
});

scenario('messages received in two parts are all unread', async (scene) => {
  const alice = await away(scene, (page) => page.addInitScript(() => {
    const held = [];
    window.heldBack = () => held.length;
    window.goOn = () => {
      window.goOn = undefined;
      held.splice(0).forEach((action) => action());
    };
    window.WebSocket = class extends WebSocket {
      set onmessage(take) {
        super.onmessage = take && ((event) => {
          const { type, seq } = JSON.parse(event.data);
          if (window.goOn && (held.length > 0 || (type === 'message' && seq > 71))) {
            held.push(() => take(event)); // all but the first new ones
          } else {
            take(event);
          }
        });
      }
    };
  }));
  await alice.sees('unread 11'); // the only new ones so far
  await eventually(() => alice.page.evaluate(() => window.heldBack() >= 79), 'the rest is held back');
  await alice.page.evaluate(() => window.goOn());
  await toFirstUnread(alice);
});

scenario('messages that are not drawn yet stay unread when the list scrolls', async (scene) => {
  await toFirstUnread(await away(scene, (page) => page.addInitScript(() => {
    window.WebSocket = class extends WebSocket {
      set onmessage(take) {
        super.onmessage = take && ((event) => {
          take(event);
          document.querySelector('#scroller').dispatchEvent(new Event('scroll'));
        });
      }
    };
  })));
});

scenario('other rooms count unread messages until they are opened', async (scene) => {
  const bob = await Talker.in(await server(), 'bob', `${scene.room}b`);
  scene.end(() => bob.close());
  const alice = await scene.person('alice');
  await alice.goto(`#${scene.room}b`);
  await alice.inside(`${scene.room}b`);
  await alice.at(`room-${scene.room}`).click();
  await alice.inside(scene.room);
  await bob.posts(`${scene.room}b`, numbered('there', 1, 7));
  const other = alice.at(`room-${scene.room}b`);
  await eventually(async () => assert.equal(await other.getAttribute('data-unread'), '7'));
  assert.match(await alice.page.title(), /7/);
  await other.click();
  await alice.sees('there 7');
  await eventually(async () => assert.equal((await other.getAttribute('data-unread')) ?? '0', '0'));
});

scenario('search finds old messages, jumps there and back', async (scene) => {
  const bob = await Talker.in(await server(), 'bob', scene.room);
  scene.end(() => bob.close());
  await bob.posts(scene.room, ['the quick brown zebra', ...numbered('line', 1, 700)]);
  const alice = await scene.person('alice');
  await alice.sees('line 700');
  await alice.at('search-open').click();
  await alice.at('search-input').fill('zebra');
  await alice.at('search-input').press('Enter');
  await alice.at('search-result').first().click();
  await eventually(() => alice.inView(alice.message('quick brown zebra')), 'at the result');
  await alice.sees('line 3'); // with the messages around it
  await alice.at('search-back').click();
  await eventually(() => alice.inView(alice.message('line 700')), 'back');
});

scenario('a reply quotes a message, and the quote leads to it', async (scene) => {
  const bob = await Talker.in(await server(), 'bob', scene.room);
  scene.end(() => bob.close());
  await bob.posts(scene.room, ['shall we go at nine?', ...numbered('line', 1, 300)]);
  const alice = await scene.person('alice');
  await alice.sees('line 300');
  const last = alice.message('line 300');
  await last.hover();
  await last.getByTestId('reply').click();
  assert.equal(await alice.focus(), 'composer');
  await alice.post('that was the last one');
  const reply = alice.message('that was the last one');
  assert.match(await reply.getByTestId('quote').innerText(), /bob[^]*line 300/);
  bob.post(scene.room, 'at ten', { replyTo: 1 });
  await alice.sees('at ten');
  await alice.message('at ten').getByTestId('quote').click();
  await eventually(() => alice.inView(alice.page.locator('[data-testid=message][data-seq="1"]')), 'at the original message');
  await alice.at('search-back').click();
  await eventually(() => alice.inView(alice.message('at ten')), 'back');
});

scenario('code, links, days and authors are displayed', async (scene) => {
  const bob = await Talker.in(await server(), 'bob', scene.room);
  scene.end(() => bob.close());
  const alice = await scene.person('alice');
  await bob.posts(scene.room, ['first', 'run `mvn verify` now', '```java\nint x = 1;\n```', 'see https://example.org/a?b=c. or javascript:alert(1)']);
  await alice.sees('javascript:');
  assert.equal(await alice.message('mvn verify').locator('code').innerText(), 'mvn verify');
  assert.match(await alice.message('int x').locator('pre').innerText(), /^int x = 1;\s*$/);
  const links = alice.message('javascript:').locator('.text a');
  assert.equal(await links.count(), 1);
  assert.equal(await links.getAttribute('href'), 'https://example.org/a?b=c');
  assert.match(await links.getAttribute('rel'), /noopener|noreferrer/);
  assert.equal(await links.getAttribute('target'), '_blank');
  assert.equal(await alice.at('day').count(), 1);
  assert.equal(await alice.at('message').locator('.who').count(), 1, 'one name above consecutive messages of a person');
});
