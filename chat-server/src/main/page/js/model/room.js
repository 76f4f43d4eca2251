import { lastOf } from './entries.js';
import { entryOf, gapEntry, isEntry, refreshed } from './entry.js';
import { nameKey } from './names.js';
import { RoomWindow } from './roomwindow.js';
import { Sequence } from './sequence.js';
import { Unread } from './unread.js';

/**
 * One room: its members and topic, the part of its messages that is in memory, and how far it was
 * read. Independent of the connection.
 */

/** The server names members up to this many. */
const MAX_MEMBERS = 200;

export class Room {
  /** 'wanted' | 'joining' | 'in' | 'out' on the current connection. */
  state = 'wanted';

  /** The join request that has no answer yet, or null. */
  joinRequest = null;

  /** What it asked for: a position to resume from, or the number of newest messages. */
  joinFrom = { after: null, last: null };

  /** Why we are out: {code, do, text}, or null. */
  problem = null;
  topic = '';
  count = 0;
  /** @type {string[]|null} null if the names are unknown */
  members = null;
  role = 'member';
  loadingOlder = false;
  loadingNewer = false;
  draft = '';

  /** True if only messages stored by an earlier visit are in memory. */
  isStale = false;

  #me;
  /** @type {() => object[]} */
  #pending;
  #sequence = new Sequence();
  #window = new RoomWindow(this.#sequence);
  #unread = new Unread(this.#sequence, this.#window);

  /** Numbers up to this one were assigned before we joined the room for the first time. */
  #pastUpTo = 0;

  /** Numbers up to this one were assigned while we were disconnected. */
  #lateUpTo = 0;

  /**
   * @param {string} name
   * @param {import('./me.js').Me} me
   * @param {() => object[]} pending returns the posts that wait for their acknowledgement here
   */
  constructor(name, me, pending) {
    this.name = name;
    this.key = nameKey(name);
    this.private = name.startsWith('@');
    this.with = this.private ? name.slice(1) : null;
    this.#me = me;
    this.#pending = pending;
  }

  get joined() {
    return this.state === 'in';
  }

  get pending() {
    return this.#pending();
  }

  get epoch() {
    return this.#sequence.epoch;
  }

  get first() {
    return this.#sequence.first;
  }

  get newest() {
    return this.#sequence.newest;
  }

  /** Where to resume, or null. */
  get position() {
    return this.#sequence.position;
  }

  get entries() {
    return this.#window.entries;
  }

  get atStart() {
    return this.#window.atStart;
  }

  get atEnd() {
    return this.#window.atEnd;
  }

  /** Where the window begins. */
  get start() {
    return this.#window.start;
  }

  /** Where the window ends. */
  get end() {
    return this.#window.end;
  }

  get isFront() {
    return this.#window.isFront;
  }

  get isHeld() {
    return this.#window.isHeld;
  }

  get read() {
    return this.#unread.read;
  }

  get unread() {
    return this.#unread.count;
  }

  get mentions() {
    return this.#unread.mentions;
  }

  /** The first unread number, or null. */
  get nextUnread() {
    return this.#unread.next;
  }

  /** Where the line above the unread messages is drawn, or null. */
  get firstUnread() {
    return this.#unread.firstUnread;
  }

  /** True if everything has come that the server had when it let us in. */
  get isCaughtUp() {
    return !this.isStale && this.position !== null && this.#sequence.isCaughtUp;
  }

