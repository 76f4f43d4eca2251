import { nameKey } from './names.js';
import { Refusal } from './refusal.js';
import { Room } from './room.js';

/** The list of rooms, in the order of display, and which of them is open. */

/** How many rooms the browser stores. */
const MAX_STORED = 100;

export class Rooms {
  /** @type {Map<string, Room>} by key */
  all = new Map();

  /** @type {string|null} the key of the open room */
  current = null;

  #store;
  #me;
  #events;
  #pendingOf;

  /** Keys of the names that the server gives to rooms, if they differ from ours → our keys. */
  #aliases = new Map();

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./me.js').Me} me
   * @param {import('./events.js').Events} events
   * @param {(key: string) => object[]} pendingOf returns the posts that wait in a room
   */
  constructor(store, me, events, pendingOf) {
    this.#store = store;
    this.#me = me;
    this.#events = events;
    this.#pendingOf = pendingOf;
  }

  /** @param {Room|string} room by its object, key or name */
  key(room) {
    return typeof room === 'string' ? nameKey(room) : room.key;
  }

  /** @returns {Room|undefined} */
  get(room) {
    return this.all.get(this.key(room));
  }

  /** @returns {Room} throws a Refusal if it is not in the list */
  known(room) {
    const found = this.get(room);
    if (found === undefined) {
      throw new Refusal({ code: 'not-joined', do: 'ask', text: 'You are not in this room.' });
    }
    return found;
  }

  /** @returns {boolean} true if this very object is in the list */
  has(room) {
    return this.all.get(room.key) === room;
  }

  /** The room with the name that the server gives to it. */
  named(name) {
    const key = nameKey(name);
    return this.all.get(key) ?? this.all.get(this.#aliases.get(key) ?? '');
  }

  /** The server calls a room by another name than we do. */
  alias(name, room) {
    if (nameKey(name) !== room.key) {
      this.#aliases.set(nameKey(name), room.key);
    }
  }

  /** @returns {Room[]} with the open room first */
  openFirst() {
    return [...this.all.values()].sort((a, b) => Number(b.isFront) - Number(a.isFront));
  }

  private() {
    return [...this.all.values()].filter((room) => room.private);
  }

  /** @returns {Room} the one of that name, which is added if it is missing */
  add(name) {
    const key = nameKey(name);
    const known = this.all.get(key);
    if (known !== undefined) {
      return known;
    }
    const room = this.unlisted(name);
    room.restore(this.#store.last(key), this.#store.mark(key));
    room.draft = this.#store.draft(key);
    const all = [...this.all.values(), room];
    const open = all.filter((one) => !one.private);
    this.all = new Map([...open, ...all.filter((one) => one.private)].map((one) => [one.key, one]));
    this.#remember();
    return room;
  }

  /** A room that is not in the list. */
  unlisted(name) {
    return new Room(name, this.#me, () => this.#pendingOf(nameKey(name)));
  }

  /** @param {string|null} next the key of the room to open if this one was open */
  remove(room, next) {
    this.all.delete(room.key);
    room.leave();
    if (this.current === room.key) {
      this.current = null;
      const other = this.all.get(next ?? '') ?? [...this.all.values()][0];
      if (other !== undefined) {
        this.open(other);
      }
    }
    this.#remember(room.key);
  }

  clear() {
    this.all.clear();
    this.current = null;
    this.#events.touchRooms();
  }

  /** Brings a room to the front. */
  open(room) {
    if (this.current === room.key) {
      return;
    }
    const before = this.all.get(this.current ?? '');
    if (before !== undefined) {
      before.toBack();
      this.#events.touch(before, 'window');
    }
    this.current = room.key;
    room.toFront();
    this.#remember();
    this.#events.touch(room, 'window');
  }

  /** Stores the list. Rooms that are open in other tabs stay in it. */
  #remember(left = null) {
    const others = this.#store.rooms().names.filter((name) => {
      const key = nameKey(name);
      return key !== left && !this.all.has(key);
    });
    const names = [...this.all.values()].map(({ name }) => name);
    const current = this.all.get(this.current ?? '')?.name ?? null;
    this.#store.setRooms([...names, ...others].slice(0, MAX_STORED), current);
    this.#events.touchRooms();
  }
}
