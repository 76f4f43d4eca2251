import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chat } from '../../../main/page/js/model/chat.js';
import { FakeServer } from './fakeserver.js';
import { Clock, fakeEnv, FakeStorage } from './support.js';

function begin({ storage = new FakeStorage(), clock = new Clock(), server = new FakeServer(clock) } = {}) {
  const env = fakeEnv({ clock, WebSocket: server.WebSocket, storage });
  const chat = new Chat(env);
  const events = [];
  for (const event of ['state', 'me', 'rooms', 'room', 'message', 'error']) {
    chat.on(event, (value) => events.push({ event, ...value }));
  }
  return { env, clock, server, storage, chat, events, said: () => events.filter(({ event }) => event === 'message') };
}

async function live(options = {}, who = { name: 'me', rooms: ['lobby'] }) {
  const all = begin(options);
  all.chat.start(who);
  await all.clock.pass(1_000);
  assert.equal(all.chat.state, 'live');
  return all;
}

const texts = (room) => room.entries.map(({ kind, text, from, to }) => (kind === 'gap' ? `${from}..${to}` : text));
/** Nothing comes any more, and nobody says so. */
function goSilent(server) {
  server.connections.forEach((there) => (there.isSilent = true));
  server.isDown = true;
}

const connection = (server) => [...server.connections].find(({ isWelcome }) => isWelcome);

test('the state is live only when the welcome has come', async () => {
  const { chat, clock, server } = begin();
  server.latency = () => 100;
  const started = chat.start({ name: 'me', rooms: ['lobby'] });
  let isIn = false;
  started.then(() => (isIn = true));
  assert.equal(chat.state, 'connecting');
  await clock.pass(250);
  assert.equal(chat.state, 'connecting');
  assert.equal(isIn, false);
  await clock.pass(100);
  assert.equal(chat.state, 'live');
  assert.equal(isIn, true);
  assert.equal(chat.since, null);
});

test('without a room in mind one goes where the server says that people meet', async () => {
  const { chat } = await live({}, { name: 'me' });
  assert.deepEqual([...chat.rooms.keys()], ['lobby']);
  assert.equal(chat.current, 'lobby');
});

