import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, live, texts } from './chats.js';
import { FakeServer } from './fakeserver.js';
import { Clock } from './support.js';

test('a room that refuses a join is not listed', async () => {
  const { chat, clock, server } = await live();
  server.before = (there, { type, q, room }) => {
    if (type === 'join' && room === 'secret') {
      there.error(q, 'closed', 'ask', 'This room is closed.');
      return true;
    }
    return false;
  };
  await Promise.all([assert.rejects(chat.enter('secret'), { code: 'closed', do: 'ask' }), clock.pass(100)]);
  assert.deepEqual([...chat.rooms.keys()], ['lobby']);
  assert.equal(chat.current, 'lobby');
  await assert.rejects(chat.enter('no room'), { do: 'change' });
});

test('after a kick, the room shows why and does not rejoin by itself', async () => {
  const { chat, clock, server, events } = await live();
  connection(server).rooms.delete('lobby');
  connection(server).send({ type: 'left', room: 'lobby', text: 'You were kicked by bob.' });
  await clock.pass(100);
  const room = chat.room('lobby');
  assert.equal(room.joined, false);
  assert.equal(room.problem.text, 'You were kicked by bob.');
  assert.equal(events.filter(({ event }) => event === 'error').length, 1);
  connection(server).cut();
  await clock.pass(5_000);
  assert.equal(room.joined, false);
  await Promise.all([chat.enter('lobby'), clock.pass(100)]);
  assert.equal(room.joined, true);
});

test('a room that was left is not rejoined', async () => {
  const { chat, clock, server, storage } = await live({}, { name: 'me', rooms: ['lobby', 'den'] });
  await Promise.all([chat.leave('den'), clock.pass(100)]);
  assert.deepEqual([...chat.rooms.keys()], ['lobby']);
  assert.equal(connection(server).rooms.has('den'), false);
  const next = await live({ storage, clock, server }, { name: 'me' });
  assert.deepEqual([...next.chat.rooms.keys()], ['lobby']);
});

test('a room left during a reconnect stays left, and is not confused with another', async () => {
  const { chat, clock, server } = await live({}, { name: 'me', rooms: ['lobby', 'den'] });
  server.post('lobby', 'bob', 'one');
  await clock.pass(100);
  server.latency = () => 100;
  server.kill();
  await clock.pass(1_250); // the hello is on its way
  assert.equal(chat.state, 'connecting');
  chat.leave('lobby');
  await clock.pass(2_000);
  assert.deepEqual([...chat.rooms.keys()], ['den']);
  assert.deepEqual(texts(chat.room('den')), []);
  assert.deepEqual([...connection(server).rooms.keys()], ['den']);
});

test('an answer in order belongs to the requested room, even under another spelling', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  server.room('lobby').name = 'other';
  const { chat } = await live({ clock, server });
  assert.equal(chat.room('lobby').joined, true);
  server.post('lobby', 'bob', 'hello');
  await clock.pass(100);
  assert.deepEqual(texts(chat.room('lobby')), ['hello']);
});

test('rooms of another tab stay stored', async () => {
  const { chat, clock, server, storage } = await live();
  const second = await live({ storage, clock, server }, { name: 'me' });
  await Promise.all([second.chat.enter('den'), clock.pass(100)]);
  await Promise.all([chat.enter('attic'), clock.pass(100)]);
  assert.deepEqual(chat.saved.rooms.sort(), ['attic', 'den', 'lobby']);
});

test('a private room opens by itself, with its messages', async () => {
  const { chat, clock, server, messages } = await live();
  server.post('@bob', 'bob', 'an hour ago', { owned: true });
  const there = connection(server);
  there.send({ type: 'joined', room: '@bob', epoch: server.room('@bob').epoch, seq: 1, first: 1, count: 2, members: ['me', 'bob'], role: 'member' });
  there.rooms.set('@bob', 1);
  await clock.pass(100);
  const room = chat.room('@bob');
  assert.equal(room.private, true);
  assert.equal(room.with, 'bob');
  assert.deepEqual(texts(room), ['an hour ago']);
  assert.equal(room.unread, 1);
  assert.deepEqual(messages(), []);
  server.post('@bob', 'bob', 'now', { owned: true });
  await clock.pass(100);
  assert.deepEqual(messages().map(({ entry }) => entry.text), ['now']);
  assert.equal(room.unread, 2);
  assert.deepEqual([...chat.rooms.keys()], ['lobby', '@bob']);
});

test('the case of a room name does not matter', async () => {
  const { chat, clock } = await live();
  await Promise.all([chat.enter('LOBBY'), clock.pass(100)]);
  assert.deepEqual([...chat.rooms.keys()], ['lobby']);
  assert.equal(chat.room('Lobby'), chat.room('lobby'));
});

test('messages of blocked people are hidden and not counted', async () => {
  const { chat, clock, server, messages } = await live();
  chat.claim();
  server.post('lobby', 'eve', 'me me me');
  await clock.pass(100);
  assert.equal(chat.room('lobby').unread, 1);
  await Promise.all([chat.block('Eve'), clock.pass(100)]);
  assert.deepEqual([...chat.blockedNames], ['Eve']);
  assert.equal(chat.room('lobby').entries[0].hidden, true);
  assert.equal(chat.room('lobby').unread, 0);
  server.post('lobby', 'eve', 'me!');
  await clock.pass(100);
  assert.equal(messages().length, 1);
  assert.equal(chat.room('lobby').mentions, 0);
});

test('members come and go', async () => {
  const { chat, clock, server } = await live();
  const there = connection(server);
  there.send({ type: 'presence', room: 'lobby', came: ['bob', 'eve'], count: 3 });
  there.send({ type: 'presence', room: 'lobby', went: ['eve'], count: 2 });
  await clock.pass(100);
  assert.deepEqual(chat.room('lobby').members, ['me', 'bob']);
  assert.equal(chat.room('lobby').count, 2);
  there.send({ type: 'presence', room: 'lobby', count: 201 });
  await clock.pass(100);
  assert.equal(chat.room('lobby').members, null);
});
