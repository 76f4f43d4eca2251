import { below, entryAt, indexOf, lastOf, withGaps } from './entries.js';
import { charsOf, gapEntry } from './entry.js';

/**
 * The part of a room's messages that is in memory: one window without holes, `entries`. While the
 * window reaches the newest message (`atEnd`), new messages are appended to it. After the user has
 * gone back, new messages are kept in a separate tail until the window reaches it again.
 */

/** Limits for the room in front, and for the others. */
const FRONT = { entries: 600, chars: 3_000_000 };
const BACK = { entries: 100, chars: 400_000 };

/** Removing several entries at a time is cheaper than one by one. */
const SLACK = 50;

const TAIL = 200;

export class RoomWindow {
  /** @type {import('./entry.js').Entry[]} */
  entries = [];
  atStart = false;
  atEnd = true;

  /** True for the room that the user has open. */
  isFront = false;

  /** True while the user reads further up, where nothing may move. */
  isHeld = false;

  #sequence;
  #tail = [];
  #chars = 0;

  /** @param {import('./sequence.js').Sequence} sequence */
  constructor(sequence) {
    this.#sequence = sequence;
  }

  /** The first number in the window; if it is empty, the next number expected. */
  get start() {
    return startOf(this.entries) ?? this.#sequence.next;
  }

  /** The last number in the window, or 0. */
  get end() {
    const last = lastOf(this.entries);
    return last === undefined ? 0 : last.kind === 'gap' ? last.to : last.seq;
  }

  /** The newest entries in memory. */
  get newest() {
    return this.atEnd ? this.entries : this.#tail;
  }

  /** The first number of the newest entries in memory. */
  get newestStart() {
    return startOf(this.newest) ?? this.#sequence.next ?? this.#sequence.newest + 1;
  }

