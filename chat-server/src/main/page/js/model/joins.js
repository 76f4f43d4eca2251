import { cutBytes, isRoomName, nameKey } from './names.js';
import { offline, refuse, Refusal } from './refusal.js';

/** Joins rooms and leaves them, over as many connections as it takes. */

/** How many of the newest messages are requested for the open room, and for the others. */
const LAST_FRONT = 80;
const LAST_BACK = 40;

/** Rooms in a hello; further rooms are joined after the welcome. */
const MAX_HELLO_ROOMS = 200;

/** Private rooms open by themselves; more than this are ignored. */
const MAX_PRIVATE_ROOMS = 300;

const RETRY_MILLIS = 1_000;

export class Joins {
  #session;
  #store;
  #rooms;
  #outbox;
  #saving;
  #history;
  #events;

  /** @type {Map<Room, {promise: Promise<void>, resolve: () => void, reject: (refusal: Refusal) => void}>} */
  #waiting = new Map();

  /** @type {Room[]} the rooms of the hello that have no answer yet, in order */
  #greeted = [];

  /**
   * @param {object} parts
   * @param {import('./session.js').Session} parts.session
   * @param {import('./store.js').Store} parts.store
   * @param {import('./rooms.js').Rooms} parts.rooms
   * @param {import('./outbox.js').Outbox} parts.outbox
   * @param {import('./saving.js').Saving} parts.saving
   * @param {import('./history.js').History} parts.history
   * @param {import('./events.js').Events} parts.events
   */
  constructor({ session, store, rooms, outbox, saving, history, events }) {
    this.#session = session;
    this.#store = store;
    this.#rooms = rooms;
    this.#outbox = outbox;
    this.#saving = saving;
    this.#history = history;
    this.#events = events;
  }

  /** Opens a room, and joins it. @returns {Promise<Room>} when we are in it */
  async enter(room) {
    const name = typeof room === 'string' ? room : room.name;
    if (!isRoomName(name)) {
      return refuse(
        'bad-request',
        `"${cutBytes(name, 100)}" is not a room name: expected up to 64 letters, digits, ".", "_" and "-".`,
      );
    }
    const isNew = this.#rooms.get(name) === undefined;
    const before = this.#rooms.current;
    const entered = this.#rooms.add(name);
    this.#rooms.open(entered);
    if (entered.state === 'in') {
      this.#history.loadIfEmpty(entered);
      return entered;
    }
    if (entered.state === 'out') {
      entered.state = 'wanted';
      entered.problem = null;
    }
    try {
      await this.join(entered);
      return entered;
    } catch (refusal) {
      if (isNew && entered.entries.length === 0 && this.#rooms.has(entered)) {
        this.remove(entered, before);
      }
      throw refusal;
    }
  }

  async leave(room) {
    const wasIn = room.state === 'in' || room.state === 'joining';
    this.#outbox.discardRoom(room.key);
    this.remove(room, null);
    this.#store.removeLast(room.key);
    if (wasIn && this.#session.state === 'live') {
      await this.#session.request({ type: 'leave', room: room.name }).catch(() => {});
    }
  }

  /** Takes a room out of the list. @param {string|null} next the key of the room to open instead */
  remove(room, next) {
    this.#saving.drop(room);
    this.#waiting.get(room)?.reject(offline());
    this.#waiting.delete(room);
    this.#rooms.remove(room, next);
  }

  /** Private rooms belong to a name, and another one is used now. */
  removePrivate() {
    this.#rooms.private().forEach((room) => this.remove(room, null));
    const { names, current } = this.#store.rooms();
    this.#store.setRooms(names.filter((name) => !name.startsWith('@')), current);
  }

  /** @returns {Promise<void>} when we are in it */
  join(room) {
    let waiting = this.#waiting.get(room);
    if (waiting === undefined) {
      waiting = {};
      waiting.promise = new Promise((resolve, reject) => Object.assign(waiting, { resolve, reject }));
      waiting.promise.catch(() => {});
      this.#waiting.set(room, waiting);
    }
    this.request(room);
    if (this.#session.state === 'stopped') {
      this.failAll(offline());
    }
    return waiting.promise;
  }

