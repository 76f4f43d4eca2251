/**
 * Stores drafts, read marks and the newest messages in the browser, a moment after they change: a
 * busy room must not cause a write per message.
 */

const DRAFT_MILLIS = 300;
const LAST_MILLIS = 3_000;
const MARK_MILLIS = 400;

export class Saving {
  #drafts;
  #marks;
  #last;

  /**
   * @param {import('./env.js').Env} env
   * @param {import('./store.js').Store} store
   * @param {(room: object) => void} sendMark sends the server how far a room was read
   */
  constructor(env, store, sendMark) {
    this.#drafts = new Batch(env, DRAFT_MILLIS, ({ key, draft }) => {
      store.setDraft(key, draft);
      return true;
    });
    this.#marks = new Batch(env, MARK_MILLIS, (room) => {
      if (room.epoch !== null) {
        store.setMark(room.key, room.epoch, room.read);
      }
      sendMark(room);
      return true;
    });
    this.#last = new Batch(env, LAST_MILLIS, (room) => {
      if (!room.isCaughtUp) {
        return false;
      }
      const { epoch, name, topic, toStore } = room;
      store.setLast(room.key, { epoch, name, topic, entries: toStore, at: env.now() });
      return true;
    });
  }

  draft(room) {
    this.#drafts.add(room);
  }

  mark(room) {
    this.#marks.add(room);
  }

  last(room) {
    this.#last.add(room);
  }

  /** A room is left: nothing of it is stored any more. */
  drop(room) {
    this.#all().forEach((batch) => batch.rooms.delete(room));
  }

  clear() {
    this.#all().forEach((batch) => batch.rooms.clear());
  }

  /** Stores everything now: the page may be about to go. */
  flush() {
    this.#all().forEach((batch) => batch.flush());
  }

  #all() {
    return [this.#drafts, this.#last, this.#marks];
  }
}

/** Rooms for which the same is to be done, after a delay. */
class Batch {
  rooms = new Set();
  #env;
  #millis;
  #save;
  #timer = null;

  /** @param {(room: object) => boolean} save returns false if it is too early; the room stays then */
  constructor(env, millis, save) {
    this.#env = env;
    this.#millis = millis;
    this.#save = save;
  }

  add(room) {
    this.rooms.add(room);
    this.#timer ??= this.#env.setTimeout(() => this.flush(), this.#millis);
  }

  flush() {
    this.#env.clearTimeout(this.#timer);
    this.#timer = null;
    for (const room of [...this.rooms]) {
      if (this.#save(room)) {
        this.rooms.delete(room);
      }
    }
  }
}
