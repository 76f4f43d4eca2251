import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, connection, live, texts } from './chats.js';
import { FakeStorage } from './support.js';

test('without a storage, or with a full one, everything works while the page is open', async () => {
  const full = new FakeStorage();
  full.maxChars = 0;
  for (const storage of [null, full]) {
    const { chat, clock, server } = await live({ storage });
    await chat.post('lobby', 'hello');
    chat.draft('lobby', 'unfinished');
    connection(server).cut();
    await clock.pass(60_000);
    assert.deepEqual(texts(chat.room('lobby')), ['hello']);
    assert.equal(new Set(server.received.filter(({ type }) => type === 'hello').map(({ client }) => client)).size, 1);
  }
});

test('without a server, the last messages are shown as stale', async () => {
  const { chat, clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  for (let i = 1; i <= 5; i++) {
    server.post('lobby', 'bob', `${i}`);
  }
  await clock.pass(100);
  env.tell('hide');
  env.close();
  server.isDown = true;
  const { chat: next } = begin({ storage, clock, server });
  assert.deepEqual(next.saved, { name: 'me', keep: true, hasToken: false, key: undefined, rooms: ['lobby'], current: 'lobby' });
  next.start({ name: 'me', keep: true });
  const room = next.room('lobby');
  assert.deepEqual(texts(room), ['1', '2', '3', '4', '5']);
  assert.equal(room.isStale, true);
  await clock.pass(60_000);
  assert.notEqual(next.state, 'live');
  server.post('lobby', 'bob', '6');
  server.isDown = false;
  await clock.pass(60_000);
  assert.deepEqual(texts(room), ['1', '2', '3', '4', '5', '6']);
  assert.equal(room.isStale, false);
});

test('a page closed while loading keeps what was stored before', async () => {
  const { clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  server.post('lobby', 'bob', 'kept');
  await clock.pass(100);
  env.tell('hide');
  env.close();
  const next = begin({ storage, clock, server });
  next.chat.start({ name: 'me', keep: true });
  server.before = (there, { type }) => {
    if (type === 'hello') {
      const { send } = there;
      there.send = (object) => object.type !== 'message' && send.call(there, object);
    }
    return false;
  };
  await clock.pass(100);
  assert.equal(next.chat.room('lobby').joined, true);
  next.env.tell('hide');
  assert.ok([...storage.map.values()].join().includes('kept'));
});

test('stored messages that leave a hole to the new ones are dropped', async () => {
  const { clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  server.post('lobby', 'bob', 'old');
  await clock.pass(100);
  env.tell('hide');
  env.close();
  for (let i = 2; i <= 200; i++) {
    server.post('lobby', 'bob', `${i}`);
  }
  const { chat } = await live({ storage, clock, server }, { name: 'me', keep: true });
  const room = chat.room('lobby');
  assert.equal(room.entries[0].seq, 121, 'only the newest are requested');
  assert.equal(room.atStart, false);
  assert.equal(room.unread, 200, 'messages that are not in memory are counted by number');
  assert.equal(room.firstUnread, 1);
});

test('messages of others are stored only if the user agrees', async () => {
  for (const keep of [false, true]) {
    const { chat, clock, server, storage, env } = await live({}, { name: 'me', keep, rooms: ['lobby'] });
    chat.enter('@bob');
    await clock.pass(100);
    server.post('@bob', 'bob', 'between us');
    server.post('lobby', 'bob', 'for all');
    await clock.pass(100);
    env.tell('hide');
    const kept = () => [...storage.map.values()].join();
    assert.equal(kept().includes('between us'), keep);
    assert.equal(kept().includes('for all'), keep);
    chat.keep(false);
    assert.ok(!/between us|for all/.test(kept()));
  }
});

test('a draft is restored on the next visit', async () => {
  const { chat, clock, storage, server, env } = await live();
  chat.draft('lobby', 'I was about to');
  env.tell('hide');
  assert.equal(begin({ storage, clock, server }).chat.saved.name, 'me');
  const next = await live({ storage, clock, server }, { name: 'me' });
  assert.equal(next.chat.room('lobby').draft, 'I was about to');
  const other = await live({ storage, clock, server }, { name: 'other', rooms: ['lobby'] });
  assert.equal(other.chat.room('lobby').draft, '', 'not for another user');
});

test('forgetting removes everything, in all tabs', async () => {
  const { chat, clock, storage, server } = await live();
  const second = await live({ storage, clock, server });
  server.post('lobby', 'bob', 'hello');
  chat.draft('lobby', 'x');
  await clock.pass(5_000);
  chat.forgetMe();
  await clock.pass(5_000);
  assert.equal(storage.map.size, 0);
  assert.equal(chat.rooms.size, 0);
  assert.equal(chat.state, 'stopped');
  assert.equal(second.chat.state, 'stopped');
  assert.equal(second.chat.reason.code, 'forgotten');
  assert.equal(server.connections.size, 0);
});
