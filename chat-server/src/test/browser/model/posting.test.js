import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, live, texts } from './chats.js';

test('a post is shown once: first as waiting, then in its place', async () => {
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

test('posts made while disconnected are sent once, in order, after reconnecting', async () => {
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

test('posts survive a closed tab', async () => {
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

test('posts of another user of this browser are not sent', async () => {
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

test('a lost acknowledgement neither duplicates a post nor shows it twice', async () => {
  const { chat, clock, server } = await live();
  await chat.post('lobby', 'once');
  await clock.pass(6);
  connection(server).cut(); // the server has the post, but the acknowledgement is lost
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

test('two tabs send each waiting post once', async () => {
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

test('posts are retried in order if the server says so', async () => {
  const { chat, clock, server } = await live();
  let left = 3;
  server.before = (there, { type, id }) => {
    if (type === 'post' && left-- > 0) {
      there.send({ type: 'error', id, code: 'rate', do: 'retry', text: 'slowly', afterMillis: 700 });
      return true;
    }
    return false;
  };
  await chat.post('lobby', 'a');
  await chat.post('lobby', 'b');
  await clock.pass(10_000);
  assert.deepEqual(server.room('lobby').log.map(({ text }) => text), ['a', 'b']);
});

test('a refused post shows why, can be retried or discarded, and blocks no other', async () => {
  const { chat, clock, server, storage } = await live();
  let isMuted = true;
  server.before = (there, { type, id }) => {
    if (type === 'post' && isMuted) {
      there.send({ type: 'error', id, code: 'muted', do: 'ask', text: 'You are muted.' });
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
    [['a', 'failed', 'muted', 'You are muted.'], ['b', 'failed', 'muted', 'You are muted.']],
  );
  isMuted = false;
  chat.discard(room.pending[0].id);
  chat.retry(room.pending[0].id);
  await clock.pass(1_000);
  assert.deepEqual(texts(room), ['b']);
  assert.deepEqual(room.pending, []);
  assert.ok(![...storage.map.keys()].some((key) => key.startsWith('chat.out.')));
});

test('a post that is too long fails without being sent', async () => {
  const { chat, clock, server } = await live();
  await chat.post('lobby', 'é'.repeat(501));
  await chat.post('lobby', 'é'.repeat(500));
  await clock.pass(1_000);
  assert.equal(server.received.filter(({ type }) => type === 'post').length, 1);
  assert.equal(chat.room('lobby').pending[0].code, 'too-long');
});

test('a post older than a day is sent only on retry', async () => {
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

test('a post older than a month is deleted, even under another name', async () => {
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
