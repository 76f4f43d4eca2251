import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Store } from '../../../main/page/js/model/store.js';
import { FakeStorage } from './support.js';

const random = (bytes) => randomBytes(bytes).toString('hex');
const post = (n) => ({ id: `id-${n}`, n, text: `text ${n}`, at: n });
const last = (text, count, at = 1) => ({
  epoch: 'e',
  name: 'lobby',
  topic: '',
  at,
  entries: Array.from({ length: count }, (_, i) => ({ seq: i + 1, kind: 'message', text })),
});

test('the client id is created once, for all tabs', () => {
  const storage = new FakeStorage();
  const client = new Store(storage, random).client();
  assert.match(client, /^[0-9a-f]{32}$/);
  assert.equal(new Store(storage, random).client(), client);
  storage.setItem('chat.client', '"short"');
  assert.match(new Store(storage, random).client(), /^[0-9a-f]{32}$/);
});

test('invalid values in the storage are ignored', () => {
  const storage = new FakeStorage();
  for (const bad of ['', '{', 'null', '[]', '7', '"x"', '{"name":7,"names":{},"current":[]}']) {
    for (const key of ['client', 'me', 'tokens', 'rooms', 'marks', 'drafts', 'server', 'last.lobby', 'out.x']) {
      storage.map.set(`chat.${key}`, bad);
    }
    const store = new Store(storage, random);
    assert.match(store.client(), /^[0-9a-f]{32}$/);
    assert.deepEqual(store.me(), { name: '', keep: false });
    assert.equal(store.token('me'), undefined);
    assert.deepEqual(store.rooms(), { names: [], current: null });
    assert.equal(store.mark('lobby'), null);
    assert.equal(store.draft('lobby'), '');
    assert.equal(store.last('lobby'), null);
    assert.deepEqual(store.posts(), []);
  }
});

test('names of built-in properties are ordinary names', () => {
  const store = new Store(new FakeStorage(), random);
  store.setMe('me', true);
  for (const name of ['__proto__', 'constructor', 'toString']) {
    assert.equal(store.token(name), undefined);
    assert.equal(store.draft(name), '');
    assert.equal(store.mark(name), null);
    store.setToken(name, 'secret');
    store.setDraft(name, 'text');
    store.setMark(name, 'e', 3);
    assert.equal(store.token(name), 'secret');
    assert.equal(store.draft(name), 'text');
    assert.deepEqual(store.mark(name), { epoch: 'e', seq: 3 });
  }
});

test('a user who stores nothing does not affect one who does', () => {
  const storage = new FakeStorage();
  const alice = new Store(storage, random);
  alice.setMe('alice', true);
  alice.setToken('alice', 'of alice');
  alice.setLast('@carol', last('dear alice', 1));
  const bob = new Store(storage, random);
  bob.setMe('bob', false);
  bob.setToken('bob', 'of bob');
  assert.equal(bob.token('bob'), 'of bob');
  assert.ok(!JSON.stringify([...storage.map]).includes('of bob'));
  bob.setLast('@carol', last('dear bob', 1));
  assert.equal(bob.last('@carol'), null);
  const again = new Store(storage, random);
  again.setMe('alice', true);
  assert.equal(again.token('alice'), 'of alice');
  assert.equal(again.token('bob'), undefined);
  again.setMe('alice', false);
  assert.equal(again.token('alice'), 'of alice');
  assert.equal(new Store(storage, random).token('alice'), undefined);
});

test('stored messages and drafts belong to one name', () => {
  const store = new Store(new FakeStorage(), random);
  store.setMe('alice', true);
  store.setLast('@carol', last('dear alice', 1));
  store.setDraft('@carol', 'dear carol');
  assert.equal(store.last('@carol').entries.length, 1);
  store.setMe('bob', true);
  assert.equal(store.last('@carol'), null);
  assert.equal(store.draft('@carol'), '');
  store.setDraft('@carol', '');
  store.setMe('Alice', true);
  assert.equal(store.last('@carol').entries.length, 1);
  assert.equal(store.draft('@carol'), 'dear carol');
});

test('a read mark only grows, but starts again with another log', () => {
  const store = new Store(new FakeStorage(), random);
  store.setMark('lobby', 'e', 5);
  store.setMark('lobby', 'e', 3);
  assert.equal(store.mark('lobby').seq, 5);
  store.setMark('lobby', 'f', 1);
  assert.deepEqual(store.mark('lobby'), { epoch: 'f', seq: 1 });
});

test('stored messages are bounded; the newest stay, without a hole', () => {
  const storage = new FakeStorage();
  const store = new Store(storage, random);
  store.setMe('me', true);
  store.setLast('lobby', last('x'.repeat(1_000), 500));
  const kept = store.last('lobby').entries;
  assert.equal(kept[kept.length - 1].seq, 500);
  kept.forEach(({ seq }, i) => assert.equal(seq, kept[0].seq + i));
  for (let i = 0; i < 100; i++) {
    store.setLast(`room-${i}`, last('x'.repeat(1_000), 100, i));
  }
  const chars = [...storage.map].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  assert.ok(chars < 1_500_000, `${chars} characters`);
  assert.ok(store.last('room-99') !== null);
});

test('posts push out stored messages, which the server has, too', () => {
  const storage = new FakeStorage();
  storage.maxChars = 20_000;
  const store = new Store(storage, random);
  store.client();
  store.setMe('me', true);
  store.setLast('lobby', last('x'.repeat(1_000), 15));
  assert.equal(store.setPost({ ...post(1), text: 'y'.repeat(10_000) }), true);
  assert.equal(store.last('lobby'), null);
  assert.equal(store.posts().length, 1);
  assert.equal(store.setPost({ ...post(2), text: 'y'.repeat(30_000) }), false);
  assert.equal(store.posts().length, 2, 'kept while the page is open');
});
