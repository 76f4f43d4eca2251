import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, connection, goSilent, live } from './chats.js';

test('the state is live only after the welcome', async () => {
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

test('reconnecting never stops, with growing pauses of up to half a minute', async () => {
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

test('reconnecting respects the pause of the server, even after browser events', async () => {
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

test('stop means no reconnect until the user asks for it', async () => {
  const { chat, clock, server } = await live();
  connection(server).bye('kicked', 'stop');
  await clock.pass(3_600_000);
  assert.equal(chat.state, 'stopped');
  assert.equal(chat.reason.code, 'kicked');
  chat.reconnect();
  await clock.pass(1_000);
  assert.equal(chat.state, 'live');
});

test('the close code alone decides about reconnecting', async () => {
  for (const [code, state] of [[4503, 'stopped'], [4000, 'offline'], [1006, 'offline'], [1011, 'offline']]) {
    const { chat, clock, server } = await live();
    connection(server).end(code);
    await clock.pass(50);
    assert.equal(chat.state, state, `after ${code}`);
  }
});

test('losing the network is noticed at once', async () => {
  const { chat, clock, env } = await live();
  env.tell('offline');
  assert.equal(chat.state, 'offline');
  env.tell('online');
  await clock.pass(100);
  assert.equal(chat.state, 'live');
});

test('a silent server is detected soon after its pingSeconds', async () => {
  const { chat, clock, server } = await live();
  goSilent(server);
  await clock.pass(34_000);
  assert.notEqual(chat.state, 'live');
});

test('a server that does not acknowledge is detected within about ten seconds', async () => {
  const { chat, clock, server } = await live();
  goSilent(server);
  chat.post('lobby', 'hello?');
  await clock.pass(12_500);
  assert.notEqual(chat.state, 'live');
});

test('after a sleep, a dead connection is detected within seconds', async () => {
  const { chat, clock, server, env } = await live();
  connection(server).isSilent = true;
  clock.sleep(8 * 3_600_000);
  env.tell('wake');
  await clock.pass(4_100);
  assert.notEqual(chat.state, 'live');
  await clock.pass(3_000);
  assert.equal(chat.state, 'live');
});

test('a sleep without an event is detected by the clock', async () => {
  const { chat, clock, server } = await live();
  goSilent(server);
  clock.sleep(3_600_000);
  await clock.pass(7_000);
  assert.notEqual(chat.state, 'live');
});

test('a dead connection is detected although the clock is set back', async () => {
  const { chat, clock, server } = await live();
  await clock.pass(1_000);
  goSilent(server);
  clock.setBack(3_600_000);
  await clock.pass(7_000);
  assert.notEqual(chat.state, 'live');
});

test('pings keep the connection, even while messages come in', async () => {
  const { chat, clock, server } = await live();
  server.received.length = 0;
  for (let i = 0; i < 120; i++) {
    server.post('lobby', 'bob', `${i}`);
    await clock.pass(1_000);
  }
  assert.equal(chat.state, 'live');
  assert.ok(server.received.length >= 3 && server.received.length <= 10, `${server.received.length} pings in 2 minutes`);
});

test('requests fail without a connection, and when it is lost', async () => {
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

test('after a protocol error, the session reconnects', async () => {
  const { chat, clock, server } = await live();
  const there = connection(server);
  for (const bad of ['', 'null', '[]', '{"type":7}', '{']) {
    there.socket.onmessage?.({ data: bad });
  }
  assert.equal(chat.state, 'offline');
  await clock.pass(10_000);
  assert.equal(chat.state, 'live');
});

test('unknown types and events are ignored', async () => {
  const { chat, clock, server } = await live();
  connection(server).send({ type: 'reaction', room: 'lobby', seq: 1 });
  server.event('lobby', 'pinned', 'bob', { target: 1 });
  await clock.pass(100);
  assert.equal(chat.state, 'live');
  assert.equal(chat.room('lobby').entries[0].kind, 'event');
});

test('a closed connection leaves no timers behind', async () => {
  const { chat, clock } = await live();
  await clock.pass(10_000);
  chat.forgetMe();
  await clock.pass(60_000);
  assert.equal(clock.size, 0);
});