  /** Asks the server to let us in, unless it was asked already. */
  request(room) {
    if (room.state === 'wanted' && this.#session.state === 'live') {
      const request = { type: 'join', room: room.name, ...this.#position(room) };
      room.joinRequest = request;
      this.#session.request(request).catch((refusal) => {
        if (refusal.code !== 'offline' && room.state === 'joining') {
          this.#refused(room, refusal);
        }
      });
    }
  }

  requestAll() {
    this.#rooms.all.forEach((room) => this.request(room));
  }

  failAll(refusal) {
    this.#waiting.forEach(({ reject }) => reject(refusal));
    this.#waiting.clear();
  }

  /** The rooms of a hello. */
  hello() {
    const wanted = this.#rooms.openFirst().filter((room) => room.state === 'wanted');
    this.#greeted = wanted.slice(0, MAX_HELLO_ROOMS);
    return this.#greeted.map((room) => ({ room: room.name, ...this.#position(room) }));
  }

  /** The connection is lost. */
  lost() {
    this.#rooms.all.forEach((room) => {
      if (room.state !== 'out') {
        room.state = 'wanted';
      }
    });
  }

  // Answers of the server.

  /** @param {object|null} request the join that this answers, if any */
  joined(joined, request) {
    const key = nameKey(request?.room ?? joined.room);
    const greeted = request === null ? this.#takeGreeted(key) : undefined;
    const room = greeted ?? this.#rooms.all.get(key);
    if (room === undefined) {
      this.#opened(joined);
      return;
    }
    if (!this.#rooms.has(room)) {
      if (!this.#rooms.all.has(room.key)) {
        this.#session.send({ type: 'leave', room: joined.room }); // it was left meanwhile
      }
      return;
    }
    this.#rooms.alias(joined.room, room);
    if (room.state === 'in' && room.epoch === joined.epoch) {
      room.update(joined);
    } else if (room.state === 'joining' && (request !== null || room.joinRequest === null)) {
      this.#entered(room, joined);
    } else {
      this.#enteredUnasked(room, joined);
    }
    this.#isIn(room);
  }

  /**
   * The server has sent an error.
   *
   * @param {object|undefined} room the room that it names, if we know it
   * @returns {boolean} true if it refuses a join of the hello
   */
  refused(room, error) {
    if (room !== undefined && error.q === undefined && error.id === undefined) {
      this.#takeGreeted(room.key);
    }
    if (error.id === undefined && room?.state === 'joining' && room.joinRequest === null) {
      this.#refused(room, error);
      return true;
    }
    return false;
  }

  /** The server has put us out of a room. */
  left(room, text) {
    if (room.private) {
      room.state = 'wanted'; // it opens again with the next message, or when it is needed
      if (room.pending.length > 0 || room.isFront) {
        this.request(room);
      }
      return;
    }
    const problem = text || 'You were removed from this room.';
    room.leave({ code: 'kicked', do: 'ask', text: problem });
    this.#outbox.fail(room.key, 'kicked', problem);
    this.#events.emit('error', { text: problem, room });
    this.#events.touch(room, 'members');
    this.#events.touchRooms();
  }

  /** From where a room is to be joined. */
  #position(room) {
    const after = room.position;
    const last = after === null ? (room.isFront ? LAST_FRONT : LAST_BACK) : undefined;
    room.state = 'joining';
    room.joinRequest = null;
    room.joinFrom = { after, last: last ?? null };
    return after === null ? { last } : { after };
  }

  #refused(room, refusal) {
    if (refusal.do === 'retry') {
      room.state = 'wanted';
      this.#session.later(Math.max(1, refusal.afterMillis ?? RETRY_MILLIS), () => {
        if (this.#rooms.has(room)) {
          this.request(room);
        }
      });
      return;
    }
    const { code, do: act, text } = refusal;
    room.leave({ code, do: act, text });
    this.#outbox.fail(room.key, code, text);
    const waiting = this.#waiting.get(room);
    this.#waiting.delete(room);
    if (waiting !== undefined) {
      waiting.reject(new Refusal(refusal));
    } else if (room.private && room.entries.length === 0 && room.pending.length === 0) {
      this.remove(room, null); // an old one, of another name
    } else {
      this.#events.emit('error', { text, room });
    }
    this.#events.touch(room, 'members');
    this.#events.touchRooms();
  }

  #entered(room, joined) {
    if (room.epoch !== null && room.epoch !== joined.epoch) {
      this.#outbox.otherLog(room.key, joined.epoch);
    }
    const { last, after } = room.joinFrom;
    const mark = this.#store.mark(room.key);
    room.join(joined, last, after, mark);
    if (after === null) {
      this.#store.setMark(room.key, room.epoch, room.read); // what comes from now on is unread
    }
    if (mark?.epoch === joined.epoch && mark.seq > (joined.read ?? 0)) {
      this.#saving.mark(room);
    }
  }

  /** A private room opens by itself. */
  #enteredUnasked(room, joined) {
    room.join(joined, 0, null, this.#store.mark(room.key));
  }

  /** The server has opened a private room that is not in the list. */
  #opened(joined) {
    if (joined.room.startsWith('@') && this.#rooms.private().length < MAX_PRIVATE_ROOMS) {
      const room = this.#rooms.add(joined.room);
      this.#enteredUnasked(room, joined);
      this.#isIn(room);
    }
  }

  /**
   * The room of the hello that an answer with this name belongs to. The server may write the name in
   * a way that our comparison does not recognise; but it answers in order.
   */
  #takeGreeted(key) {
    const i = this.#greeted.findIndex((room) => room.key === key);
    const isUnknown = i < 0 && !this.#rooms.all.has(key) && !key.startsWith('@');
    return i >= 0 ? this.#greeted.splice(i, 1)[0] : isUnknown ? this.#greeted.shift() : undefined;
  }

  #isIn(room) {
    room.drawLineAgain();
    this.#waiting.get(room)?.resolve();
    this.#waiting.delete(room);
    this.#outbox.pump(room.key);
    ['window', 'members', 'topic', 'read'].forEach((what) => this.#events.touch(room, what));
    this.#events.touchRooms();
    this.#saving.last(room);
    if (room.private || room.isFront) {
      this.#history.loadIfEmpty(room);
    }
  }
}
