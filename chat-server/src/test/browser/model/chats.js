import assert from 'node:assert/strict';
import { Chat } from '../../../main/page/js/model/chat.js';
import { FakeServer } from './fakeserver.js';
import { Clock, fakeEnv, FakeStorage } from './support.js';

/** A tab on a fake clock, with a fake server, before the login. */
export function begin({ storage = new FakeStorage(), clock = new Clock(), server = new FakeServer(clock) } = {}) {
  const env = fakeEnv({ clock, WebSocket: server.WebSocket, storage });
  const chat = new Chat(env);
  const events = [];
  for (const event of ['state', 'me', 'rooms', 'room', 'message', 'error']) {
    chat.on(event, (value) => events.push({ event, ...value }));
  }
  const messages = () => events.filter(({ event }) => event === 'message');
  return { env, clock, server, storage, chat, events, messages };
}

/** The same after the login. */
export async function live(options = {}, who = { name: 'me', rooms: ['lobby'] }) {
  const all = begin(options);
  all.chat.start(who);
  await all.clock.pass(1_000);
  assert.equal(all.chat.state, 'live');
  return all;
}

/** The texts of a room, and its gaps as `FROM..TO`. */
export function texts(room) {
  return room.entries.map(({ kind, text, from, to }) => (kind === 'gap' ? `${from}..${to}` : text));
}

/** The server neither sends anything nor closes its connections. */
export function goSilent(server) {
  server.connections.forEach((there) => (there.isSilent = true));
  server.isDown = true;
}

export function connection(server) {
  return [...server.connections].find(({ isWelcome }) => isWelcome);
}
