import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, connection, live } from './chats.js';
import { FakeServer } from './fakeserver.js';
import { Clock, FakeStorage } from './support.js';

test('without a room, the user joins the seed room of the server', async () => {
  const { chat } = await live({}, { name: 'me' });
  assert.deepEqual([...chat.rooms.keys()], ['lobby']);
  assert.equal(chat.current, 'lobby');
});

test('the token and the name are in the hello, never in an address', async () => {
  const storage = new FakeStorage();
  const clock = new Clock();
  const server = new FakeServer(clock);
  server.tokens.set('me', 'secret');
  const addresses = [];
  const { WebSocket } = server;
  server.WebSocket = class extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols);
      addresses.push(url, ...protocols);
    }
  };
  await live({ storage, clock, server }, { name: 'me', token: 'secret', keep: true, rooms: ['lobby'] });
  assert.deepEqual(addresses, ['ws://test/ws', 'chatroom.2']);
  assert.equal(server.received[0].token, 'secret');
});

test('the token is stored only if the user agrees', async () => {
  for (const keep of [false, true]) {
    const { chat, clock, storage, server } = await live({}, { name: 'me', keep, rooms: ['lobby'] });
    chat.claim();
    await clock.pass(100);
    assert.equal(chat.me.owned, true);
    const isKept = [...storage.map.values()].some((value) => value.includes('token-of-me'));
    assert.equal(isKept, keep);
    connection(server).cut();
    await clock.pass(5_000);
    assert.equal(chat.state, 'live', 'known while the page is open');
    const next = begin({ storage, clock, server }).chat;
    assert.equal(next.saved.hasToken, keep);
    const refused = next.start({ name: 'me', keep }).catch((refusal) => refusal.code);
    await clock.pass(1_000);
    assert.equal(await refused, keep ? undefined : 'name-owned');
    chat.keep(false);
    assert.ok(![...storage.map.values()].some((value) => value.includes('token-of-me')));
  }
});

test('the access key is removed from the store with the token', async () => {
  const { chat, storage } = await live({}, { name: 'me', keep: true, key: 'open sesame', rooms: ['lobby'] });
  const isKept = () => [...storage.map.values()].some((value) => value.includes('open sesame'));
  assert.equal(isKept(), true);
  chat.keep(false);
  assert.equal(isKept(), false);
  assert.equal(chat.saved.key, 'open sesame', 'known while the page is open');
});

test('after a refused name, another one works', async () => {
  const { chat, clock, server } = begin();
  server.tokens.set('bob', 'x');
  const refused = chat.start({ name: 'bob', rooms: ['lobby'] });
  await clock.pass(60_000);
  await assert.rejects(refused, { code: 'name-owned', do: 'ask', text: 'This name is taken.' });
  assert.equal(chat.state, 'stopped');
  assert.equal(chat.reason.code, 'name-owned');
  assert.equal(server.received.filter(({ type }) => type === 'hello').length, 1, 'no retry');
  chat.start({ name: 'rob' });
  await clock.pass(1_000);
  assert.equal(chat.state, 'live');
  assert.equal(chat.me.name, 'rob');
});

test('a refused rename keeps the old name', async () => {
  const { chat, clock, server, events } = await live();
  server.tokens.set('bob', 'x');
  const renamed = chat.rename('bob');
  await Promise.all([assert.rejects(renamed, { code: 'name-owned' }), clock.pass(1_000)]);
  assert.equal(chat.state, 'live');
  assert.equal(chat.me.name, 'me');
  assert.ok(!events.some(({ event }) => event === 'state') || chat.state !== 'stopped');
  await Promise.all([chat.rename('you'), clock.pass(1_000)]);
  assert.equal(chat.me.name, 'you');
});