  find(seq) {
    return entryAt(this.entries, seq) ?? entryAt(this.#tail, seq);
  }

  /** Appends a new message. */
  push(entry) {
    if (this.atEnd) {
      this.entries.push(entry);
      this.#chars += charsOf(entry);
      this.shrink();
    } else {
      this.#tail.push(entry);
      if (this.#tail.length > TAIL + SLACK) {
        this.#tail.splice(0, SLACK);
      }
    }
  }

  /** Adds older entries. @returns {boolean} true if there were any */
  prepend(entries, isStart) {
    const limit = this.start;
    const older = withGaps(entries.filter(({ seq }) => seq < limit));
    const seam = lastOf(older);
    if (seam && limit - seam.seq > 1) {
      older.push(gapEntry(seam.seq + 1, limit - 1, 'retention'));
    }
    this.set([...older, ...this.entries]);
    this.atStart = isStart;
    this.#cutNewest();
    return older.length > 0;
  }

  /** Adds newer entries. */
  append(entries, isAll) {
    const limit = this.end;
    const newer = entries.filter(({ seq }) => seq > limit && seq < this.#sequence.next);
    if (newer.length > 0 && newer[0].seq > limit + 1 && limit > 0) {
      this.entries.push(gapEntry(limit + 1, newer[0].seq - 1, 'retention'));
    }
    this.entries.push(...withGaps(newer));
    this.#joinTail(isAll);
    this.#cutOldest();
  }

  /** Moves the window to another part of the room. */
  replace(entries, isStart, isEnd) {
    if (this.atEnd) {
      this.#tail = this.entries.slice(-TAIL);
      this.atEnd = false;
    }
    this.entries = withGaps(entries.filter(({ seq }) => seq < this.#sequence.next));
    this.atStart = isStart;
    this.#joinTail(isEnd);
  }

  /** Moves the window to the newest entries in memory. */
  toNewest() {
    if (!this.atEnd) {
      this.set(this.#tail);
      this.#tail = [];
      this.atEnd = true;
      this.atStart = this.entries.length > 0 && this.entries[0].seq <= this.#sequence.first;
    }
  }

  /** Puts those messages into a gap that the server has, after all. */
  fill(gap, entries) {
    const i = this.entries.indexOf(gap);
    if (i < 0) {
      return;
    }
    const inside = entries.filter(({ seq }) => seq >= gap.from && seq <= gap.to);
    const filled = withGaps(inside);
    const begin = inside[0]?.seq ?? gap.to + 1;
    const end = lastOf(inside)?.seq ?? gap.to;
    if (begin > gap.from) {
      filled.unshift(gapEntry(gap.from, begin - 1, gap.why));
    }
    if (end < gap.to) {
      filled.push(gapEntry(end + 1, gap.to, gap.why));
    }
    this.set([...this.entries.slice(0, i), ...filled, ...this.entries.slice(i + 1)]);
  }

  /** Replaces the entries. */
  set(entries) {
    this.entries = entries;
    this.#measure();
  }

  clear() {
    this.set([]);
    this.#tail = [];
    this.atEnd = true;
    this.atStart = false;
  }

  /** Keeps what is older than a number, unless that would leave a hole. */
  keepBelow(seq) {
    this.toNewest();
    const touches = this.entries.length > 0 && this.end >= seq - 1;
    this.set(touches ? below(this.entries, seq) : []);
    this.#tail = [];
    if (!touches) {
      this.atStart = false;
    }
  }

  /** Replaces each entry by what a function makes of it. */
  map(fn) {
    this.entries = this.entries.map(fn);
    this.#tail = this.#tail.map(fn);
  }

  /** A message was deleted. */
  blank(seq) {
    for (const list of [this.entries, this.#tail]) {
      const i = indexOf(list, seq);
      if (i >= 0 && list[i].kind === 'message') {
        list[i] = { ...list[i], text: '', deleted: true, mention: false };
      }
    }
  }

  /** Removes what exceeds the limits. Nothing that is being read moves. */
  shrink() {
    const most = this.#limits();
    const slack = this.isFront ? SLACK : SLACK / 2;
    if (this.entries.length <= most.entries + slack && this.#chars <= most.chars) {
      return;
    }
    if (this.isHeld && this.atEnd) {
      this.#detachTail();
    } else if (!this.isHeld) {
      this.#cutOldest();
    }
  }

  #limits() {
    return this.isFront ? FRONT : BACK;
  }

  /** Leaves at least one entry, however long it is. */
  #cutOldest() {
    const most = this.#limits();
    let cut = Math.max(0, this.entries.length - most.entries);
    let chars = this.#chars;
    for (let i = 0; i < cut; i++) {
      chars -= charsOf(this.entries[i]);
    }
    while (chars > most.chars && cut < this.entries.length - 1) {
      chars -= charsOf(this.entries[cut++]);
    }
    if (cut > 0) {
      this.entries.splice(0, cut);
      this.atStart = false;
      this.#chars = chars;
    }
  }

  #cutNewest() {
    const most = this.#limits();
    const all = this.entries.length;
    let keep = Math.min(all, most.entries);
    let chars = this.#chars;
    for (let i = all - 1; i >= keep; i--) {
      chars -= charsOf(this.entries[i]);
    }
    while (chars > most.chars && keep > 1) {
      chars -= charsOf(this.entries[--keep]);
    }
    if (keep < all) {
      if (this.atEnd) {
        this.#detachTail();
      }
      this.entries.length = keep;
      this.#chars = chars;
    }
  }

  #detachTail() {
    this.#tail = this.entries.slice(-TAIL / 2);
    this.atEnd = false;
  }

  #joinTail(isAll) {
    if (!this.atEnd) {
      const { newest } = this.#sequence;
      const end = this.end;
      const from = startOf(this.#tail) ?? newest + 1;
      if (end + 1 >= from || (isAll && end >= newest)) {
        this.entries.push(...this.#tail.filter((entry) => entry.seq > end));
        this.#tail = [];
        this.atEnd = true;
      }
    }
    this.#measure();
  }

  #measure() {
    this.#chars = this.entries.reduce((sum, entry) => sum + charsOf(entry), 0);
  }
}

function startOf(list) {
  return list.length > 0 ? Math.ceil(list[0].seq) : undefined;
}