test('the token and the name are in no address, only in the hello', async () => {
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

test('what proves the name stays on the device only if the person wants that', async () => {
  for (const keep of [false, true]) {
    const { chat, clock, storage, server } = await live({}, { name: 'me', keep, rooms: ['lobby'] });
    chat.claim();
    await clock.pass(100);
    assert.equal(chat.me.owned, true);
    const isKept = [...storage.map.values()].some((value) => value.includes('token-of-me'));
    assert.equal(isKept, keep);
    connection(server).cut();
    await clock.pass(5_000);
    assert.equal(chat.state, 'live', 'it is known as long as the page is there');
    const next = begin({ storage, clock, server }).chat;
    assert.equal(next.saved.hasToken, keep);
    const refused = next.start({ name: 'me', keep }).catch((refusal) => refusal.code);
    await clock.pass(1_000);
    assert.equal(await refused, keep ? undefined : 'name-owned');
    chat.keep(false);
    assert.ok(![...storage.map.values()].some((value) => value.includes('token-of-me')));
  }
});

test('the key of a closed server goes from the device with the rest', async () => {
  const { chat, storage } = await live({}, { name: 'me', keep: true, key: 'open sesame', rooms: ['lobby'] });
  const isKept = () => [...storage.map.values()].some((value) => value.includes('open sesame'));
  assert.equal(isKept(), true);
  chat.keep(false);
  assert.equal(isKept(), false);
  assert.equal(chat.saved.key, 'open sesame', 'it is known as long as the page is there');
});

test('a name that is refused is a thing to ask the person, and the next one goes', async () => {
  const { chat, clock, server } = begin();
  server.tokens.set('bob', 'x');
  const refused = chat.start({ name: 'bob', rooms: ['lobby'] });
  await clock.pass(60_000);
  await assert.rejects(refused, { code: 'name-owned', do: 'ask', text: 'This name belongs to somebody.' });
  assert.equal(chat.state, 'stopped');
  assert.equal(chat.reason.code, 'name-owned');
  assert.equal(server.received.filter(({ type }) => type === 'hello').length, 1, 'it is not tried again');
  chat.start({ name: 'rob' });
  await clock.pass(1_000);
  assert.equal(chat.state, 'live');
  assert.equal(chat.me.name, 'rob');
});

test('another name that cannot be had leaves the person with the one they had', async () => {
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

test('it comes back for ever, and longer each time up to half a minute', async () => {
  const { chat, clock, server } = await live();
  server.isDown = true;
  const before = server.rooms.get('lobby');
  server.kill();
  await clock.pass(0);
  assert.equal(chat.state, 'offline');
  assert.ok(chat.reason.retryAt > clock.now);
  assert.notEqual(chat.since, null);
  await clock.pass(6 * 3_600_000);
  assert.notEqual(chat.state, 'stopped');
  server.isDown = false;
  await clock.pass(46_000);
  assert.equal(chat.state, 'live');
  assert.equal(server.rooms.get('lobby'), before);
});

test('reconnecting waits as long as the server says, whatever the browser has news of', async () => {
  const { chat, clock, server, env } = await live();
  connection(server).bye('draining', 'reconnect', 20_000);
  await clock.pass(100);
  env.tell('wake');
  env.tell('online');
  await clock.pass(9_000);
  assert.equal(chat.state, 'offline');
  assert.equal(chat.reason.code, 'draining');
  await clock.pass(12_000);
  assert.equal(chat.state, 'live');
});

test('stop means stop, until the person wants it', async () => {
  const { chat, clock, server } = await live();
  connection(server).bye('kicked', 'stop');
  await clock.pass(3_600_000);
  assert.equal(chat.state, 'stopped');
  assert.equal(chat.reason.code, 'kicked');
  chat.reconnect();
  await clock.pass(1_000);
  assert.equal(chat.state, 'live');
});

test('a number that closes the connection is enough', async () => {
  for (const [code, state] of [[4503, 'stopped'], [4000, 'offline'], [1006, 'offline'], [1011, 'offline']]) {
    const { chat, clock, server } = await live();
    connection(server).end(code);
    await clock.pass(50);
    assert.equal(chat.state, state, `after ${code}`);
  }
});

test('a network that goes is seen at once', async () => {
  const { chat, clock, env } = await live();
  env.tell('offline');
  assert.equal(chat.state, 'offline');
  env.tell('online');
  await clock.pass(100);
  assert.equal(chat.state, 'live');
});

test('a server that is silent is found out within its pingSeconds and a little', async () => {
  const { chat, clock, server } = await live();
  goSilent(server);
  await clock.pass(34_000);
  assert.notEqual(chat.state, 'live');
});

test('a server that is silent when something is posted is found out within ten seconds', async () => {
  const { chat, clock, server } = await live();
  goSilent(server);
  chat.post('lobby', 'hello?');
  await clock.pass(12_500);
  assert.notEqual(chat.state, 'live');
});

test('after a sleep it takes a few seconds', async () => {
  const { chat, clock, server, env } = await live();
  connection(server).isSilent = true;
  clock.sleep(8 * 3_600_000);
  env.tell('wake');
  await clock.pass(4_100);
  assert.notEqual(chat.state, 'live');
  await clock.pass(3_000);
  assert.equal(chat.state, 'live');
});

test('a sleep that no event tells of is noticed by the clock', async () => {
  const { chat, clock, server } = await live();
  goSilent(server);
  clock.sleep(3_600_000);
  await clock.pass(7_000);
  assert.notEqual(chat.state, 'live');
});

test('a clock that is set back hides no silence', async () => {
  const { chat, clock, server } = await live();
  await clock.pass(1_000);
  goSilent(server);
  clock.setBack(3_600_000);
  await clock.pass(7_000);
  assert.notEqual(chat.state, 'live');
});

test('a quiet connection is kept by pings, and one that hears much says something, too', async () => {
  const { chat, clock, server } = await live();
  server.received.length = 0;
  for (let i = 0; i < 120; i++) {
    server.say('lobby', 'bob', `${i}`);
    await clock.pass(1_000);
  }
  assert.equal(chat.state, 'live');
  assert.ok(server.received.length >= 3 && server.received.length <= 10, `${server.received.length} pings in 2 minutes`);
});

test('the loss of a last message shows by a pong', async () => {
  const { chat, clock, server } = await live();
  const there = connection(server);
  const { say } = there;
  there.say = () => {};
  server.say('lobby', 'bob', 'lost');
  there.say = say;
  await clock.pass(60_000);
  assert.deepEqual(texts(chat.room('lobby')), ['lost']);
});

test('what is missed is caught up, told once, and known as late', async () => {
  const { chat, clock, server, said } = await live();
  server.say('lobby', 'bob', 'one');
  await clock.pass(100);
  server.isDown = true;
  server.kill();
  server.say('lobby', 'bob', 'two');
  await clock.pass(10_000);
  server.isDown = false;
  await clock.pass(60_000);
  server.say('lobby', 'bob', 'three');
  await clock.pass(100);
  assert.deepEqual(texts(chat.room('lobby')), ['one', 'two', 'three']);
  assert.deepEqual(said().map(({ entry, late }) => [entry.text, late]), [['one', false], ['two', true], ['three', false]]);
  assert.equal(chat.room('lobby').unread, 3);
});

test('history is never told as new', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  for (let i = 0; i < 30; i++) {
    server.say('lobby', 'bob', `old ${i}`);
  }
  const { chat, said } = await live({ clock, server });
  await Promise.all([chat.older('lobby'), clock.pass(100)]);
  assert.equal(chat.room('lobby').entries.length, 30);
  assert.deepEqual(said(), []);
  assert.equal(chat.room('lobby').unread, 0);
});

test('another log: what was known goes, and a gap says so', async () => {
  const { chat, clock, server } = await live();
  server.say('lobby', 'bob', 'old');
  await clock.pass(100);
  server.reset('lobby');
  server.say('lobby', 'bob', 'new');
  await clock.pass(10_000);
  const room = chat.room('lobby');
  assert.deepEqual(texts(room), ['1..0', 'new']);
  assert.equal(room.entries[0].why, 'epoch');
});

test('a gap stands where it is, and is filled if the server has it after all', async () => {
  const { chat, clock, server } = await live();
  server.say('lobby', 'bob', 'one');
  server.lag(connection(server), 'lobby', 3);
  server.say('lobby', 'bob', 'five');
  await clock.pass(100);
  const room = chat.room('lobby');
  assert.deepEqual(texts(room), ['one', '2..4', 'five']);
  await Promise.all([chat.fill(room, room.entries[1]), clock.pass(100)]);
  assert.deepEqual(room.entries.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
});

test('a message that is taken back loses its text everywhere', async () => {
  const { chat, clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  server.say('lobby', 'bob', 'regretted');
  await clock.pass(5_000);
  assert.ok([...storage.map.values()].some((value) => value.includes('regretted')));
  const before = chat.find('lobby', 1);
  server.event('lobby', 'deleted', 'bob', { target: 1 });
  await clock.pass(100);
  const room = chat.room('lobby');
  assert.notEqual(chat.find('lobby', 1), before, 'what changes is another object');
  assert.equal(chat.find('lobby', 1).text, '');
  assert.equal(chat.find('lobby', 1).deleted, true);
  assert.equal(room.unread, 0);
  env.tell('hide');
  assert.ok(![...storage.map.values()].some((value) => value.includes('regretted')));
});

// What one says oneself.

test('a post is shown as waiting, then in its place, once', async () => {
  const { chat, clock, server } = await live();
  server.latency = () => 200;
  const post = await chat.post('lobby', 'hello', 1);
  const room = chat.room('lobby');
  assert.deepEqual(room.pending.map(({ text, state }) => [text, state]), [['hello', 'waiting']]);
  assert.equal(post.replyTo, 1);
  await clock.pass(1_000);
  assert.deepEqual(room.pending, []);
  assert.deepEqual(room.entries.map(({ text, mine, replyTo }) => [text, mine, replyTo]), [['hello', true, 1]]);
  assert.equal(room.unread, 0);
});

test('what is typed without a connection goes when it is back, in order, once', async () => {
  const { chat, clock, server } = await live();
  server.isDown = true;
  server.kill();
  await clock.pass(0);
  for (const text of ['a', 'b', 'c']) {
    await chat.post('lobby', text);
  }
  await clock.pass(20_000);
  assert.equal(chat.room('lobby').pending.length, 3);
  server.isDown = false;
  await clock.pass(60_000);
  assert.deepEqual(server.room('lobby').log.map(({ text }) => text), ['a', 'b', 'c']);
  assert.deepEqual(chat.room('lobby').pending, []);
});

test('what was typed goes after the tab was closed, too', async () => {
  const { chat, clock, server, storage, env } = await live();
  server.isDown = true;
  server.kill();
  await clock.pass(0);
  await chat.post('den', 'late, but there');
  env.close();
  server.isDown = false;
  const next = await live({ storage, clock, server }, { name: 'me' });
  assert.deepEqual(server.room('den').log.map(({ text }) => text), ['late, but there']);
  assert.deepEqual(next.chat.room('den').pending, []);
  assert.ok(![...storage.map.keys()].some((key) => key.startsWith('chat.out.')));
});

test('what somebody else has typed in this browser stays with them', async () => {
  const { chat, clock, server, storage, env } = await live();
  server.isDown = true;
  server.kill();
  await clock.pass(0);
  await chat.post('lobby', 'mine');
  env.close();
  server.isDown = false;
  await live({ storage, clock, server }, { name: 'other', rooms: ['lobby'] });
  assert.deepEqual(server.room('lobby').log, []);
  await live({ storage, clock, server }, { name: 'me', rooms: ['lobby'] });
  assert.deepEqual(server.room('lobby').log.map(({ text, from }) => [from, text]), [['me', 'mine']]);
});

test('a lost answer doubles nothing, and is not shown twice meanwhile', async () => {
  const { chat, clock, server } = await live();
  await chat.post('lobby', 'once');
  await clock.pass(6);
  connection(server).cut(); // the server has it, and its answer is lost
  assert.equal(server.room('lobby').log.length, 1);
  const room = chat.room('lobby');
  for (let i = 0; i < 500; i++) {
    await clock.pass(10);
    const shown = [...room.entries, ...room.pending].filter(({ text }) => text === 'once').length;
    assert.equal(shown, 1);
  }
  assert.equal(server.room('lobby').log.length, 1);
  assert.equal(server.received.filter(({ type }) => type === 'post').length, 2);
  assert.deepEqual(room.pending, []);
});

test('two tabs post what waits once', async () => {
  const { chat, clock, server, storage } = await live();
  const second = await live({ storage, clock, server });
  server.isDown = true;
  server.kill();
  await clock.pass(0);
  await chat.post('lobby', 'from the first');
  await second.chat.post('lobby', 'from the second');
  server.isDown = false;
  await clock.pass(60_000);
  const posted = server.room('lobby').log.map(({ text }) => text);
  assert.deepEqual(posted.sort(), ['from the first', 'from the second']);
  for (const tab of [chat, second.chat]) {
    assert.deepEqual(tab.room('lobby').pending, []);
    assert.equal(tab.room('lobby').entries.length, 2);
    assert.ok(tab.room('lobby').entries.every(({ mine }) => mine));
  }
});

test('a server that has no time is asked again, in order', async () => {
  const { chat, clock, server } = await live();
  let left = 3;
  server.before = (there, { type, id }) => {
    if (type === 'post' && left-- > 0) {
      there.say({ type: 'error', id, code: 'rate', do: 'retry', text: 'slowly', afterMillis: 700 });
      return true;
    }
    return false;
  };
  await chat.post('lobby', 'a');
  await chat.post('lobby', 'b');
  await clock.pass(10_000);
  assert.deepEqual(server.room('lobby').log.map(({ text }) => text), ['a', 'b']);
});

test('what the server does not take is told, can be sent again or thrown away, and holds up nothing', async () => {
  const { chat, clock, server, storage } = await live();
  let isMuted = true;
  server.before = (there, { type, id }) => {
    if (type === 'post' && isMuted) {
      there.say({ type: 'error', id, code: 'muted', do: 'ask', text: 'You cannot talk here.' });
      return true;
    }
    return false;
  };
  await chat.post('lobby', 'a');
  await chat.post('lobby', 'b');
  await clock.pass(1_000);
  const room = chat.room('lobby');
  assert.deepEqual(
    room.pending.map(({ text, state, code, problem }) => [text, state, code, problem]),
    [['a', 'failed', 'muted', 'You cannot talk here.'], ['b', 'failed', 'muted', 'You cannot talk here.']],
  );
  isMuted = false;
  chat.discard(room.pending[0].id);
  chat.retry(room.pending[0].id);
  await clock.pass(1_000);
  assert.deepEqual(texts(room), ['b']);
  assert.deepEqual(room.pending, []);
  assert.ok(![...storage.map.keys()].some((key) => key.startsWith('chat.out.')));
});

test('what is too long is told without a server', async () => {
  const { chat, clock, server } = await live();
  await chat.post('lobby', 'é'.repeat(501));
  await chat.post('lobby', 'é'.repeat(500));
  await clock.pass(1_000);
  assert.equal(server.received.filter(({ type }) => type === 'post').length, 1);
  assert.equal(chat.room('lobby').pending[0].code, 'too-long');
});

test('what waited for more than a day is not sent unasked', async () => {
  const { chat, clock, server, storage, env } = await live();
  server.isDown = true;
  server.kill();
  await clock.pass(0);
  await chat.post('lobby', 'dinner tonight?');
  env.close();
  clock.sleep(3 * 86_400_000);
  server.isDown = false;
  const next = await live({ storage, clock, server }, { name: 'me' });
  assert.deepEqual(server.room('lobby').log, []);
  const [waiting] = next.chat.room('lobby').pending;
  assert.equal(waiting.state, 'failed');
  next.chat.retry(waiting.id);
  await clock.pass(1_000);
  assert.equal(server.room('lobby').log.length, 1);
});

test('what waited for a month, under whatever name, is forgotten', async () => {
  const { chat, clock, server, storage, env } = await live();
  server.isDown = true;
  server.kill();
  await clock.pass(0);
  await chat.post('lobby', 'stale');
  env.close();
  clock.sleep(31 * 86_400_000);
  server.isDown = false;
  await live({ storage, clock, server }, { name: 'other', rooms: ['lobby'] });
  assert.ok(![...storage.map.keys()].some((key) => key.startsWith('chat.out.')));
});

test('without a storage, or with a full one, everything works as long as the page is there', async () => {
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

// What was read.

test('what was read in one tab is read in the other', async () => {
  const { chat, clock, server, storage } = await live();
  const second = await live({ storage, clock, server });
  server.say('lobby', 'bob', 'one');
  server.say('lobby', 'bob', 'two');
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

test('a guest finds what was not read the last time', async () => {
  const { chat, clock, server, storage, env } = await live();
  server.say('lobby', 'bob', 'one');
  await clock.pass(100);
  chat.markRead('lobby', 1);
  assert.equal(chat.room('lobby').unread, 0);
  await clock.pass(1_000);
  env.close();
  server.say('lobby', 'bob', 'two');
  server.event('lobby', 'topic', 'bob', { text: 'tea' });
  server.say('lobby', 'bob', 'three, me');
  const next = await live({ storage, clock, server }, { name: 'me' });
  const room = next.chat.room('lobby');
  assert.equal(room.unread, 2);
  assert.equal(room.mentions, 1);
  assert.equal(room.firstUnread, 2);
  next.chat.markRead('lobby', 4);
  assert.equal(room.unread, 0);
  assert.equal(room.firstUnread, 2, 'the line stays while one reads');
});

test('a room is coming until all is there that was said before', async () => {
  const who = { name: 'me', keep: true, rooms: ['lobby'] };
  const { clock, server, storage, env } = await live({}, who);
  server.say('lobby', 'bob', 'one');
  await clock.pass(5_000);
  env.close();
  ['two', 'three', 'four'].forEach((text) => server.say('lobby', 'bob', text));
  let millis = 0;
  server.latency = () => (millis += 100); // one after the other
  const next = begin({ storage, clock, server });
  next.chat.start(who);
  const room = next.chat.room('lobby');
  assert.deepEqual(texts(room), ['one']);
  assert.equal(room.isLoading, true, 'that is of the last time');
  const seen = new Set();
  for (let i = 0; i < 100; i++) {
    await clock.pass(50);
    seen.add(`${room.entries.length} ${room.isLoading}`);
  }
  assert.deepEqual([...seen], ['1 true', '0 true', '2 true', '3 true', '4 false']);
});

test('the line above what is unread stays while one reads, and moves when one was away again', async () => {
  const { chat, clock, server, env } = await live();
  const room = chat.room('lobby');
  server.say('lobby', 'bob', 'seen at once');
  await clock.pass(100);
  assert.equal(room.firstUnread, null);
  chat.markRead(room, 1);
  env.isHidden = true;
  server.say('lobby', 'bob', 'two');
  server.say('lobby', 'bob', 'three');
  await clock.pass(100);
  assert.equal(room.firstUnread, 2);
  env.isHidden = false;
  chat.markRead(room, 3);
  server.say('lobby', 'bob', 'four');
  await clock.pass(100);
  assert.equal(room.firstUnread, 2);
  chat.markRead(room, 4);
  env.isHidden = true;
  server.say('lobby', 'bob', 'five');
  await clock.pass(100);
  assert.equal(room.firstUnread, 5);
  await chat.post(room, 'I have read it');
  assert.equal(room.firstUnread, null);
});

test('marks of an owned name go to the other devices, and theirs come here', async () => {
  const { chat, clock, server } = await live();
  chat.claim();
  await clock.pass(100);
  server.say('lobby', 'bob', 'one');
  server.say('lobby', 'bob', 'two');
  await clock.pass(100);
  chat.markRead('lobby', 1);
  chat.markRead('lobby', 2);
  await clock.pass(1_000);
  assert.deepEqual(server.received.filter(({ type }) => type === 'read').map(({ seq }) => seq), [2]);
  server.say('lobby', 'bob', 'three');
  await clock.pass(100);
  assert.equal(chat.room('lobby').unread, 1);
  connection(server).say({ type: 'read', room: 'lobby', seq: 3 });
  await clock.pass(100);
  assert.equal(chat.room('lobby').unread, 0);
});

test('what was read on another device while one slept is not told as new', async () => {
  const { chat, clock, server, said } = await live();
  chat.claim();
  await clock.pass(100);
  server.isDown = true;
  server.kill();
  server.say('lobby', 'bob', 'one');
  server.say('lobby', 'bob', 'two');
  server.room('lobby').read = 1;
  server.isDown = false;
  await clock.pass(60_000);
  assert.deepEqual(said().map(({ entry }) => entry.text), ['two']);
  assert.equal(chat.room('lobby').unread, 1);
});

test('what was read without a connection is told when it is back', async () => {
  const { chat, clock, server } = await live();
  chat.claim();
  server.say('lobby', 'bob', 'one');
  await clock.pass(100);
  connection(server).cut();
  await clock.pass(0);
  chat.markRead('lobby', 1);
  await clock.pass(5_000);
  assert.deepEqual(server.received.filter(({ type }) => type === 'read').map(({ seq }) => seq), [1]);
});

test('rooms that one does not look at count what is unread, also more than is in memory', async () => {
  const { chat, clock, server } = await live({}, { name: 'me', rooms: ['lobby', 'den'] });
  for (let i = 1; i <= 500; i++) {
    server.say('den', 'bob', i === 7 ? 'me!' : `${i}`);
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

// The window.

test('older messages load until there are none', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  for (let i = 1; i <= 300; i++) {
    server.say('lobby', 'bob', `${i}`);
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

test('the window is bounded, moves both ways, and finds the end again', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  for (let i = 1; i <= 2_000; i++) {
    server.say('lobby', 'bob', `${i}`);
  }
  const { chat } = await live({ clock, server });
  const room = chat.room('lobby');
  while (!room.atStart) {
    await Promise.all([chat.older(room), clock.pass(100)]);
    assert.ok(room.entries.length <= 600);
  }
  assert.equal(room.atEnd, false);
  server.say('lobby', 'bob', '2001');
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
  assert.equal(room.atEnd, true, 'who says something wants to see it');
  assert.equal(room.entries[room.entries.length - 1].text, 'and I');
});

test('who reads further up loses nothing to a busy room', async () => {
  const { chat, clock, server } = await live();
  const room = chat.room('lobby');
  server.say('lobby', 'bob', 'what I read');
  await clock.pass(100);
  chat.hold(room, true);
  for (let i = 0; i < 3_000; i++) {
    server.say('lobby', 'bob', `${i}`);
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

test('texts that are as long as they may be do not fill the memory', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  const { chat } = await live({ clock, server }, { name: 'me', rooms: ['lobby', 'den'] });
  const long = 'x'.repeat(65_536);
  for (let i = 0; i < 400; i++) {
    server.say('lobby', 'eve', long);
    server.say('den', 'eve', long);
    await clock.pass(10);
  }
  const chars = (room) => room.entries.reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(chars(chat.room('lobby')) <= 3_000_000);
  assert.ok(chars(chat.room('den')) <= 400_000);
});

test('a thousand messages a second are one event of the room a frame', async () => {
  const { chat, clock, server, events } = await live();
  await clock.pass(1_000);
  events.length = 0;
  for (let frame = 0; frame < 50; frame++) {
    for (let i = 0; i < 20; i++) {
      server.say('lobby', 'bob', `${frame} ${i}`);
    }
    await clock.pass(20);
  }
  await clock.pass(100);
  assert.ok(events.filter(({ event, what }) => event === 'room' && what === 'entries').length <= 52);
  assert.ok(events.filter(({ event }) => event === 'rooms').length <= 52);
  assert.equal(events.filter(({ event }) => event === 'message').length, 1_000);
  assert.ok(chat.room('lobby').entries.length <= 650);
});

test('what comes while nothing is drawn does not pile up', async () => {
  const { chat, clock, server, env, said } = await live();
  await clock.pass(100);
  let draw;
  env.frame = (fn) => (draw = fn);
  for (let i = 0; i < 5_000; i++) {
    server.say('lobby', 'eve', i % 1_000 === 500 ? `me ${i}` : `${i}`);
  }
  await clock.pass(1_000);
  draw();
  assert.equal(said().filter(({ entry }) => entry.mention).length, 5);
  assert.ok(said().length <= 310, `${said().length} are told at once`);
  assert.equal(chat.room('lobby').unread, 5_000);
  assert.equal(chat.room('lobby').mentions, 5);
});

// Without a server.

test('without a server the last messages are there, and it is said that they are old', async () => {
  const { chat, clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  for (let i = 1; i <= 5; i++) {
    server.say('lobby', 'bob', `${i}`);
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
  server.say('lobby', 'bob', '6');
  server.isDown = false;
  await clock.pass(60_000);
  assert.deepEqual(texts(room), ['1', '2', '3', '4', '5', '6']);
  assert.equal(room.isStale, false);
});

test('a page that goes while it is still loading does not lose what was kept', async () => {
  const { clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  server.say('lobby', 'bob', 'kept');
  await clock.pass(100);
  env.tell('hide');
  env.close();
  const next = begin({ storage, clock, server });
  next.chat.start({ name: 'me', keep: true });
  server.before = (there, { type }) => {
    if (type === 'hello') {
      const through = there.say;
      there.say = (object) => object.type !== 'message' && through.call(there, object);
    }
    return false;
  };
  await clock.pass(100);
  assert.equal(next.chat.room('lobby').joined, true);
  next.env.tell('hide');
  assert.ok([...storage.map.values()].join().includes('kept'));
});

test('what was kept and does not touch what is there now goes', async () => {
  const { clock, server, storage, env } = await live({}, { name: 'me', keep: true, rooms: ['lobby'] });
  server.say('lobby', 'bob', 'old');
  await clock.pass(100);
  env.tell('hide');
  env.close();
  for (let i = 2; i <= 200; i++) {
    server.say('lobby', 'bob', `${i}`);
  }
  const { chat } = await live({ storage, clock, server }, { name: 'me', keep: true });
  const room = chat.room('lobby');
  assert.equal(room.entries[0].seq, 121, 'the newest are asked for, and no more');
  assert.equal(room.atStart, false);
  assert.equal(room.unread, 200, 'what is not in memory is counted by number');
  assert.equal(room.firstUnread, 1);
});

test('what others have said is kept only with the person’s leave', async () => {
  for (const keep of [false, true]) {
    const { chat, clock, server, storage, env } = await live({}, { name: 'me', keep, rooms: ['lobby'] });
    chat.enter('@bob');
    await clock.pass(100);
    server.say('@bob', 'bob', 'between us');
    server.say('lobby', 'bob', 'for all');
    await clock.pass(100);
    env.tell('hide');
    const kept = () => [...storage.map.values()].join();
    assert.equal(kept().includes('between us'), keep);
    assert.equal(kept().includes('for all'), keep);
    chat.keep(false);
    assert.ok(!/between us|for all/.test(kept()));
  }
});

test('an unfinished text is there the next time', async () => {
  const { chat, clock, storage, server, env } = await live();
  chat.draft('lobby', 'I was about to');
  env.tell('hide');
  assert.equal(begin({ storage, clock, server }).chat.saved.name, 'me');
  const next = await live({ storage, clock, server }, { name: 'me' });
  assert.equal(next.chat.room('lobby').draft, 'I was about to');
  const other = await live({ storage, clock, server }, { name: 'other', rooms: ['lobby'] });
  assert.equal(other.chat.room('lobby').draft, '', 'it is nobody else’s');
});

test('to be forgotten leaves nothing in the browser, in no tab', async () => {
  const { chat, clock, storage, server } = await live();
  const second = await live({ storage, clock, server });
  server.say('lobby', 'bob', 'hello');
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

// Rooms.

test('a room that cannot be entered is none, and says why', async () => {
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

test('who is put out of a room hears why, does not come back, and can try', async () => {
  const { chat, clock, server, events } = await live();
  connection(server).rooms.delete('lobby');
  connection(server).say({ type: 'left', room: 'lobby', text: 'You were put out by bob.' });
  await clock.pass(100);
  const room = chat.room('lobby');
  assert.equal(room.joined, false);
  assert.equal(room.problem.text, 'You were put out by bob.');
  assert.equal(events.filter(({ event }) => event === 'error').length, 1);
  connection(server).cut();
  await clock.pass(5_000);
  assert.equal(room.joined, false);
  await Promise.all([chat.enter('lobby'), clock.pass(100)]);
  assert.equal(room.joined, true);
});

test('left rooms are not come back to', async () => {
  const { chat, clock, server, storage } = await live({}, { name: 'me', rooms: ['lobby', 'den'] });
  await Promise.all([chat.leave('den'), clock.pass(100)]);
  assert.deepEqual([...chat.rooms.keys()], ['lobby']);
  assert.equal(connection(server).rooms.has('den'), false);
  const next = await live({ storage, clock, server }, { name: 'me' });
  assert.deepEqual([...next.chat.rooms.keys()], ['lobby']);
});

test('a room that is left while one comes back is left, and no other is taken for it', async () => {
  const { chat, clock, server } = await live({}, { name: 'me', rooms: ['lobby', 'den'] });
  server.say('lobby', 'bob', 'one');
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

test('a room that the server writes in another way is the one that was asked for', async () => {
  const clock = new Clock();
  const server = new FakeServer(clock);
  server.room('lobby').name = 'other';
  const { chat } = await live({ clock, server });
  assert.equal(chat.room('lobby').joined, true);
  server.say('lobby', 'bob', 'hello');
  await clock.pass(100);
  assert.deepEqual(texts(chat.room('lobby')), ['hello']);
});

test('rooms of another tab are not forgotten by this one', async () => {
  const { chat, clock, server, storage } = await live();
  const second = await live({ storage, clock, server }, { name: 'me' });
  await Promise.all([second.chat.enter('den'), clock.pass(100)]);
  await Promise.all([chat.enter('attic'), clock.pass(100)]);
  assert.deepEqual(chat.saved.rooms.sort(), ['attic', 'den', 'lobby']);
});

test('a private room opens by itself, with what was said in it', async () => {
  const { chat, clock, server, said } = await live();
  server.say('@bob', 'bob', 'an hour ago', { owned: true });
  const there = connection(server);
  there.say({ type: 'joined', room: '@bob', epoch: server.room('@bob').epoch, seq: 1, first: 1, count: 2, members: ['me', 'bob'], role: 'member' });
  there.rooms.set('@bob', 1);
  await clock.pass(100);
  const room = chat.room('@bob');
  assert.equal(room.private, true);
  assert.equal(room.with, 'bob');
  assert.deepEqual(texts(room), ['an hour ago']);
  assert.equal(room.unread, 1);
  assert.deepEqual(said(), []);
  server.say('@bob', 'bob', 'now', { owned: true });
  await clock.pass(100);
  assert.deepEqual(said().map(({ entry }) => entry.text), ['now']);
  assert.equal(room.unread, 2);
  assert.deepEqual([...chat.rooms.keys()], ['lobby', '@bob']);
});

test('names of rooms are one whatever their case', async () => {
  const { chat, clock } = await live();
  await Promise.all([chat.enter('LOBBY'), clock.pass(100)]);
  assert.deepEqual([...chat.rooms.keys()], ['lobby']);
  assert.equal(chat.room('Lobby'), chat.room('lobby'));
});

test('those whom one does not want to hear are hidden and do not count', async () => {
  const { chat, clock, server, said } = await live();
  chat.claim();
  server.say('lobby', 'eve', 'me me me');
  await clock.pass(100);
  assert.equal(chat.room('lobby').unread, 1);
  await Promise.all([chat.block('Eve'), clock.pass(100)]);
  assert.deepEqual([...chat.blockedNames], ['Eve']);
  assert.equal(chat.room('lobby').entries[0].hidden, true);
  assert.equal(chat.room('lobby').unread, 0);
  server.say('lobby', 'eve', 'me!');
  await clock.pass(100);
  assert.equal(said().length, 1);
  assert.equal(chat.room('lobby').mentions, 0);
});

test('who is there comes and goes', async () => {
  const { chat, clock, server } = await live();
  const there = connection(server);
  there.say({ type: 'presence', room: 'lobby', came: ['bob', 'eve'], count: 3 });
  there.say({ type: 'presence', room: 'lobby', went: ['eve'], count: 2 });
  await clock.pass(100);
  assert.deepEqual(chat.room('lobby').members, ['me', 'bob']);
  assert.equal(chat.room('lobby').count, 2);
  there.say({ type: 'presence', room: 'lobby', count: 201 });
  await clock.pass(100);
  assert.equal(chat.room('lobby').members, null);
});

test('what asks for an answer fails without a connection, and when it goes', async () => {
  const { chat, clock, server } = await live();
  connection(server).isSilent = true;
  const asked = chat.members('lobby');
  await Promise.all([assert.rejects(asked, { code: 'offline', do: 'retry' }), clock.pass(20_000)]);
  server.isDown = true;
  server.kill();
  await clock.pass(0);
  await assert.rejects(chat.search('x'), { code: 'offline', do: 'retry' });
  await assert.rejects(chat.listRooms(), { code: 'offline', do: 'retry' });
});

test('a server that says what is no protocol is come back to', async () => {
  const { chat, clock, server } = await live();
  const there = connection(server);
  for (const bad of ['', 'null', '[]', '{"type":7}', '{']) {
    there.socket.onmessage?.({ data: bad });
  }
  assert.equal(chat.state, 'offline');
  await clock.pass(10_000);
  assert.equal(chat.state, 'live');
});

test('what nobody knows yet is ignored', async () => {
  const { chat, clock, server } = await live();
  connection(server).say({ type: 'reaction', room: 'lobby', seq: 1 });
  server.event('lobby', 'pinned', 'bob', { target: 1 });
  await clock.pass(100);
  assert.equal(chat.state, 'live');
  assert.equal(chat.room('lobby').entries[0].kind, 'event');
});

test('a connection that has gone leaves no timers behind', async () => {
  const { chat, clock } = await live();
  await clock.pass(10_000);
  chat.forgetMe();
  await clock.pass(60_000);
  assert.equal(clock.size, 0);
});