  /** True while what is in memory is incomplete: stored, or still being received. */
  get isLoading() {
    return this.isStale || (this.state === 'in' && !this.#sequence.isCaughtUp);
  }

  /** True if the room has a past, but none of it is in memory or about to come. */
  get needsHistory() {
    const isEmpty = this.atEnd && this.entries.length === 0 && this.newest >= this.first;
    return isEmpty && this.#sequence.isCaughtUp;
  }

  /** The newest entries, to be stored for the next visit. */
  get toStore() {
    return this.#window.newest;
  }

  /** Shows what an earlier visit has stored until the server sends more. */
  restore(last, mark) {
    if (mark !== null) {
      this.#unread.read = mark.seq;
      this.#sequence.epoch = mark.epoch;
    }
    if (last !== null) {
      this.isStale = true;
      this.#sequence.epoch = last.epoch;
      this.topic = last.topic ?? '';
      this.#window.set(last.entries.filter(isEntry));
      this.#sequence.newest = lastOf(this.entries)?.seq ?? 0;
      if (mark?.epoch !== last.epoch) {
        this.#unread.read = this.newest;
      }
    }
  }

  // Messages of the server.

  /**
   * The server has let us in.
   *
   * @param {object} joined
   * @param {number|null} last how many of the newest messages were requested
   * @param {{epoch: string, seq: number}|null} after the position to resume from
   * @param {{epoch: string, seq: number}|null} mark how far it was read on this device
   */
  join(joined, last, after, mark) {
    const isOther = this.epoch !== null && this.epoch !== joined.epoch;
    this.state = 'in';
    this.problem = null;
    this.members = null;
    this.update(joined);
    this.#sequence.join(joined, last, after);
    const { isReset, next } = this.#sequence;
    const isResumed = after !== null && !isReset;
    this.#lateUpTo = joined.seq;
    if (!isResumed) {
      this.#pastUpTo = joined.seq;
      if (isOther || isReset) {
        this.#window.clear();
        this.#unread.clear();
      } else {
        this.#window.keepBelow(next);
      }
    }
    this.isStale = false;
    this.#window.atStart ||= next <= joined.first && this.entries.length === 0;
    if (!isResumed) {
      const isKnown = mark?.epoch === joined.epoch;
      const isNew = joined.read === undefined && !isKnown;
      const readIfNew = this.private || isReset ? 0 : joined.seq;
      const readBefore = Math.max(isKnown ? mark.seq : 0, joined.read ?? 0);
      this.#unread.read = isNew ? readIfNew : readBefore;
      this.#unread.recount();
    } else if (joined.read !== undefined) {
      this.markRead(joined.read);
    }
  }

  /** The server describes a room that we are in already. */
  update(joined) {
    this.count = joined.count;
    this.members = joined.members ?? this.members;
    this.topic = joined.topic ?? '';
    this.role = joined.role;
  }

  /** We are out of the room. */
  leave(problem = null) {
    this.state = 'out';
    this.problem = problem;
    this.members = null;
  }

  /**
   * Takes the next message or event.
   *
   * @returns {{entry: Entry, isUnread: boolean, isNews: boolean, late: boolean}|null} null if it was
   *     received before
   */
  receive(object, isMine = false) {
    const { seq } = object;
    if (!this.#sequence.receive(this.name, seq)) {
      return null;
    }
    const entry = this.entryOf(object, isMine);
    if (entry.kind === 'deleted-event' && typeof entry.target === 'number') {
      this.#window.blank(entry.target);
      this.#unread.remove(entry.target);
    } else if (entry.kind === 'topic') {
      this.topic = entry.text;
    }
    this.#window.push(entry);
    const isUnread = this.#unread.add(entry);
    return { entry, isUnread, isNews: isUnread && seq > this.#pastUpTo, late: seq <= this.#lateUpTo };
  }

  /** Numbers that will not come. */
  gap({ from, to, why }) {
    if (this.#sequence.skip(this.name, from, to)) {
      this.#window.push(gapEntry(from, to, why));
    }
  }

  hasReceived(seq) {
    return this.#sequence.hasReceived(seq);
  }

  presence({ came = [], went = [], count }) {
    this.count = count;
    if (this.members !== null) {
      const gone = new Set(went);
      const names = new Set(this.members.filter((name) => !gone.has(name)));
      came.forEach((name) => names.add(name));
      this.members = count > MAX_MEMBERS || names.size > MAX_MEMBERS ? null : [...names];
    }
  }

  /** The entry for a message or event of this room, live or from history. */
  entryOf(object, isMine = false) {
    return entryOf(object, this.#me, isMine);
  }

  // Reading.

  /** @returns {boolean} true if that is further than before */
  markRead(seq) {
    return this.#unread.markRead(seq);
  }

  /** The user opens the room. The line above the unread messages stays until the user leaves it. */
  toFront() {
    this.#window.isFront = true;
    this.#window.isHeld = false;
    this.#unread.drawLine();
  }

  toBack() {
    this.#window.isFront = false;
    this.#window.isHeld = false;
    this.#unread.drawLine();
    this.toNewest();
    this.#window.shrink();
  }

  /** @param {boolean} on true while the user reads further up, where nothing may move */
  hold(on) {
    this.#window.isHeld = on;
    if (!on) {
      this.#window.shrink();
    }
  }

  removeLine() {
    this.#unread.firstUnread = null;
  }

  drawLineAgain() {
    this.#unread.drawLineAgain();
  }

  /** An unread message has come; `isAway` if the user did not see it come. */
  moveLine(seq, isAway) {
    this.#unread.moveLine(seq, isAway);
  }

  // The window.

  find(seq) {
    return this.#window.find(seq);
  }

  /** Adds a page of older messages. @returns {boolean} true if there were any */
  prepend(messages, isStart) {
    const isMore = this.#window.prepend(this.#entries(messages), isStart);
    this.#unread.refine();
    return isMore;
  }

  /** Adds a page of newer messages. */
  append(messages, isAll) {
    this.#window.append(this.#entries(messages), isAll);
  }

  /** Moves the window to a page. */
  replace(messages, isStart, isEnd) {
    this.#window.replace(this.#entries(messages), isStart, isEnd);
  }

  /** Moves the window to the newest messages in memory. */
  toNewest() {
    if (!this.atEnd) {
      this.#window.toNewest();
      this.#unread.refine();
    }
  }

  /** Puts the messages of a page into a gap. */
  fill(gap, messages) {
    this.#window.fill(gap, this.#entries(messages));
  }

  /** The user's name or block list has changed. */
  refresh() {
    this.#window.map((entry) => refreshed(entry, this.#me));
    this.#unread.recount();
  }

  #entries(messages) {
    return messages.map((message) => this.entryOf(message));
  }
}
