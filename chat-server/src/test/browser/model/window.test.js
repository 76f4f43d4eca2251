import assert from 'node:assert/strict';
import { test } from 'node:test';
import { live } from './chats.js';
import { FakeServer } from './fakeserver.js';
import { Clock } from './support.js';

test('older messages load until there are no more', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  for (let i = 1; i <= 300; i++) {
    server.post('lobby', 'bob', `${i}`);
  }
  const { chat } = await live({ clock, server });
  const room = chat.room('lobby');
  assert.equal(room.entries.length, 80);
  while (!room.atStart) {
    await Promise.all([chat.older(room), clock.pass(100)]);
  }
  assert.deepEqual(room.entries.map(({ seq }) => seq), Array.from({ length: 300 }, (_, i) => i + 1));
  assert.equal(room.atEnd, true);
  const [more] = await Promise.all([chat.older(room), clock.pass(100)]);
  assert.equal(more, false);
});

test('the window is bounded, moves both ways, and reaches the end again', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  for (let i = 1; i <= 2_000; i++) {
    server.post('lobby', 'bob', `${i}`);
  }
  const { chat } = await live({ clock, server });
  const room = chat.room('lobby');
  while (!room.atStart) {
    await Promise.all([chat.older(room), clock.pass(100)]);
    assert.ok(room.entries.length <= 600);
  }
  assert.equal(room.atEnd, false);
  server.post('lobby', 'bob', '2001');
  await clock.pass(100);
  assert.equal(room.newest, 2_001);
  while (!room.atEnd) {
    await Promise.all([chat.newer(room), clock.pass(100)]);
    assert.ok(room.entries.length <= 800);
  }
  assert.equal(room.entries[room.entries.length - 1].text, '2001');
  await Promise.all([chat.around(room, 1_000), clock.pass(100)]);
  assert.ok(chat.find(room, 1_000));
  await chat.post(room, 'and I');
  await clock.pass(100);
  assert.equal(room.atEnd, true, 'a post moves to the newest');
  assert.equal(room.entries[room.entries.length - 1].text, 'and I');
});

test('a busy room does not push out what the user is reading', async () => {
  const { chat, clock, server } = await live();
  const room = chat.room('lobby');
  server.post('lobby', 'bob', 'what I read');
  await clock.pass(100);
  chat.hold(room, true);
  for (let i = 0; i < 3_000; i++) {
    server.post('lobby', 'bob', `${i}`);
  }
  await clock.pass(1_000);
  assert.equal(room.entries[0].text, 'what I read');
  assert.ok(room.entries.length <= 700);
  assert.equal(room.atEnd, false);
  assert.equal(room.newest, 3_001);
  assert.equal(room.unread, 3_001);
  chat.hold(room, false);
  chat.toNewest(room);
  assert.equal(room.entries[room.entries.length - 1].text, '2999');
});

test('texts of the maximum length do not fill the memory', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  const { chat } = await live({ clock, server }, { name: 'me', rooms: ['lobby', 'den'] });
  const long = 'x'.repeat(65_536);
  for (let i = 0; i < 400; i++) {
    server.post('lobby', 'eve', long);
    server.post('den', 'eve', long);
    await clock.pass(10);
  }
  const chars = (room) => room.entries.reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(chars(chat.room('lobby')) <= 3_000_000);
  assert.ok(chars(chat.room('den')) <= 400_000);
});

test('a thousand messages a second cause one event per room and frame', async () => {
  const { chat, clock, server, events } = await live();
  await clock.pass(1_000);
  events.length = 0;
  for (let frame = 0; frame < 50; frame++) {
    for (let i = 0; i < 20; i++) {
      server.post('lobby', 'bob', `${frame} ${i}`);
    }
    await clock.pass(20);
  }
  await clock.pass(100);
  assert.ok(events.filter(({ event, what }) => event === 'room' && what === 'entries').length <= 52);
  assert.ok(events.filter(({ event }) => event === 'rooms').length <= 52);
  assert.equal(events.filter(({ event }) => event === 'message').length, 1_000);
  assert.ok(chat.room('lobby').entries.length <= 650);
});

test('messages that arrive while no frames are drawn do not pile up', async () => {
  const { chat, clock, server, env, messages } = await live();
  await clock.pass(100);
  let draw;
  env.frame = (fn) => (draw = fn);
  for (let i = 0; i < 5_000; i++) {
    server.post('lobby', 'eve', i % 1_000 === 500 ? `me ${i}` : `${i}`);
  }
  await clock.pass(1_000);
  draw();
  assert.equal(messages().filter(({ entry }) => entry.mention).length, 5);
  assert.ok(messages().length <= 310, `${messages().length} messages at once`);
  assert.equal(chat.room('lobby').unread, 5_000);
  assert.equal(chat.room('lobby').mentions, 5);
});
