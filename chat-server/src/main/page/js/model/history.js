import { cutBytes } from './names.js';
import { offline, refuse } from './refusal.js';

/** Loads messages that are not in memory, and searches. */

const PAGE = 60;
const AROUND = 80;
const MAX_PAGE = 200;
const MAX_FOUND = 30;
const MAX_QUERY_BYTES = 256;

export class History {
  #requests;
  #rooms;
  #events;

  /**
   * @param {import('./requests.js').Requests} requests
   * @param {import('./rooms.js').Rooms} rooms
   * @param {import('./events.js').Events} events
   */
  constructor(requests, rooms, events) {
    this.#requests = requests;
    this.#rooms = rooms;
    this.#events = events;
  }

  older(room) {
    return this.#load(
      room,
      'loadingOlder',
      (found) => !found.atStart && { before: found.start, limit: PAGE },
      (found, page) => found.prepend(page.messages, page.next === undefined),
    );
  }

  newer(room) {
    return this.#load(
      room,
      'loadingNewer',
      (found) => !found.atEnd && { after: found.end, limit: PAGE },
      (found, page) => {
        found.append(page.messages, page.next === undefined);
        return page.messages.length > 0;
      },
    );
  }

  async around(room, seq) {
    const found = this.#rooms.known(room);
    if (found.entries.some((entry) => entry.seq === seq)) {
      return true;
    }
    const page = await this.#page(found, { around: seq, limit: AROUND });
    if (page.messages.length === 0) {
      return refuse('no-room', 'The server no longer has this message.', 'ask');
    }
    found.replace(page.messages, page.messages[0].seq <= found.first, true);
    this.#events.touch(found, 'window');
    return found.entries.some((entry) => entry.seq === seq);
  }

  toNewest(room) {
    const found = this.#rooms.get(room);
    if (found !== undefined && !found.atEnd) {
      found.toNewest();
      this.#events.touch(found, 'window');
      this.loadIfEmpty(found);
    }
  }

  async fill(room, gap) {
    const found = this.#rooms.known(room);
    const limit = Math.min(MAX_PAGE, Math.max(1, gap.to - gap.from + 1));
    const page = await this.#page(found, { after: gap.from - 1, limit });
    found.fill(gap, page.messages);
    this.#events.touch(found, 'window');
  }

  /** Loads the newest messages of a room that has a past, but none of it in memory. */
  loadIfEmpty(room) {
    if (room.state === 'in' && room.needsHistory) {
      this.older(room).catch(() => {}); // it is requested again when the room is opened
    }
  }

  async search(query, { room, before, limit = MAX_FOUND }) {
    const where = room === undefined || room === null ? undefined : this.#rooms.known(room).name;
    const words = cutBytes(query.trim(), MAX_QUERY_BYTES);
    if (words === '') {
      return { entries: [], next: undefined, complete: true };
    }
    const request = { type: 'search', query: words, room: where, before, limit };
    const page = await this.#requests.ask('search', request);
    const entries = page.messages.map((object) => {
      const known = this.#rooms.get(object.room) ?? this.#rooms.unlisted(object.room);
      return { ...known.entryOf(object), room: known.key, roomName: known.name };
    });
    return { entries, next: page.next, complete: page.complete };
  }

  async #page(room, where) {
    const page = await this.#requests.ask('history', { type: 'history', room: room.name, ...where });
    if (page.epoch !== room.epoch) {
      throw offline();
    }
    return page;
  }

  /**
   * Loads one page, unless the same is being loaded already.
   *
   * @param {string} flag the field of the room that is true meanwhile
   * @param {(room: object) => object|false} where returns what to request, or false if there is nothing
   * @param {(room: object, page: object) => boolean} take returns true if there was something
   */
  async #load(room, flag, where, take) {
    const found = this.#rooms.known(room);
    const wanted = !found[flag] && where(found);
    if (!wanted) {
      return false;
    }
    found[flag] = true;
    this.#events.touch(found, 'window');
    try {
      return take(found, await this.#page(found, wanted));
    } finally {
      found[flag] = false;
      this.#events.touch(found, 'window');
      this.#events.touchRooms();
    }
  }
}
