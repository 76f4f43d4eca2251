import { browserEnv } from './env.js';
import { Events } from './events.js';
import { History } from './history.js';
import { Inbox } from './inbox.js';
import { Joins } from './joins.js';
import { Login } from './login.js';
import { Me } from './me.js';
import { bytesOf, cutBytes, isRoomName } from './names.js';
import { OtherTabs } from './othertabs.js';
import { Outbox } from './outbox.js';
import { offline, refuse, Refusal } from './refusal.js';
import { Requests } from './requests.js';
import { Rooms } from './rooms.js';
import { Saving } from './saving.js';
import { Session } from './session.js';
import { Store } from './store.js';

/**
 * The model: all the page knows, and all a user can do. The view reads its fields, calls its actions
 * and listens to its events; it modifies nothing itself.
 *
 * Events: 'state'; 'me'; 'rooms' (the list, or an unread count); 'room' {room, what: 'entries' |
 * 'pending' | 'members' | 'topic' | 'read' | 'window'}, at most once a frame each; 'message' {room,
 * entry, late}, once for each message of somebody else that is new, unless it was read on another
 * device (`late` if it was posted while we were disconnected); 'error' {text, room?}.
 *
 * Actions take a room by its object, key or name. Their promises are rejected with a Refusal: code,
 * do, text.
 */

const SEED_ROOM = 'lobby';

export class Chat {
  /** What the server says about itself. */
  server = { name: '', limits: {}, features: [], seedRoom: SEED_ROOM };

  /** When the session was last live, or null if it is live. */
  since = null;

  #env;
  #store;
  #events;
  #me = new Me();
  #rooms;
  #session;
  #outbox;
  #saving;
  #requests;
  #history;
  #joins;
  #login;
  #inbox;
  #otherTabs;

