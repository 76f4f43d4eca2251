import { Emitter } from './emitter.js';
import { browserEnv } from './env.js';
import { bytesOf, cutBytes, isRoomName, nameKey } from './names.js';
import { Outbox } from './outbox.js';
import { Room, Violation } from './room.js';
import { offline, Refusal, Session } from './session.js';
import { Store } from './store.js';

/**
 * Everything that the page knows, and all that can be done with it. The view reads the fields,
 * calls the actions, and looks again when it hears an event; it changes nothing itself.
 *
 * Events: 'state', 'me', 'rooms' (the list or what is unread), 'room' {room, what: 'entries' |
 * 'pending' | 'members' | 'topic' | 'read' | 'window'}, each at most once a frame; 'said' {room,
 * entry, late}, once for each message that others say from now on, or have said while we were cut off
 * (`late`), unless it was read on another device; 'error' {text, room?}.
 *
 * Actions take a room by its object, key or name. Their promises are rejected with a Refusal: code,
 * do, text.
 */

/** How many messages are asked for of the room that is looked at, and of others, to begin with. */
const LAST_FRONT = 80;
const LAST_BACK = 40;
const PAGE = 60;
const AROUND = 80;
const FOUND = 30;
const LISTED = 200;

/** In a hello; the rest is joined behind it. */
const MAX_HELLO_ROOMS = 200;

/** Private rooms open by themselves; more are not followed. */
const MAX_PRIVATE_ROOMS = 300;

/**
 * So many are told one by one in a frame, which may be long where nobody sees the page, or much was
 * missed; of more than that, only those for the person.
 */
const MAX_SAID = 300;
const MAX_SAID_TO_ME = 1_000;

const MAX_REMEMBERED = 100;

const DRAFT_MILLIS = 300;
const KEEP_MILLIS = 3_000;
const MARK_MILLIS = 400;
const REJOIN_MILLIS = 1_000;
const MAX_NAME_BYTES = 1_024;
const MAX_QUERY_BYTES = 256;
const MAX_TOPIC_BYTES = 512;
const SEED_ROOM = 'lobby';
const AGENT = 'page';

/** Under which the key of a closed server is kept. No name is this. */
const KEY = '\nkey';

export class Chat {
  /** @type {{name: string, owned: boolean, keep: boolean}} */
  me = { name: '', owned: false, keep: false };

  /** What the server says of itself. */
  server = { name: '', limits: {}, features: [], seedRoom: SEED_ROOM };

  /** @type {Map<string, Room>} in the order in which they are to be shown */
  rooms = new Map();

  /** @type {string|null} the key of the room that is looked at */
  current = null;

  /** @type {Set<string>} those whom the person does not want to hear */
  blockedNames = new Set();

  /** Since when it is not live, or null. */
  since = null;

  #env;
  #store;
  #session;
  #outbox;
  #emitter = new Emitter();
  #who;
  #blockedKeys = new Set();
  #token;
  #isCode = false;
  #key;
  #starting = null;

  /** Who we are if the server does not let us in as somebody else. */
  #fallBack = null;
  #entering = new Map();

  /** What the server calls rooms, where that is not the same for us. */
  #aliases = new Map();

  /** The rooms of the hello that are not answered yet, in turn. */
  #greeted = [];
  #dirty = new Map();
  #areRoomsDirty = false;
  #isFrameAsked = false;
  #said = [];
  #toKeep = new Set();
  #keepTimer = null;
  #toDraft = new Set();
  #draftTimer = null;
  #toMark = new Set();
  #markTimer = null;

