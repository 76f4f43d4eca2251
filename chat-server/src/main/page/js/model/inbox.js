import { Violation } from './sequence.js';

/** Takes the objects that the server sends, and changes the rooms accordingly. */

const RETRY_MILLIS = 1_000;

export class Inbox {
  #env;
  #session;
  #store;
  #me;
  #rooms;
  #joins;
  #outbox;
  #saving;
  #requests;
  #login;
  #events;

  /**
   * @param {object} parts
   * @param {import('./env.js').Env} parts.env
   * @param {import('./session.js').Session} parts.session
   * @param {import('./store.js').Store} parts.store
   * @param {import('./me.js').Me} parts.me
   * @param {import('./rooms.js').Rooms} parts.rooms
   * @param {import('./joins.js').Joins} parts.joins
   * @param {import('./outbox.js').Outbox} parts.outbox
   * @param {import('./saving.js').Saving} parts.saving
   * @param {import('./requests.js').Requests} parts.requests
   * @param {import('./login.js').Login} parts.login
   * @param {import('./events.js').Events} parts.events
   */
  constructor({ env, session, store, me, rooms, joins, outbox, saving, requests, login, events }) {
    this.#env = env;
    this.#session = session;
    this.#store = store;
    this.#me = me;
    this.#rooms = rooms;
    this.#joins = joins;
    this.#outbox = outbox;
    this.#saving = saving;
    this.#requests = requests;
    this.#login = login;
    this.#events = events;
  }

  /** Takes an object that answers no request. */
  received(object) {
    this.#guarded(() => this.#received(object));
  }

  /** Takes the answer to a request. */
  answered(object, request) {
    this.#guarded(() => this.#answered(object, request));
  }

  /** Reconnects and resumes if the server has broken the protocol, or we have failed. */
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
      this.#joins.joined(object, request);
    } else if (object.type === 'owned') {
      this.#login.claimed(object.token);
      this.#rooms.all.forEach((room) => room.refresh());
      this.#events.emit('me');
    } else if (object.type === 'blocked') {
      this.block(object.names);
    }
  }

  #received(object) {
    const room = typeof object.room === 'string' ? this.#rooms.named(object.room) : undefined;
    switch (object.type) {
      case 'message':
      case 'event':
        this.#post(room, object);
        break;
      case 'ack':
        this.#acknowledged(room, object);
        break;
      case 'gap':
        if (room?.joined) {
          room.gap(object);
          this.#events.touch(room, 'entries');
          this.#saving.last(room);
        }
        break;
      case 'joined':
        this.#joins.joined(object, null);
        break;
      case 'presence':
        if (room?.joined) {
          room.presence(object);
          this.#events.touch(room, 'members');
        }
        break;
      case 'read':
        if (room?.markRead(object.seq)) {
          this.#store.setMark(room.key, room.epoch, room.read);
          this.#events.touchUnread(room);
        }
        break;
      case 'left':
        if (room !== undefined) {
          this.#joins.left(room, object.text);
        }
        break;
      case 'blocked':
        this.block(object.names);
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

  #post(room, object) {
    if (!room?.joined) {
      return; // we have just left it
    }
    const received = room.receive(object);
    if (object.type === 'event' && object.by === this.#me.name) {
      this.#requests.answerBy(object, room);
    }
    if (received !== null) {
      this.#added(room, received);
    }
  }

  /** An entry was added to a room. */
  #added(room, { entry, isUnread, isNews, late }) {
    if (entry.mine && entry.kind === 'message') {
      this.#outbox.seen(room.key, entry.text, entry.seq);
    }
    if (isUnread) {
      room.moveLine(entry.seq, !isNews || room.isHeld || this.#env.hidden());
    }
    if (isNews) {
      this.#events.message({ room, entry, late });
    }
    if (entry.kind === 'topic') {
      this.#events.touch(room, 'topic');
    }
    this.#events.touch(room, 'entries');
    if (room.unread > 0) {
      this.#events.touchRooms();
    }
    this.#saving.last(room);
  }

  #acknowledged(room, ack) {
    const post = this.#outbox.acknowledged(ack);
    if (room?.joined && !ack.duplicate) {
      if (post === null && !room.hasReceived(ack.seq)) {
        throw new Violation('The server acknowledged a message that was never posted.');
      }
      if (post !== null) {
        this.#posted(room, post, ack);
      }
    }
    if (room !== undefined) {
      this.#outbox.pump(room.key);
    }
  }

  /** An acknowledgement stands for our own message. */
  #posted(room, { text, replyTo }, { seq, at }) {
    const { name, owned } = this.#me;
    const message = { type: 'message', seq, at, from: name, owned, text, replyTo };
    const wasRead = room.unread === 0;
    const received = room.receive(message, true);
    if (received !== null) {
      this.#added(room, received);
    }
    if (wasRead && room.markRead(seq)) {
      this.#saving.mark(room);
    }
  }

  /** Finds lost messages: all that a pong names must have come before it. */
  #compare(heads) {
    for (const [name, seq] of Object.entries(heads)) {
      const room = this.#rooms.named(name);
      if (room?.joined && !room.hasReceived(seq)) {
        throw new Violation(`A message in ${name} was lost on the way.`);
      }
    }
  }

  #refused(room, error) {
    const wasJoin = this.#joins.refused(room, error);
    if (error.id !== undefined) {
      const isJoining = error.code === 'not-joined' && room === undefined && this.#isJoining(error.id);
      this.#outbox.refused(error, isJoining);
    } else if (!wasJoin && room !== undefined && error.do === 'retry') {
      this.#session.later(error.afterMillis ?? RETRY_MILLIS, () => {
        this.#events.touchUnread(room);
        this.#saving.mark(room);
      });
    }
  }

  /** True if a post waits in a room that we are about to be in. */
  #isJoining(id) {
    const all = [...this.#rooms.all.values()];
    const room = all.find(({ pending }) => pending.some((post) => post.id === id));
    return room !== undefined && (room.state === 'joining' || room.state === 'wanted');
  }

  /** The list of those whom the user has blocked is another one. */
  block(names) {
    this.#me.block(names);
    this.#rooms.all.forEach((room) => {
      room.refresh();
      this.#events.touch(room, 'window');
    });
    this.#events.emit('me');
    this.#events.touchRooms();
  }
}
