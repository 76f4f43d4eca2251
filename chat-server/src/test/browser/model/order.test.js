import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, live, texts } from './chats.js';
import { FakeServer } from './fakeserver.js';
import { Clock } from './support.js';

test('a pong reveals the loss of the last message', async () => {
  const { chat, clock, server } = await live();
  const there = connection(server);
  const { send } = there;
  there.send = () => {};
  server.post('lobby', 'bob', 'lost');
  there.send = send;
  await clock.pass(60_000);
  assert.deepEqual(texts(chat.room('lobby')), ['lost']);
});

test('missed messages are received once, and marked as late', async () => {
  const { chat, clock, server, messages } = await live();
  server.post('lobby', 'bob', 'one');
  await clock.pass(100);
  server.isDown = true;
  server.kill();
  server.post('lobby', 'bob', 'two');
  await clock.pass(10_000);
  server.isDown = false;
  await clock.pass(60_000);
  server.post('lobby', 'bob', 'three');
  await clock.pass(100);
  assert.deepEqual(texts(chat.room('lobby')), ['one', 'two', 'three']);
  assert.deepEqual(messages().map(({ entry, late }) => [entry.text, late]), [['one', false], ['two', true], ['three', false]]);
  assert.equal(chat.room('lobby').unread, 3);
});

test('history is never reported as new', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  for (let i = 0; i < 30; i++) {
    server.post('lobby', 'bob', `old ${i}`);
  }
  const { chat, messages } = await live({ clock, server });
  await Promise.all([chat.older('lobby'), clock.pass(100)]);
  assert.equal(chat.room('lobby').entries.length, 30);
  assert.deepEqual(messages(), []);
  assert.equal(chat.room('lobby').unread, 0);
});

test('after a log reset, old messages are replaced by a gap', async () => {
  const { chat, clock, server } = await live();
  server.post('lobby', 'bob', 'old');
  await clock.pass(100);
  server.reset('lobby');
  server.post('lobby', 'bob', 'new');
  await clock.pass(10_000);
  const room = chat.room('lobby');
  assert.deepEqual(texts(room), ['1..0', 'new']);
  assert.equal(room.entries[0].why, 'epoch');
});

test('a gap keeps its place, and is filled if the server has the messages', async () => {
  const { chat, clock, server } = await live();
  server.post('lobby', 'bob', 'one');
  server.lag(connection(server), 'lobby', 3);
  server.post('lobby', 'bob', 'five');
  await clock.pass(100);
  const room = chat.room('lobby');
  assert.deepEqual(texts(room), ['one', '2..4', 'five']);
  await Promise.all([chat.fill(room, room.entries[1]), clock.pass(100)]);
  assert.deepEqual(room.entries.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
});

test('a deleted message loses its text everywhere', async () => {
  const { chat, clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  server.post('lobby', 'bob', 'regretted');
  await clock.pass(5_000);
  assert.ok([...storage.map.values()].some((value) => value.includes('regretted')));
  const before = chat.find('lobby', 1);
  server.event('lobby', 'deleted', 'bob', { target: 1 });
  await clock.pass(100);
  const room = chat.room('lobby');
  assert.notEqual(chat.find('lobby', 1), before, 'entries are replaced, not modified');
  assert.equal(chat.find('lobby', 1).text, '');
  assert.equal(chat.find('lobby', 1).deleted, true);
  assert.equal(room.unread, 0);
  env.tell('hide');
  assert.ok(![...storage.map.values()].some((value) => value.includes('regretted')));
});
