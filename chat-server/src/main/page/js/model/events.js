import { Emitter } from './emitter.js';

/**
 * The events of the model. Some are emitted at once; those of a busy room are collected and emitted
 * at most once a frame.
 */

/**
 * Limits for the messages of one frame, which can be long if the page is hidden or much was missed.
 * Above the first limit, only mentions and private messages are reported.
 */
const MAX_MESSAGES = 300;
const MAX_MESSAGES_TO_ME = 1_000;

export class Events extends Emitter {
  #env;

  /** @type {Map<object, Set<string>>} room → what has changed in it */
  #changed = new Map();
  #haveRoomsChanged = false;
  #messages = [];
  #isScheduled = false;

  /** @param {import('./env.js').Env} env */
  constructor(env) {
    super();
    this.#env = env;
  }

  /** Something has changed in a room. */
  touch(room, what) {
    if (room === undefined) {
      return;
    }
    const all = this.#changed.get(room) ?? new Set();
    this.#changed.set(room, all.add(what));
    this.#schedule();
  }

  /** The list of rooms, or an unread count in it, has changed. */
  touchRooms() {
    this.#haveRoomsChanged = true;
    this.#schedule();
  }

  touchUnread(room) {
    this.touch(room, 'read');
    this.touchRooms();
  }

  /** A message that is new to the user. A frame must be scheduled for its room, too. */
  message({ room, entry, late }) {
    const most = entry.mention || room.private ? MAX_MESSAGES_TO_ME : MAX_MESSAGES;
    if (this.#messages.length < most) {
      this.#messages.push({ room, entry, late });
    }
  }

  #schedule() {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#env.frame(() => this.#flush());
    }
  }

  #flush() {
    const [changed, haveRoomsChanged, messages] = [this.#changed, this.#haveRoomsChanged, this.#messages];
    this.#isScheduled = false;
    this.#changed = new Map();
    this.#haveRoomsChanged = false;
    this.#messages = [];
    if (haveRoomsChanged) {
      this.emit('rooms');
    }
    for (const [room, all] of changed) {
      for (const what of all) {
        this.emit('room', { room, what });
      }
    }
    messages.forEach((message) => this.emit('message', message));
  }
}
