import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Chat } from '../../../main/page/js/model/chat.js';
import { JAR, startServer } from './server.js';
import { FakeStorage, realEnv, until } from './support.js';
import { NodeWebSocket } from './websocket.js';

/** Tests the model with the real server. */

const skip = existsSync(JAR) ? false : `${JAR} is missing: mvn package creates it`;
const data = mkdtempSync(join(tmpdir(), 'chat-model-'));
let server;
const chats = [];

before(async () => {
  if (!skip) {
    server = await startServer({ args: ['--data', data] });
  }
});

after(async () => {
  chats.forEach((chat) => chat.forgetMe());
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

function tab(storage = new FakeStorage()) {
  const sockets = [];
  class WebSocket extends NodeWebSocket {
    constructor(url, protocols) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const env = realEnv({ url: server.url, WebSocket, storage });
  const chat = new Chat(env);
  const messages = [];
  chat.on('message', ({ room, entry }) => messages.push(`${room.key}: ${entry.text}`));
  chats.push(chat);
  return { chat, env, messages, storage, cut: () => sockets.forEach((socket) => socket.cut()) };
}

const texts = (chat, room) =>
  chat.room(room)?.entries.filter(({ kind }) => kind === 'message').map(({ text }) => text) ?? [];
const has = (chat, room, text) => until(`${text} in ${room}`, () => texts(chat, room).includes(text));

test('two people talk, and both see the same', { skip }, async () => {
  const alice = tab();
  const bob = tab();
  await alice.chat.start({ name: 'alice', rooms: ['talk'] });
  await bob.chat.start({ name: 'bob', rooms: ['talk'] });
  await until('both are there', () => alice.chat.room('talk').members?.includes('bob'));
  await alice.chat.post('talk', 'hello bob ☕\nsecond line');
  await has(bob.chat, 'talk', 'hello bob ☕\nsecond line');
  const [received] = bob.chat.room('talk').entries;
  assert.equal(received.mention, true);
  assert.equal(received.mine, false);
  await bob.chat.post('talk', 'hello', received.seq);
  await has(alice.chat, 'talk', 'hello');
  assert.equal(alice.chat.room('talk').entries[1].replyTo, received.seq);
  await has(bob.chat, 'talk', 'hello'); // two connections have no order between them
  assert.deepEqual(texts(alice.chat, 'talk'), texts(bob.chat, 'talk'));
  assert.deepEqual(bob.messages, ['talk: hello bob ☕\nsecond line']);
  await until('acknowledged', () => bob.chat.room('talk').pending.length === 0);
});

test('messages posted during a disconnect are received once', { skip }, async () => {
  const ann = tab();
  const ben = tab();
  await ann.chat.start({ name: 'ann', rooms: ['cut'] });
  await ben.chat.start({ name: 'ben', rooms: ['cut'] });
  const expected = [];
  for (let i = 0; i < 30; i++) {
    expected.push(`${i}`);
    await ann.chat.post('cut', `${i}`);
    if (i % 7 === 3) {
      ben.cut();
    }
    if (i % 11 === 5) {
      ann.cut();
    }
  }
  await until('all is acknowledged', () => ann.chat.room('cut').pending.length === 0);
  await until('all are received', () => [ann, ben].every(({ chat }) => texts(chat, 'cut').length >= 30));
  assert.deepEqual(texts(ben.chat, 'cut'), expected);
  assert.deepEqual(texts(ann.chat, 'cut'), expected);
});

test('an owned name: private rooms, read marks, blocking, a code for another device', { skip }, async () => {
  const carol = tab();
  const dave = tab();
  await carol.chat.start({ name: 'carol', keep: true, rooms: ['names'] });
  await dave.chat.start({ name: 'dave', rooms: ['names'] });
  await carol.chat.claim();
  await dave.chat.claim();
  assert.equal(carol.chat.me.owned, true);

  const { code } = await carol.chat.link();
  const phone = tab();
  await phone.chat.useCode('carol', code, { keep: true, rooms: ['names'] });
  await until('it has a token of its own', () => phone.chat.saved.hasToken);
  assert.equal(phone.chat.me.owned, true);

  await dave.chat.post('@carol', 'between us');
  await has(carol.chat, '@dave', 'between us');
  await has(phone.chat, '@dave', 'between us');
  assert.equal(carol.chat.room('@dave').unread, 1);
  phone.chat.markRead('@dave', 1);
  await until('it is read on the other device', () => carol.chat.room('@dave').unread === 0);

  assert.deepEqual(await carol.chat.block('dave'), ['dave']);
  await until('the phone knows', () => phone.chat.blockedNames.has('dave'));
  await dave.chat.post('names', 'can you hear me, carol?');
  const hidden = await until('it is hidden', () => carol.chat.room('names').entries.find(({ from }) => from === 'dave'));
  assert.equal(hidden.hidden, true);
  assert.deepEqual(await carol.chat.block('dave', false), []);

  phone.cut();
  await until('the phone notices', () => phone.chat.state !== 'live');
  await until('the phone is back', () => phone.chat.state === 'live');
  assert.equal(phone.chat.me.owned, true);

  const again = tab(carol.storage);
  assert.equal(again.chat.saved.hasToken, true);
  await again.chat.start({ name: 'carol', keep: true });
  await has(again.chat, '@dave', 'between us');
});

test('rooms, topics, members, search, history', { skip }, async () => {
  const erin = tab();
  await erin.chat.start({ name: 'erin', rooms: ['books'] });
  for (let i = 1; i <= 150; i++) {
    await erin.chat.post('books', i === 3 ? 'the white whale' : `page ${i}`);
  }
  await until('all are posted', () => erin.chat.room('books').newest === 150);
  await erin.chat.setTopic('books', 'Moby-Dick');
  assert.equal(erin.chat.room('books').topic, 'Moby-Dick');
  const { rooms } = await erin.chat.listRooms();
  assert.equal(rooms.find(({ room }) => room === 'books').topic, 'Moby-Dick');
  assert.deepEqual(await erin.chat.members('books'), { members: ['erin'], count: 1 });

  const late = tab();
  await late.chat.start({ name: 'late', rooms: ['books'] });
  await until('the newest are there', () => late.chat.room('books').entries.length === 80);
  const { entries } = await late.chat.search('WHITE whale');
  assert.deepEqual(entries.map(({ seq, room, text }) => [seq, room, text]), [[3, 'books', 'the white whale']]);
  assert.equal(await late.chat.around('books', 3), true);
  assert.equal(late.chat.find('books', 3).text, 'the white whale');
  assert.equal(late.chat.room('books').atStart, true);
  while (!late.chat.room('books').atEnd) {
    await late.chat.newer('books');
  }
  assert.deepEqual(late.chat.room('books').entries.map(({ seq }) => seq), Array.from({ length: 151 }, (_, i) => i + 1));
  await assert.rejects(late.chat.del('books', 3), { code: 'forbidden', do: 'ask' });
});

test('a taken name is refused, and another one works', { skip }, async () => {
  const one = tab();
  const two = tab();
  await one.chat.start({ name: 'frank', rooms: ['names'] });
  await assert.rejects(two.chat.start({ name: 'frank', rooms: ['names'] }), { code: 'name-taken', do: 'ask' });
  assert.equal(two.chat.state, 'stopped');
  await two.chat.start({ name: 'francis' });
  assert.equal(two.chat.state, 'live');
});

test('a killed and restarted server loses and duplicates nothing', { skip }, async () => {
  const gina = tab();
  const hal = tab();
  await gina.chat.start({ name: 'gina', rooms: ['restart'] });
  await hal.chat.start({ name: 'hal', rooms: ['restart'] });
  await gina.chat.post('restart', 'before');
  await has(hal.chat, 'restart', 'before');
  const expected = ['before'];
  for (let i = 0; i < 20; i++) {
    expected.push(`during ${i}`);
    await gina.chat.post('restart', `during ${i}`);
  }
  const { port } = server;
  await server.stop('SIGKILL');
  await until('both see it', () => gina.chat.state !== 'live' && hal.chat.state !== 'live');
  await gina.chat.post('restart', 'typed without a server');
  expected.push('typed without a server');
  server = await startServer({ port, args: ['--data', data] });
  gina.chat.reconnect();
  hal.env.tell('online');
  await until('all is acknowledged', () => gina.chat.state === 'live' && gina.chat.room('restart').pending.length === 0);
  await has(hal.chat, 'restart', 'typed without a server');
  assert.deepEqual(texts(hal.chat, 'restart'), expected);
  assert.deepEqual(texts(gina.chat, 'restart'), expected);
  await until('all were reported', () => hal.messages.length >= expected.length);
  assert.deepEqual(hal.messages, expected.map((text) => `restart: ${text}`));
});