  /** @param {Partial<import('./env.js').Env>} [env] */
  constructor(env) {
    this.#env = env ?? browserEnv();
    this.#store = new Store(this.#env.storage, this.#env.random);
    const me = this;
    this.#who = {
      get name() {
        return me.me.name;
      },
      get owned() {
        return me.me.owned;
      },
      blocked: (key) => this.#blockedKeys.has(key),
    };
    this.#session = new Session(this.#env, {
      hello: () => this.#hello(),
      welcomed: (welcome) => this.#welcomed(welcome),
      heard: (object) => this.#guarded(() => this.#heard(object)),
      answered: (object, request) => this.#guarded(() => this.#answered(object, request)),
      lost: () => this.#lost(),
      changed: () => this.#changed(),
    });
    this.#outbox = new Outbox(this.#env, this.#store, {
      say: (post) => this.#session.say(post),
      mayPost: (key) => this.state === 'live' && this.rooms.get(key)?.state === 'in',
      maxBytes: () => this.server.limits.maxMessageBytes,
      changed: (key) => this.#touch(this.rooms.get(key), 'pending'),
      later: (millis, fn) => this.#session.later(millis, fn),
    });
    this.server = { ...this.server, ...this.#store.server() };
    this.#env.listen((what, detail) => this.#notice(what, detail));
  }

  /** @returns {() => void} ends it */
  on(event, fn) {
    return this.#emitter.on(event, fn);
  }

  get state() {
    return this.#session.state;
  }

  get reason() {
    return this.#session.reason;
  }

  /** What is known of the last time. */
  get saved() {
    const { name, keep } = this.#store.me();
    const { names, current } = this.#store.rooms();
    const hasToken = name !== '' && this.#store.token(nameKey(name)) !== undefined;
    return { name, keep, hasToken, key: this.#store.token(KEY), rooms: names, current };
  }

  /** Whether the server can do that, as far as is known. */
  has(feature) {
    return this.server.features.includes(feature);
  }

  /** What a room is found by in `rooms`. */
  key(room) {
    return typeof room === 'string' ? nameKey(room) : room.key;
  }

  /** @returns {Room|undefined} */
  room(room) {
    return this.rooms.get(this.key(room));
  }

  find(room, seq) {
    return this.room(room)?.find(seq) ?? null;
  }

  // Coming and going.

  /**
   * Begins, or goes on as somebody else.
   *
   * @param {object} who
   * @param {string} who.name
   * @param {string} [who.token] proves that it is ours; without it, what was kept is taken
   * @param {boolean} [who.keep] whether it may be kept on this device
   * @param {string} [who.key] lets in where the server asks for one
   * @param {string[]} [who.rooms] where to go, besides where we were last
   * @returns {Promise<void>} when the server has let us in
   */
  start({ name, token, keep = false, key, rooms = [] }) {
    return this.#begin({ name, token, keep, key, rooms, isCode: false });
  }

  /** Comes in by a code from another device, and gets a token of its own. */
  useCode(name, code, { keep = this.me.keep, key, rooms = [] } = {}) {
    if (code.trim() === '') {
      return refuse('token-wrong', 'Say the code that the other device shows.');
    }
    return this.#begin({ name, token: code.trim(), keep, key, rooms, isCode: true });
  }

  #begin({ name, token, keep, key, rooms, isCode }) {
    const called = name.trim();
    if (called === '' || bytesOf(called) > MAX_NAME_BYTES) {
      return refuse('name-bad', 'Say what you want to be called.');
    }
    this.#starting?.reject(offline());
    this.#fallBack = null;
    const last = this.#store.me();
    const isOther = last.name !== '' && nameKey(last.name) !== nameKey(called);
    if (isOther) {
      this.#forgetPrivateRooms();
      this.#outbox.rename(called);
    }
    this.#store.setMe(called, keep);
    this.#token = token;
    this.#isCode = isCode;
    this.#key = key ?? this.#store.token(KEY);
    this.me = { name: called, owned: false, keep };
    this.#outbox.adopt(called);
    const saved = this.#store.rooms();
    for (const room of [...saved.names, ...rooms, ...this.#outbox.rooms().values()]) {
      if (isRoomName(room)) {
        this.#add(room);
      }
    }
    const wish = rooms[0] ?? saved.current;
    if (this.current === null && this.rooms.size > 0) {
      this.#look(this.room(wish ?? '') ?? [...this.rooms.values()][0]);
    }
    const started = new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
    });
    started.catch(() => {}); // who does not wait for it is told by 'state'
    this.#touchRooms();
    this.#emitter.emit('me');
    this.#session.start();
    return started;
  }

  /** Now, not only when the time has come. */
  reconnect() {
    if (this.state !== 'live' && this.me.name !== '') {
      this.#session.start();
    }
  }

  /** Goes on under another name, or under this one if that cannot be. */
  rename(name) {
    const { name: before, keep } = this.me;
    const renamed = this.start({ name, keep });
    this.#fallBack = before === '' || this.#starting === null ? null : { name: before, keep };
    return renamed;
  }

  /** Whether what proves the name stays on this device. */
  keep(on) {
    this.me = { ...this.me, keep: on };
    this.#store.setMe(this.me.name, on);
    if (this.#key !== undefined) {
      this.#store.setToken(KEY, this.#key);
    }
    this.#emitter.emit('me');
  }

  /** Leaves, and takes everything out of this browser. */
  forgetMe() {
    this.#starting?.reject(offline());
    this.#starting = null;
    this.#outbox.clear();
    this.#forget();
    this.#store.clear();
    this.#session.stop();
  }

  #forget() {
    this.me = { name: '', owned: false, keep: false };
    this.#token = this.#key = undefined;
    this.rooms.clear();
    this.current = null;
    this.#block([]);
    this.#toKeep.clear();
    this.#toMark.clear();
    this.#toDraft.clear();
    this.#emitter.emit('me');
    this.#touchRooms();
  }

  // Rooms.

  /** Goes to a room, which is made if there is none. @returns {Promise<Room>} when we are in it */
  async enter(room) {
    const name = typeof room === 'string' ? room : room.name;
    if (!isRoomName(name)) {
      return refuse(
        'bad-request',
        `A room is called by up to 64 letters, digits, ".", "_" and "-", not "${cutBytes(name, 100)}".`,
      );
    }
    const isNew = !this.rooms.has(nameKey(name));
    const before = this.current;
    const entered = this.#add(name);
    this.#look(entered);
    if (entered.state === 'in') {
      this.#fillUp(entered);
      return entered;
    }
    if (entered.state === 'out') {
      entered.state = 'wanted';
      entered.problem = null;
    }
    try {
      await this.#joining(entered);
      return entered;
    } catch (refusal) {
      if (isNew && entered.entries.length === 0 && this.rooms.get(entered.key) === entered) {
        this.#remove(entered, before);
      }
      throw refusal;
    }
  }

  async leave(room) {
    const left = this.room(room);
    if (left === undefined) {
      return;
    }
    const wasIn = left.state === 'in' || left.state === 'asked';
    this.#outbox.discardRoom(left.key);
    this.#remove(left, null);
    this.#store.removeLast(left.key);
    if (wasIn && this.state === 'live') {
      await this.#session.request({ type: 'leave', room: left.name }).catch(() => {});
    }
  }

  /** The person reads further up in it, where nothing may move. */
  hold(room, on) {
    const held = this.room(room);
    if (held !== undefined && held.isHeld !== on) {
      held.hold(on);
    }
  }

  draft(room, text) {
    const drafted = this.room(room);
    if (drafted !== undefined && drafted.draft !== text) {
      drafted.draft = text;
      this.#toDraft.add(drafted);
      this.#draftTimer ??= this.#env.setTimeout(() => this.#keepDrafts(), DRAFT_MILLIS);
    }
  }

  // Saying something.

  /** @returns {Promise<object>} the Pending, as soon as it is kept */
  async post(room, text, replyTo = null) {
    let posted = this.room(room);
    if (posted === undefined) {
      const called = typeof room === 'string' ? room : room.name;
      if (!isRoomName(called)) {
        return refuse('bad-request', `"${cutBytes(called, 100)}" is no name of a room.`);
      }
      posted = this.#add(called);
      this.#joining(posted).catch(({ text: why }) => this.#emitter.emit('error', { text: why }));
    }
    const { name, key, epoch } = posted;
    const pending = this.#outbox.add({ room: name, key, text, replyTo, epoch, name: this.me.name });
    const most = this.server.limits.maxMessageBytes;
    if (pending === null) {
      return refuse('busy', 'Too much waits to be sent already.', 'retry');
    }
    if (most === undefined || bytesOf(text) <= most) {
      this.draft(posted, '');
    }
    if (posted.problem !== null) {
      this.#outbox.fail(key, posted.problem.code, posted.problem.text);
    } else if (posted.state === 'wanted' && this.state === 'live') {
      this.#join(posted);
    }
    posted.firstUnread = null;
    this.toNewest(posted);
    return pending;
  }

  retry(id) {
    this.#outbox.retry(id);
  }

  discard(id) {
    this.#outbox.discard(id);
  }

  // What was said.

  /** Loads what comes before the window. @returns {Promise<boolean>} whether there was something */
  older(room) {
    return this.#loading(room, 'loadingOlder').from(
      (found) => !found.atStart && { before: found.start, limit: PAGE },
      (found, page) => found.prepend(page.messages, page.next === undefined),
    );
  }

  /** Loads what comes behind the window, unless that reaches to the newest. */
  newer(room) {
    return this.#loading(room, 'loadingNewer').from(
      (found) => !found.atEnd && { after: found.end, limit: PAGE },
      (found, page) => {
        found.append(page.messages, page.next === undefined);
        return page.messages.length > 0;
      },
    );
  }

  /** Shows the place around a message. */
  async around(room, seq) {
    const found = this.#known(room);
    if (found.entries.some((entry) => entry.seq === seq)) {
      return true;
    }
    const page = await this.#history(found, { around: seq, limit: AROUND });
    if (page.messages.length === 0) {
      return refuse('no-room', 'The server has this message no more.', 'ask');
    }
    found.replace(page.messages, page.messages[0].seq <= found.first, true);
    this.#touch(found, 'window');
    return found.entries.some((entry) => entry.seq === seq);
  }

  toNewest(room) {
    const found = this.room(room);
    if (found !== undefined && !found.atEnd) {
      found.toNewest();
      this.#touch(found, 'window');
      this.#fillUp(found);
    }
  }

  /** Tries to load what is missing. */
  async fill(room, gap) {
    const found = this.#known(room);
    const limit = Math.min(200, Math.max(1, gap.to - gap.from + 1));
    const page = await this.#history(found, { after: gap.from - 1, limit });
    found.fill(gap, page.messages);
    this.#touch(found, 'window');
  }

  /** Tells the other devices how far it was read, too. */
  markRead(room, seq) {
    const found = this.room(room);
    if (found?.markRead(seq)) {
      this.#marked(found);
    }
  }

  /** @returns {Promise<{entries: object[], next: number|undefined, complete: boolean}>} */
  async search(query, { room, before, limit = FOUND } = {}) {
    const where = room === undefined || room === null ? undefined : this.#known(room).name;
    const words = cutBytes(query.trim(), MAX_QUERY_BYTES);
    if (words === '') {
      return { entries: [], next: undefined, complete: true };
    }
    const request = { type: 'search', query: words, room: where, before, limit };
    const page = await this.#ask('search', request);
    const entries = page.messages.map((object) => {
      const known = this.room(object.room) ?? new Room(object.room, this.#who, () => []);
      return { ...known.entryOf(object), room: known.key, roomName: known.name };
    });
    return { entries, next: page.next, complete: page.complete };
  }

  // Who and what there is.

  async members(room) {
    const found = this.#known(room);
    const { members, count } = await this.#ask('members', {
      type: 'members',
      room: found.name,
      limit: LISTED,
    });
    found.members = members;
    found.count = count;
    this.#touch(found, 'members');
    return { members, count };
  }

  async listRooms(behind) {
    const { rooms, complete } = await this.#ask('rooms', { type: 'rooms', room: behind, limit: LISTED });
    return { rooms, complete };
  }

  // Names.

  /** Makes the name ours. @returns {Promise<{keepDays?: number}>} */
  async claim() {
    const { keepDays } = await this.#ask('claim', { type: 'claim' });
    return { keepDays };
  }

  /** @returns {Promise<{code: string, seconds: number}>} a code for another device */
  async link() {
    const { code, seconds } = await this.#ask('link', { type: 'link' });
    return { code, seconds };
  }

  async block(name, on = true) {
    const { names } = await this.#ask('block', { type: 'block', name, on });
    return names;
  }

  async blocked() {
    const { names } = await this.#ask('block', { type: 'block' });
    return names;
  }

  // Order.

  async setTopic(room, text) {
    const topic = cutBytes(text, MAX_TOPIC_BYTES);
    await this.#ask('topic', { type: 'topic', room: this.#known(room).name, text: topic });
  }

  async del(room, seq) {
    await this.#ask('delete', { type: 'delete', room: this.#known(room).name, seq });
  }

  /** @param {{room?: Room|string, target?: string, seconds?: number, address?: boolean, why?: string}} what */
  async moderate(action, { room, target, seconds, address, why } = {}) {
    const where = room === undefined || room === null ? undefined : this.#known(room).name;
    await this.#ask('moderate', { type: 'moderate', action, room: where, target, seconds, address, why });
  }

  // What the session needs.

  #hello() {
    const rooms = [];
    this.#greeted = [];
    for (const room of this.#inOrderOfNeed()) {
      if (room.state === 'wanted' && rooms.length < MAX_HELLO_ROOMS) {
        rooms.push({ room: room.name, ...this.#asks(room) });
        this.#greeted.push(room);
      }
    }
    const token = this.#token ?? this.#store.token(nameKey(this.me.name));
    const { name } = this.me;
    return { name, client: this.#store.client(), token, key: this.#key, agent: AGENT, rooms };
  }

  /** The room that is looked at is there first. */
  #inOrderOfNeed() {
    return [...this.rooms.values()].sort((a, b) => Number(b.isFront) - Number(a.isFront));
  }

  /** From where a room is to be joined. */
  #asks(room) {
    const after = room.position;
    const last = after === null ? (room.isFront ? LAST_FRONT : LAST_BACK) : undefined;
    room.state = 'asked';
    room.askedBy = null;
    room.asked = { after, last: last ?? null };
    return after === null ? { last } : { after };
  }

  #changed() {
    if (this.state === 'live') {
      this.since = null;
    } else {
      this.since ??= this.#env.now();
    }
    if (this.state === 'stopped') {
      const { reason } = this;
      if (reason?.code === 'token-wrong' && this.#token === undefined) {
        this.#store.setToken(nameKey(this.me.name), undefined);
      }
      this.#token = undefined;
      const refusal = reason === null ? offline() : new Refusal(reason);
      const starting = this.#starting;
      const fallBack = this.#fallBack;
      this.#starting = this.#fallBack = null;
      starting?.reject(refusal);
      if (fallBack !== null && reason !== null) {
        this.start(fallBack);
        return;
      }
      this.#failEntering(refusal);
    }
    this.#emitter.emit('state');
  }

  #welcomed(welcome) {
    const { name, owned, server, limits, features, seedRoom = SEED_ROOM } = welcome;
    this.server = { name: server, limits, features, seedRoom };
    this.#store.setServer({ name: server, limits, features, seedRoom });
    this.me = { ...this.me, name, owned };
    this.#store.setMe(name, this.me.keep);
    if (this.#key !== undefined) {
      this.#store.setToken(KEY, this.#key);
    }
    if (owned && this.#token !== undefined && !this.#isCode) {
      this.#store.setToken(nameKey(name), this.#token);
    }
    if (owned && this.#isCode) {
      this.claim().catch(({ text }) => this.#emitter.emit('error', { text }));
    }
    this.#token = undefined;
    this.#isCode = false;
    if (owned && features.includes('block')) {
      this.blocked().catch(() => {}); // the next welcome asks again
    }
    if (this.rooms.size === 0) {
      this.#look(this.#add(seedRoom));
    }
    this.#outbox.adopt(name);
    for (const [key, room] of this.#outbox.rooms()) {
      if (!this.rooms.has(key)) {
        this.#add(room);
      }
    }
    this.rooms.forEach((room) => {
      if (room.state === 'wanted') {
        this.#join(room);
      }
    });
    this.#emitter.emit('me');
    this.#starting?.resolve();
    this.#starting = this.#fallBack = null;
  }

  #lost() {
    this.rooms.forEach((room) => {
      if (room.state !== 'out') {
        room.state = 'wanted';
      }
    });
    this.#outbox.lost();
  }

  /** What breaks the rules is a reason to come back, and no more. */
  #guarded(task) {
    try {
      task();
    } catch (failure) {
      if (!(failure instanceof Violation)) {
        console.error(failure);
      }
      this.#session.resume(failure.message);
    }
  }

  #answered(object, request) {
    if (object.type === 'joined') {
      this.#joined(object, request);
    } else if (object.type === 'owned') {
      this.#store.setToken(nameKey(this.me.name), object.token);
      this.me = { ...this.me, owned: true };
      this.rooms.forEach((room) => room.lookAgain());
      this.#emitter.emit('me');
    } else if (object.type === 'blocked') {
      this.#block(object.names);
    }
  }

  #heard(object) {
    const room = typeof object.room === 'string' ? this.#roomCalled(object.room) : undefined;
    switch (object.type) {
      case 'message':
      case 'event':
        this.#take(room, object);
        break;
      case 'ack':
        this.#acknowledged(room, object);
        break;
      case 'gap':
        if (room?.state === 'in') {
          room.gap(object);
          this.#touch(room, 'entries');
          this.#keepSoon(room);
        }
        break;
      case 'joined':
        this.#joined(object, null);
        break;
      case 'presence':
        if (room?.state === 'in') {
          room.presence(object);
          this.#touch(room, 'members');
        }
        break;
      case 'read':
        if (room?.markRead(object.seq)) {
          this.#store.setMark(room.key, room.epoch, room.read);
          this.#touchUnread(room);
        }
        break;
      case 'left':
        if (room !== undefined) {
          this.#putOut(room, object.text);
        }
        break;
      case 'blocked':
        this.#block(object.names);
        break;
      case 'pong':
        this.#compare(object.heads ?? {});
        break;
      case 'error':
        this.#refused(room, object);
        break;
      default: // S-12
    }
  }

  #roomCalled(name) {
    const key = nameKey(name);
    return this.rooms.get(key) ?? this.rooms.get(this.#aliases.get(key) ?? '');
  }

  #take(room, object) {
    if (room?.state !== 'in') {
      return; // it was left a moment ago
    }
    const taken = room.take(object);
    if (object.type === 'event' && object.by === this.me.name) {
      this.#session.answerWhere((request) => isAnswer(object, request, room.key), object);
    }
    if (taken !== null) {
      this.#shown(room, taken);
    }
  }

  #shown(room, { entry, isUnread, isNews, late }) {
    if (entry.mine && entry.kind === 'message') {
      this.#outbox.seen(room.key, entry.text, entry.seq);
    }
    if (isUnread) {
      room.lineIfAway(entry.seq, !isNews || room.isHeld || this.#env.hidden());
    }
    if (isNews) {
      const most = entry.mention || room.private ? MAX_SAID_TO_ME : MAX_SAID;
      if (this.#said.length < most) {
        this.#said.push({ room, entry, late });
      }
    }
    if (entry.kind === 'topic') {
      this.#touch(room, 'topic');
    }
    this.#touch(room, 'entries');
    if (room.unread > 0) {
      this.#touchRooms();
    }
    this.#keepSoon(room);
  }

  #acknowledged(room, ack) {
    const post = this.#outbox.acknowledged(ack);
    if (room?.state === 'in' && !ack.duplicate) {
      if (post === null && !room.hasHeard(ack.seq)) {
        throw new Violation('The server acknowledges what was not posted.');
      }
      if (post !== null) {
        const { text, replyTo } = post;
        const { seq, at } = ack;
        const { name, owned } = this.me;
        const said = { type: 'message', seq, at, from: name, owned, text, replyTo };
        const wasRead = room.unread === 0;
        const taken = room.take(said, true);
        if (taken !== null) {
          this.#shown(room, taken);
        }
        if (wasRead && room.markRead(seq)) {
          this.#markSoon(room);
        }
      }
    }
    if (room !== undefined) {
      this.#outbox.pump(room.key);
    }
  }

  #compare(heads) {
    for (const [name, seq] of Object.entries(heads)) {
      const room = this.#roomCalled(name);
      if (room?.state === 'in' && !room.hasHeard(seq)) {
        throw new Violation(`Something that was said in ${name} was lost on the way.`);
      }
    }
  }

  #refused(room, error) {
    if (room !== undefined && error.q === undefined && error.id === undefined) {
      this.#greetedAs(room.key);
    }
    if (error.id !== undefined) {
      const mayComeBack = error.code === 'not-joined' && room === undefined && this.#isComing(error.id);
      this.#outbox.refused(error, mayComeBack);
    } else if (room?.state === 'asked' && room.askedBy === null) {
      this.#notLetIn(room, error);
    } else if (room !== undefined && error.do === 'retry') {
      this.#session.later(error.afterMillis ?? REJOIN_MILLIS, () => this.#marked(room));
    }
  }

  #isComing(id) {
    const room = [...this.rooms.values()].find(({ pending }) => pending.some((post) => post.id === id));
    return room !== undefined && (room.state === 'asked' || room.state === 'wanted');
  }

  // Being in rooms.

  /** @returns {Room} it, in its place in the list */
  #add(name) {
    const key = nameKey(name);
    const known = this.rooms.get(key);
    if (known !== undefined) {
      return known;
    }
    const room = new Room(name, this.#who, () => this.#outbox.of(key));
    room.restore(this.#store.last(key), this.#store.mark(key));
    room.draft = this.#store.draft(key);
    const all = [...this.rooms.values(), room];
    const open = all.filter((one) => !one.private);
    this.rooms = new Map([...open, ...all.filter((one) => one.private)].map((one) => [one.key, one]));
    this.#remember();
    return room;
  }

  #remove(room, next) {
    this.rooms.delete(room.key);
    room.leave();
    this.#toKeep.delete(room);
    this.#toMark.delete(room);
    this.#toDraft.delete(room);
    this.#entering.get(room)?.reject(offline());
    this.#entering.delete(room);
    if (this.current === room.key) {
      this.current = null;
      const other = this.rooms.get(next ?? '') ?? [...this.rooms.values()][0];
      if (other !== undefined) {
        this.#look(other);
      }
    }
    this.#remember(room.key);
  }

  /** Other tabs may be in other rooms. */
  #remember(left = null) {
    const others = this.#store.rooms().names.filter((name) => {
      const key = nameKey(name);
      return key !== left && !this.rooms.has(key);
    });
    const names = [...this.rooms.values()].map(({ name }) => name);
    const current = this.rooms.get(this.current ?? '')?.name ?? null;
    this.#store.setRooms([...names, ...others].slice(0, MAX_REMEMBERED), current);
    this.#touchRooms();
  }

  #look(room) {
    if (this.current === room.key) {
      return;
    }
    const before = this.rooms.get(this.current ?? '');
    if (before !== undefined) {
      before.lookAway();
      this.#touch(before, 'window');
    }
    this.current = room.key;
    room.look();
    this.#remember();
    this.#touch(room, 'window');
  }

  /** @returns {Promise<void>} when we are in it */
  #joining(room) {
    let entering = this.#entering.get(room);
    if (entering === undefined) {
      entering = {};
      entering.promise = new Promise((resolve, reject) => Object.assign(entering, { resolve, reject }));
      entering.promise.catch(() => {});
      this.#entering.set(room, entering);
    }
    if (room.state === 'wanted' && this.state === 'live') {
      this.#join(room);
    } else if (this.state === 'stopped') {
      this.#failEntering(offline());
    }
    return entering.promise;
  }

  #failEntering(refusal) {
    this.#entering.forEach(({ reject }) => reject(refusal));
    this.#entering.clear();
  }

  #join(room) {
    const request = { type: 'join', room: room.name, ...this.#asks(room) };
    room.askedBy = request;
    this.#session.request(request).catch((refusal) => {
      if (refusal.code !== 'offline' && room.state === 'asked') {
        this.#notLetIn(room, refusal);
      }
    });
  }

  #notLetIn(room, refusal) {
    if (refusal.do === 'retry') {
      room.state = 'wanted';
      this.#session.later(Math.max(1, refusal.afterMillis ?? REJOIN_MILLIS), () => {
        if (room.state === 'wanted' && this.rooms.get(room.key) === room) {
          this.#join(room);
        }
      });
      return;
    }
    const { code, do: act, text } = refusal;
    room.leave({ code, do: act, text });
    this.#outbox.fail(room.key, code, text);
    const entering = this.#entering.get(room);
    this.#entering.delete(room);
    if (entering !== undefined) {
      entering.reject(new Refusal(refusal));
    } else if (room.private && room.entries.length === 0 && room.pending.length === 0) {
      this.#remove(room, null); // an old one, of another name
    } else {
      this.#emitter.emit('error', { text, room });
    }
    this.#touch(room, 'members');
    this.#touchRooms();
  }

  /** @param {object|null} request the join, if that is its answer */
  #joined(joined, request) {
    const key = nameKey(request?.room ?? joined.room);
    const greeted = request === null ? this.#greetedAs(key) : undefined;
    const room = greeted ?? this.rooms.get(key);
    if (room === undefined) {
      this.#opened(joined);
      return;
    }
    if (this.rooms.get(room.key) !== room) {
      if (!this.rooms.has(room.key)) {
        this.#session.say({ type: 'leave', room: joined.room }); // it was left meanwhile
      }
      return;
    }
    if (nameKey(joined.room) !== room.key) {
      this.#aliases.set(nameKey(joined.room), room.key);
    }
    if (room.state === 'in' && room.epoch === joined.epoch) {
      room.describe(joined);
    } else if (room.state === 'asked' && (request !== null || room.askedBy === null)) {
      if (room.epoch !== null && room.epoch !== joined.epoch) {
        this.#outbox.otherLog(room.key, joined.epoch);
      }
      const { last, after } = room.asked;
      const mark = this.#store.mark(room.key);
      room.join(joined, last, after, mark);
      if (after === null) {
        this.#store.setMark(room.key, room.epoch, room.read); // from here on it counts
      }
      if (mark?.epoch === joined.epoch && mark.seq > (joined.read ?? 0)) {
        this.#markSoon(room);
      }
    } else {
      room.join(joined, 0, null, this.#store.mark(room.key)); // a private one opens by itself
    }
    this.#isIn(room);
  }

  /**
   * The room of the hello that is answered by this name. The server may write it in another way,
   * which our comparison does not know; but it answers in turn.
   */
  #greetedAs(key) {
    const i = this.#greeted.findIndex((room) => room.key === key);
    const isUnknown = i < 0 && !this.rooms.has(key) && !key.startsWith('@');
    return i >= 0 ? this.#greeted.splice(i, 1)[0] : isUnknown ? this.#greeted.shift() : undefined;
  }

  /** A private room in which something is about to be said, or was. */
  #opened(joined) {
    const all = [...this.rooms.values()].filter((room) => room.private);
    if (!joined.room.startsWith('@') || all.length >= MAX_PRIVATE_ROOMS) {
      return;
    }
    const room = this.#add(joined.room);
    room.join(joined, 0, null, this.#store.mark(room.key));
    this.#isIn(room);
  }

  #isIn(room) {
    if (room.isFront) {
      room.firstUnread ??= room.nextUnread;
    } else {
      room.firstUnread = room.nextUnread;
    }
    this.#entering.get(room)?.resolve();
    this.#entering.delete(room);
    this.#outbox.pump(room.key);
    ['window', 'members', 'topic', 'read'].forEach((what) => this.#touch(room, what));
    this.#touchRooms();
    this.#keepSoon(room);
    if (room.private || room.isFront) {
      this.#fillUp(room);
    }
  }

  #putOut(room, text) {
    if (room.private) {
      room.state = 'wanted'; // a quiet one; it opens when something is said, or when it is needed
      if (room.pending.length > 0 || room.isFront) {
        this.#join(room);
      }
      return;
    }
    const problem = text || 'You were removed from this room.';
    room.leave({ code: 'kicked', do: 'ask', text: problem });
    this.#outbox.fail(room.key, 'kicked', problem);
    this.#emitter.emit('error', { text: problem, room });
    this.#touch(room, 'members');
    this.#touchRooms();
  }

  /** A room that has a past of which nothing is in memory. */
  #fillUp(room) {
    if (room.state === 'in' && room.isEmptyForNow) {
      this.older(room).catch(() => {}); // it is asked for again when it is looked at
    }
  }

  #forgetPrivateRooms() {
    [...this.rooms.values()].filter((one) => one.private).forEach((room) => this.#remove(room, null));
    const { names, current } = this.#store.rooms();
    this.#store.setRooms(names.filter((name) => !name.startsWith('@')), current);
  }

  #block(names) {
    this.blockedNames = new Set(names);
    this.#blockedKeys = new Set(names.map(nameKey));
    this.rooms.forEach((room) => {
      room.lookAgain();
      this.#touch(room, 'window');
    });
    this.#emitter.emit('me');
    this.#touchRooms();
  }

  // Asking.

  #known(room) {
    const found = this.room(room);
    if (found === undefined) {
      throw new Refusal({ code: 'not-joined', do: 'ask', text: 'You are not in this room.' });
    }
    return found;
  }

  async #ask(feature, request) {
    if (this.state !== 'live') {
      throw offline();
    }
    if (!this.has(feature)) {
      return refuse('unknown-type', `This server has no ${feature}.`);
    }
    return this.#session.request(request);
  }

  async #history(room, where) {
    const page = await this.#ask('history', { type: 'history', room: room.name, ...where });
    if (page.epoch !== room.epoch) {
      throw offline();
    }
    return page;
  }

  #loading(room, flag) {
    const chat = this;
    return {
      async from(asks, takes) {
        const found = chat.#known(room);
        const where = !found[flag] && asks(found);
        if (!where) {
          return false;
        }
        found[flag] = true;
        chat.#touch(found, 'window');
        try {
          const page = await chat.#history(found, where);
          return takes(found, page);
        } finally {
          found[flag] = false;
          chat.#touch(found, 'window');
          chat.#touchRooms();
        }
      },
    };
  }

  // Marks, and what is kept in the browser.

  #marked(room) {
    this.#touchUnread(room);
    this.#markSoon(room);
  }

  #markSoon(room) {
    this.#toMark.add(room);
    this.#markTimer ??= this.#env.setTimeout(() => this.#sendMarks(), MARK_MILLIS);
  }

  #sendMarks() {
    this.#markTimer = null;
    const rooms = [...this.#toMark];
    this.#toMark.clear();
    for (const room of rooms) {
      if (room.epoch !== null) {
        this.#store.setMark(room.key, room.epoch, room.read);
      }
      if (this.me.owned && room.state === 'in' && this.has('read')) {
        this.#session.say({ type: 'read', room: room.name, seq: room.read });
      }
    }
  }

  #keepSoon(room) {
    this.#toKeep.add(room);
    this.#keepTimer ??= this.#env.setTimeout(() => this.#keepLast(), KEEP_MILLIS);
  }

  #keepLast() {
    this.#env.clearTimeout(this.#keepTimer);
    this.#keepTimer = null;
    for (const room of this.#toKeep) {
      if (room.isCaughtUp) {
        const { epoch, name, topic, toKeep } = room;
        this.#store.setLast(room.key, { epoch, name, topic, entries: toKeep, at: this.#env.now() });
        this.#toKeep.delete(room);
      }
    }
  }

  #keepDrafts() {
    this.#env.clearTimeout(this.#draftTimer);
    this.#draftTimer = null;
    this.#toDraft.forEach(({ key, draft }) => this.#store.setDraft(key, draft));
    this.#toDraft.clear();
  }

  #notice(what, detail) {
    if (what === 'hide') {
      this.#keepDrafts();
      this.#keepLast();
      this.#env.clearTimeout(this.#markTimer);
      this.#sendMarks();
    } else if (what === 'storage') {
      this.#otherTab(detail);
    } else {
      this.#session.notice(what);
    }
  }

  #otherTab(event) {
    const removed = Store.removedPost(event);
    if (Store.isForgotten(event) && this.me.name !== '') {
      this.#outbox.clear();
      this.#forget();
      const text = 'You have said in another tab that everything here is to be forgotten.';
      this.#session.stop({ code: 'forgotten', do: 'ask', text });
    } else if (removed !== null) {
      this.#outbox.gone(removed);
    } else if (Store.isAboutMarks(event)) {
      this.rooms.forEach((room) => this.#readInOtherTab(room));
    } else if (Store.isAboutTokens(event) && !this.me.owned && this.state === 'live') {
      if (this.#store.token(nameKey(this.me.name)) !== undefined) {
        this.#session.start(); // the name was claimed there
      }
    }
  }

  #readInOtherTab(room) {
    const mark = this.#store.mark(room.key);
    if (mark !== null && mark.epoch === room.epoch && room.markRead(mark.seq)) {
      this.#touchUnread(room);
    }
  }

  // Events, gathered within a frame.

  #touch(room, what) {
    if (room === undefined) {
      return;
    }
    const whats = this.#dirty.get(room) ?? new Set();
    this.#dirty.set(room, whats.add(what));
    this.#askFrame();
  }

  #touchUnread(room) {
    this.#touch(room, 'read');
    this.#touchRooms();
  }

  #touchRooms() {
    this.#areRoomsDirty = true;
    this.#askFrame();
  }

  #askFrame() {
    if (!this.#isFrameAsked) {
      this.#isFrameAsked = true;
      this.#env.frame(() => this.#flush());
    }
  }

  #flush() {
    this.#isFrameAsked = false;
    const [dirty, said, areRoomsDirty] = [this.#dirty, this.#said, this.#areRoomsDirty];
    this.#dirty = new Map();
    this.#said = [];
    this.#areRoomsDirty = false;
    if (areRoomsDirty) {
      this.#emitter.emit('rooms');
    }
    for (const [room, whats] of dirty) {
      for (const what of whats) {
        this.#emitter.emit('room', { room, what });
      }
    }
    said.forEach((one) => this.#emitter.emit('said', one));
  }
}

async function refuse(code, text, act = 'change') {
  throw new Refusal({ code, do: act, text });
}

/** The answer to a topic, a deletion or an act of order is an event as any other. */
function isAnswer(event, request, key) {
  if (request.room === undefined || nameKey(request.room) !== key) {
    return false;
  }
  const text = event.text ?? '';
  switch (request.type) {
    case 'topic':
      return event.kind === 'topic' && request.text === text;
    case 'delete':
      return event.kind === 'deleted' && request.seq === event.target;
    case 'moderate':
      return (
        event.kind === 'moderated' &&
        `${text} `.startsWith(`${request.action} `) &&
        (event.target === undefined ||
          (request.target !== undefined && nameKey(event.target) === nameKey(request.target)))
      );
    default:
      return false;
  }
}
