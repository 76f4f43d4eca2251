import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, connection, live, texts } from './chats.js';

test('a read mark is shared between tabs', async () => {
  const { chat, clock, server, storage } = await live();
  const second = await live({ storage, clock, server });
  server.post('lobby', 'bob', 'one');
  server.post('lobby', 'bob', 'two');
  await clock.pass(1_000);
  assert.equal(second.chat.room('lobby').unread, 2);
  second.events.length = 0;
  chat.markRead('lobby', 1);
  await clock.pass(1_000);
  second.env.tell('storage', { key: 'chat.marks', newValue: storage.getItem('chat.marks') });
  await clock.pass(1_000);
  assert.equal(second.chat.room('lobby').unread, 1);
  assert.ok(second.events.some(({ event, what }) => event === 'room' && what === 'read'));
});

test('a guest sees what is unread since the last visit', async () => {
  const { chat, clock, server, storage, env } = await live();
  server.post('lobby', 'bob', 'one');
  await clock.pass(100);
  chat.markRead('lobby', 1);
  assert.equal(chat.room('lobby').unread, 0);
  await clock.pass(1_000);
  env.close();
  server.post('lobby', 'bob', 'two');
  server.event('lobby', 'topic', 'bob', { text: 'tea' });
  server.post('lobby', 'bob', 'three, me');
  const next = await live({ storage, clock, server }, { name: 'me' });
  const room = next.chat.room('lobby');
  assert.equal(room.unread, 2);
  assert.equal(room.mentions, 1);
  assert.equal(room.firstUnread, 2);
  next.chat.markRead('lobby', 4);
  assert.equal(room.unread, 0);
  assert.equal(room.firstUnread, 2, 'the line stays while the user reads');
});

test('a room is loading until all missed messages are there', async () => {
  const who = { name: 'me', keep: true, rooms: ['lobby'] };
  const { clock, server, storage, env } = await live({}, who);
  server.post('lobby', 'bob', 'one');
  await clock.pass(5_000);
  env.close();
  ['two', 'three', 'four'].forEach((text) => server.post('lobby', 'bob', text));
  let millis = 0;
  server.latency = () => (millis += 100); // one object after the other
  const next = begin({ storage, clock, server });
  next.chat.start(who);
  const room = next.chat.room('lobby');
  assert.deepEqual(texts(room), ['one']);
  assert.equal(room.isLoading, true, 'stored by the last visit');
  const seen = new Set();
  for (let i = 0; i < 100; i++) {
    await clock.pass(50);
    seen.add(`${room.entries.length} ${room.isLoading}`);
  }
  assert.deepEqual([...seen], ['1 true', '0 true', '2 true', '3 true', '4 false']);
});

test('the unread line stays while the user reads, and moves after the next absence', async () => {
  const { chat, clock, server, env } = await live();
  const room = chat.room('lobby');
  server.post('lobby', 'bob', 'seen at once');
  await clock.pass(100);
  assert.equal(room.firstUnread, null);
  chat.markRead(room, 1);
  env.isHidden = true;
  server.post('lobby', 'bob', 'two');
  server.post('lobby', 'bob', 'three');
  await clock.pass(100);
  assert.equal(room.firstUnread, 2);
  env.isHidden = false;
  chat.markRead(room, 3);
  server.post('lobby', 'bob', 'four');
  await clock.pass(100);
  assert.equal(room.firstUnread, 2);
  chat.markRead(room, 4);
  env.isHidden = true;
  server.post('lobby', 'bob', 'five');
  await clock.pass(100);
  assert.equal(room.firstUnread, 5);
  await chat.post(room, 'I have read it');
  assert.equal(room.firstUnread, null);
});

test('read marks of an owned name are shared between devices', async () => {
  const { chat, clock, server } = await live();
  chat.claim();
  await clock.pass(100);
  server.post('lobby', 'bob', 'one');
  server.post('lobby', 'bob', 'two');
  await clock.pass(100);
  chat.markRead('lobby', 1);
  chat.markRead('lobby', 2);
  await clock.pass(1_000);
  assert.deepEqual(server.received.filter(({ type }) => type === 'read').map(({ seq }) => seq), [2]);
  server.post('lobby', 'bob', 'three');
  await clock.pass(100);
  assert.equal(chat.room('lobby').unread, 1);
  connection(server).send({ type: 'read', room: 'lobby', seq: 3 });
  await clock.pass(100);
  assert.equal(chat.room('lobby').unread, 0);
});

test('messages read on another device during a sleep are not reported as new', async () => {
  const { chat, clock, server, messages } = await live();
  chat.claim();
  await clock.pass(100);
  server.isDown = true;
  server.kill();
  server.post('lobby', 'bob', 'one');
  server.post('lobby', 'bob', 'two');
  server.room('lobby').read = 1;
  server.isDown = false;
  await clock.pass(60_000);
  assert.deepEqual(messages().map(({ entry }) => entry.text), ['two']);
  assert.equal(chat.room('lobby').unread, 1);
});

test('a read mark made while disconnected is sent after reconnecting', async () => {
  const { chat, clock, server } = await live();
  chat.claim();
  server.post('lobby', 'bob', 'one');
  await clock.pass(100);
  connection(server).cut();
  await clock.pass(0);
  chat.markRead('lobby', 1);
  await clock.pass(5_000);
  assert.deepEqual(server.received.filter(({ type }) => type === 'read').map(({ seq }) => seq), [1]);
});

test('rooms in the background count unread messages, even beyond those in memory', async () => {
  const { chat, clock, server } = await live({}, { name: 'me', rooms: ['lobby', 'den'] });
  for (let i = 1; i <= 500; i++) {
    server.post('den', 'bob', i === 7 ? 'me!' : `${i}`);
  }
  await clock.pass(1_000);
  const den = chat.room('den');
  assert.equal(den.unread, 500);
  assert.equal(den.mentions, 1);
  assert.equal(den.firstUnread, 1);
  assert.ok(den.entries.length <= 200, `${den.entries.length} in memory`);
  chat.enter('den');
  assert.equal(chat.current, 'den');
  assert.equal(den.firstUnread, 1);
  await Promise.all([chat.around('den', 1), clock.pass(100)]);
  assert.equal(den.entries[0].seq, 1);
  assert.equal(den.atEnd, false);
  chat.markRead('den', 250);
  assert.equal(den.unread, 250);
});