  /** @param {import('./env.js').Env} [env] */
  constructor(env = browserEnv()) {
    const store = new Store(env.storage, env.random);
    const events = new Events(env);
    const me = this.#me;
    const session = new Session(env, {
      hello: () => ({ ...this.#login.hello(), rooms: this.#joins.hello() }),
      welcomed: (welcome) => this.#welcomed(welcome),
      received: (object) => this.#inbox.received(object),
      answered: (object, request) => this.#inbox.answered(object, request),
      lost: () => this.#lost(),
      changed: () => this.#changed(),
    });
    const outbox = new Outbox(env, store, {
      send: (post) => session.send(post),
      canPost: (key) => this.state === 'live' && this.rooms.get(key)?.joined === true,
      maxBytes: () => this.server.limits.maxMessageBytes,
      changed: (key) => events.touch(this.rooms.get(key), 'pending'),
      later: (millis, fn) => session.later(millis, fn),
    });
    const rooms = new Rooms(store, me, events, (key) => outbox.of(key));
    const saving = new Saving(env, store, (room) => this.#sendMark(room));
    const requests = new Requests(session, rooms, events, (feature) => this.has(feature));
    const history = new History(requests, rooms, events);
    const joins = new Joins({ session, store, rooms, outbox, saving, history, events });
    const login = new Login({ session, store, me, rooms, joins, outbox, events });
    this.#inbox = new Inbox({ env, session, store, me, rooms, joins, outbox, saving, requests, login, events });
    this.#otherTabs = new OtherTabs({ session, store, me, rooms, outbox, events, forget: () => this.#forget() });
    this.#env = env;
    this.#store = store;
    this.#events = events;
    this.#rooms = rooms;
    this.#session = session;
    this.#outbox = outbox;
    this.#saving = saving;
    this.#requests = requests;
    this.#history = history;
    this.#joins = joins;
    this.#login = login;
    this.server = { ...this.server, ...store.server() };
    env.listen((what, detail) => this.#notice(what, detail));
  }

  /** @returns {() => void} removes the listener */
  on(event, fn) {
    return this.#events.on(event, fn);
  }

  /** 'offline' | 'connecting' | 'live' | 'stopped' */
  get state() {
    return this.#session.state;
  }

  /** Why it is not live: {code, do, text, retryAt?}, or null. */
  get reason() {
    return this.#session.reason;
  }

  /** @returns {{name: string, owned: boolean, keep: boolean}} */
  get me() {
    return this.#me.current;
  }

  /** @returns {Set<string>} */
  get blockedNames() {
    return this.#me.blockedNames;
  }

  /** What an earlier visit has stored. */
  get saved() {
    return this.#login.saved;
  }

  /** @returns {Map<string, import('./room.js').Room>} by key, in the order of display */
  get rooms() {
    return this.#rooms.all;
  }

  /** @returns {string|null} the key of the open room */
  get current() {
    return this.#rooms.current;
  }

  /** True if the server is known to have a feature. */
  has(feature) {
    return this.server.features.includes(feature);
  }

  /** The key of a room in `rooms`. */
  key(room) {
    return this.#rooms.key(room);
  }

  /** @returns {import('./room.js').Room|undefined} */
  room(room) {
    return this.#rooms.get(room);
  }

  /** @returns {import('./entry.js').Entry|null} null if it is not in memory */
  find(room, seq) {
    return this.room(room)?.find(seq) ?? null;
  }

  // Logging in and out.

  /**
   * Logs in, or logs in again under another name.
   *
   * @param {object} who
   * @param {string} who.name
   * @param {string} [who.token] proves that the name is ours; the stored one if absent
   * @param {boolean} [who.keep] true if this device may store the token and messages
   * @param {string} [who.key] the access key of a closed server
   * @param {string[]} [who.rooms] rooms to join, besides those of the last time
   * @returns {Promise<void>} when the server has let us in
   */
  start({ name, token, keep = false, key, rooms = [] }) {
    return this.#login.start({ name, token, keep, key, rooms });
  }

  /** Logs in with a code from another device, and gets a token for this one. */
  useCode(name, code, { keep = this.me.keep, key, rooms = [] } = {}) {
    return this.#login.useCode({ name, code, keep, key, rooms });
  }

  /** Connects now instead of waiting for the next attempt. */
  reconnect() {
    if (this.state !== 'live' && this.me.name !== '') {
      this.#session.start();
    }
  }

  /** Logs in under another name; if that is refused, under the current one again. */
  rename(name) {
    return this.#login.rename(name);
  }

  /** @param {boolean} on true if this device may store the token, the key and messages */
  keep(on) {
    this.#login.keep(on);
  }

  /** Logs out, and removes everything from this browser. */
  forgetMe() {
    this.#login.cancel();
    this.#forget();
    this.#store.clear();
    this.#session.stop();
  }

  #forget() {
    this.#outbox.clear();
    this.#login.forget();
    this.#rooms.clear();
    this.#saving.clear();
    this.#inbox.block([]);
  }

  // Rooms.

  /** Opens a room, which is made if there is none. @returns {Promise<Room>} when we are in it */
  enter(room) {
    return this.#joins.enter(room);
  }

  async leave(room) {
    const left = this.room(room);
    if (left !== undefined) {
      await this.#joins.leave(left);
    }
  }

  /** @param {boolean} on true while the user reads further up, where nothing may move */
  hold(room, on) {
    const held = this.room(room);
    if (held !== undefined && held.isHeld !== on) {
      held.hold(on);
    }
  }

  /** Keeps the unfinished text of a room. */
  draft(room, text) {
    const drafted = this.room(room);
    if (drafted !== undefined && drafted.draft !== text) {
      drafted.draft = text;
      this.#saving.draft(drafted);
    }
  }

  // Posting.

  /** @returns {Promise<import('./outbox.js').Pending>} as soon as it is stored */
  async post(room, text, replyTo = null) {
    let posted = this.room(room);
    if (posted === undefined) {
      const name = typeof room === 'string' ? room : room.name;
      if (!isRoomName(name)) {
        return refuse('bad-request', `"${cutBytes(name, 100)}" is not a room name.`);
      }
      posted = this.#rooms.add(name);
      this.#joins.join(posted).catch(({ text: why }) => this.#events.emit('error', { text: why }));
    }
    const { name, key, epoch } = posted;
    const pending = this.#outbox.add({ room: name, key, text, replyTo, epoch, name: this.me.name });
    const most = this.server.limits.maxMessageBytes;
    if (pending === null) {
      return refuse('busy', 'Too many messages are waiting to be sent.', 'retry');
    }
    if (most === undefined || bytesOf(text) <= most) {
      this.draft(posted, '');
    }
    if (posted.problem !== null) {
      this.#outbox.fail(key, posted.problem.code, posted.problem.text);
    } else {
      this.#joins.request(posted);
    }
    posted.removeLine();
    this.toNewest(posted);
    return pending;
  }

  retry(id) {
    this.#outbox.retry(id);
  }

  discard(id) {
    this.#outbox.discard(id);
  }

  // Reading.

  /** Loads messages before the window. @returns {Promise<boolean>} true if there were any */
  older(room) {
    return this.#history.older(room);
  }

  /** Loads messages after the window, unless it reaches the newest. */
  newer(room) {
    return this.#history.newer(room);
  }

  /** Moves the window to a message. @returns {Promise<boolean>} true if the message is there */
  around(room, seq) {
    return this.#history.around(room, seq);
  }

  /** Moves the window to the newest messages. */
  toNewest(room) {
    this.#history.toNewest(room);
  }

  /** Tries to load the messages of a gap. */
  fill(room, gap) {
    return this.#history.fill(room, gap);
  }

  /** Marks messages as read up to a number, on all devices of an owned name. */
  markRead(room, seq) {
    const found = this.room(room);
    if (found?.markRead(seq)) {
      this.#events.touchUnread(found);
      this.#saving.mark(found);
    }
  }

  /** @returns {Promise<{entries: object[], next: number|undefined, complete: boolean}>} */
  search(query, where = {}) {
    return this.#history.search(query, where);
  }

  // Requests.

  async members(room) {
    return this.#requests.members(room);
  }

  /** @param {string} [after] the name of the last room of the previous page */
  listRooms(after) {
    return this.#requests.rooms(after);
  }

  /** Makes the name ours. @returns {Promise<{keepDays?: number}>} */
  claim() {
    return this.#requests.claim();
  }

  /** @returns {Promise<{code: string, seconds: number}>} a code for another device */
  link() {
    return this.#requests.link();
  }

  /** Blocks or unblocks somebody. @returns {Promise<string[]>} all blocked names */
  block(name, on = true) {
    return this.#requests.block(name, on);
  }

  blocked() {
    return this.#requests.blocked();
  }

  setTopic(room, text) {
    return this.#requests.topic(room, text);
  }

  /** Deletes a message. */
  del(room, seq) {
    return this.#requests.delete(room, seq);
  }

  /** @param {{room?: Room|string, target?: string, seconds?: number, address?: boolean, why?: string}} what */
  moderate(action, what = {}) {
    return this.#requests.moderate(action, what);
  }

  // The session.

  #welcomed(welcome) {
    const { server: name, limits, features, seedRoom = SEED_ROOM } = welcome;
    this.server = { name, limits, features, seedRoom };
    this.#store.setServer(this.server);
    if (this.#login.welcomed(welcome)) {
      this.claim().catch(({ text }) => this.#events.emit('error', { text }));
    }
    if (welcome.owned && this.has('block')) {
      this.blocked().catch(() => {}); // it is requested again after the next welcome
    }
    if (this.rooms.size === 0) {
      this.#rooms.open(this.#rooms.add(seedRoom));
    }
    this.#outbox.adopt(welcome.name);
    this.#outbox.rooms().forEach((room) => this.#rooms.add(room));
    this.#joins.requestAll();
    this.#events.emit('me');
    this.#login.started();
  }

  #lost() {
    this.#joins.lost();
    this.#outbox.lost();
  }

  #changed() {
    this.since = this.state === 'live' ? null : (this.since ?? this.#env.now());
    if (this.state === 'stopped') {
      const { reason } = this;
      const refusal = reason === null ? offline() : new Refusal(reason);
      if (this.#login.stopped(reason, refusal)) {
        return;
      }
      this.#joins.failAll(refusal);
    }
    this.#events.emit('state');
  }

  #sendMark(room) {
    if (this.me.owned && room.joined && this.has('read')) {
      this.#session.send({ type: 'read', room: room.name, seq: room.read });
    }
  }

  // The browser.

  #notice(what, detail) {
    if (what === 'hide') {
      this.#saving.flush();
    } else if (what === 'storage') {
      this.#otherTabs.changed(detail);
    } else {
      this.#session.notice(what);
    }
  }
}
