import { above, below, charsOf, entryAt, gapEntry, indexOf, isEntry, isToBeHeard, lastOf } from './entries.js';
import { mentionAt, nameKey } from './names.js';

/**
 * One room: what is known of it, the part of its messages that is in memory, how far it was read.
 * Counts its numbers over all connections, so that each is there exactly once or lies in a gap that
 * names it (SESSIONS.md, S-50 to S-53, S-71). Knows no connection.
 *
 * In memory there is one window without holes, `entries`. While it reaches to the newest (`atEnd`)
 * what is said is appended to it. When the person has gone back in it, what is said is kept in a
 * tail of its own, where the window can be joined to it again.
 *
 * @typedef {object} Entry never changed: what changes is another object with the same seq
 * @property {number} seq that of a gap is half a number below its first
 * @property {number} at
 * @property {'message'|'topic'|'moderated'|'deleted-event'|'event'|'gap'} kind
 * @property {string} from for gaps a number
 * @property {boolean} owned
 * @property {string} text
 * @property {number|null} replyTo
 * @property {boolean} mine
 * @property {boolean} mention
 * @property {boolean} deleted
 * @property {boolean} hidden it is said by somebody whom the person does not want to hear
 */

/** So many entries and characters are in memory of the room that is looked at, and of others. */
const FRONT = { entries: 600, chars: 3_000_000 };
const BACK = { entries: 100, chars: 400_000 };

/** Cutting a few at a time is cheaper than one by one. */
const SLACK = 50;

const TAIL = 200;
const MAX_COUNTED = 10_000;
const MAX_MEMBERS = 200;

/** The server does not keep to the protocol, or something was lost on the way. */
export class Violation extends Error {}

export class Room {
  /** 'wanted' | 'asked' | 'in' | 'out' on the present connection. */
  state = 'wanted';

  /** The q of the join that waits for its answer, or null. */
  askedBy = null;

  /** From where it was asked for: {after, last}, of which one is null. */
  asked = { after: null, last: null };

  problem = null;
  topic = '';
  count = 0;
  /** @type {string[]|null} */
  members = null;
  role = 'member';
  epoch = null;
  first = 1;
  newest = 0;
  read = 0;
  firstUnread = null;
  atStart = false;
  atEnd = true;
  loadingOlder = false;
  loadingNewer = false;
  draft = '';
  isFront = false;
  isHeld = false;

  /** Whether what is in memory is what was kept since the last time, and nothing newer. */
  isStale = false;

  /** @type {Entry[]} */
  entries = [];

  /** @type {() => object[]} */
  #pending;
  #who;
  #tail = [];
  #chars = 0;
  #next = null;
  #isOtherLog = false;
  #unread = [];
  #mentions = [];

  /** So many unread ones were dropped, or never in memory. */
  #unreadBefore = 0;

  /** Up to there it was said before we came to the room for the first time. */
  #pastUpTo = 0;

  /** Up to there it was said while we were cut off. */
  #lateUpTo = 0;

  /**
   * @param {string} name
   * @param {{name: string, owned: boolean, blocked: (key: string) => boolean}} who reads it
   * @param {() => object[]} pending what waits for its acknowledgement here
   */
  constructor(name, who, pending) {
    this.name = name;
    this.key = nameKey(name);
    this.private = name.startsWith('@');
    this.with = this.private ? name.slice(1) : null;
    this.#who = who;
    this.#pending = pending;
  }

  get joined() {
    return this.state === 'in';
  }

  get pending() {
    return this.#pending();
  }

  get unread() {
    return this.#unreadBefore + this.#unread.length;
  }

  get mentions() {
    return this.#mentions.length;
  }

  /** What to join it from: everything up to there is known; or null. */
  get position() {
    return this.#next === null || this.epoch === null || this.#isOtherLog
      ? null
      : { epoch: this.epoch, seq: this.#next - 1 };
  }

  /** What is shown until the server tells more. */
  restore(last, mark) {
    if (mark !== null) {
      this.read = mark.seq;
      this.epoch = mark.epoch;
    }
    if (last !== null) {
      this.isStale = true;
      this.epoch = last.epoch;
      this.topic = last.topic ?? '';
      this.#replace(last.entries.filter(isEntry));
      this.newest = lastOf(this.entries)?.seq ?? 0;
      if (mark?.epoch !== last.epoch) {
        this.read = this.newest;
      }
    }
  }

  // What the server says of it.

  /**
   * The server has let us in.
   *
   * @param {object} joined
   * @param {number|null} last how many of the newest were asked for
   * @param {{epoch: string, seq: number}|null} after or from where
   * @param {{epoch: string, seq: number}|null} mark how far it was read on this device
   */
  join(joined, last, after, mark) {
    const isOther = this.epoch !== null && this.epoch !== joined.epoch;
    const isAgain = after !== null;
    this.state = 'in';
    this.problem = null;
    this.count = joined.count;
    this.members = joined.members ?? null;
    this.topic = joined.topic ?? '';
    this.role = joined.role;
    this.first = joined.first;
    this.#isOtherLog = isAgain && (after.epoch !== joined.epoch || after.seq > joined.seq);
    this.#lateUpTo = joined.seq;
    if (!isAgain || this.#isOtherLog) {
      this.#pastUpTo = joined.seq;
    }
    if (isAgain && !this.#isOtherLog) {
      this.#next = after.seq + 1;
    } else {
      this.#next = this.#isOtherLog
        ? 1
        : Math.max(joined.first, joined.seq + 1 - Math.min(last ?? 0, joined.seq));
      if (isOther || this.#isOtherLog) {
        this.#forget();
      } else {
        this.#keepBelow(this.#next);
      }
    }
    this.epoch = joined.epoch;
    this.newest = Math.max(this.#next - 1, joined.seq);
    this.isStale = false;
    this.atStart ||= this.#next <= joined.first && this.entries.length === 0;
    if (!isAgain || this.#isOtherLog) {
      const isKnown = mark?.epoch === joined.epoch;
      const isNew = joined.read === undefined && !isKnown;
      const unheard = this.private || this.#isOtherLog ? 0 : joined.seq;
      this.read = isNew ? unheard : Math.max(isKnown ? mark.seq : 0, joined.read ?? 0);
      this.#countAnew();
    } else if (joined.read !== undefined) {
      this.markRead(joined.read);
    }
  }

  /** What is told of a room that we are in already. */
  describe(joined) {
    this.count = joined.count;
    this.members = joined.members ?? this.members;
    this.topic = joined.topic ?? '';
    this.role = joined.role;
  }

  /** We are not in it any more. */
  leave(problem = null) {
    this.state = 'out';
    this.problem = problem;
    this.members = null;
  }

  /**
   * The next number is taken.
   *
   * @returns {{entry: Entry, isUnread: boolean, isNews: boolean, late: boolean}|null} null where it
   *     was known
   */
  take(object, isMine = false) {
    const { seq } = object;
    if (this.#next !== null && seq < this.#next && !this.#isOtherLog) {
      return null;
    }
    if (seq !== this.#next || this.#isOtherLog) {
      throw new Violation(`In ${this.name} number ${seq} came, expected ${this.#next}.`);
    }
    this.#next = seq + 1;
    this.newest = Math.max(this.newest, seq);
    const entry = this.entryOf(object, isMine);
    if (entry.kind === 'deleted-event' && typeof entry.target === 'number') {
      this.#blank(entry.target);
    } else if (entry.kind === 'topic') {
      this.topic = entry.text;
    }
    this.#append(entry);
    const isUnread = this.#count(entry);
    return { entry, isUnread, isNews: isUnread && seq > this.#pastUpTo, late: seq <= this.#lateUpTo };
  }

  /** Numbers that will not come. */
  gap({ from, to, why }) {
    if (!this.#isOtherLog && to < this.#next) {
      return; // it was told already
    }
    if (from !== this.#next) {
      throw new Violation(`In ${this.name} a gap came from ${from}, expected ${this.#next}.`);
    }
    this.#isOtherLog = false;
    this.#next = Math.max(this.#next, to + 1);
    this.newest = Math.max(this.newest, to);
    this.#append(gapEntry(from, to, why));
  }

  /** Whether everything has come that the server has given. */
  hasHeard(seq) {
    return this.#next === null || seq < this.#next;
  }

  /** @returns {boolean} whether the names are known */
  presence({ came = [], went = [], count }) {
    this.count = count;
    if (this.members !== null) {
      const gone = new Set(went);
      const names = new Set(this.members.filter((name) => !gone.has(name)));
      came.forEach((name) => names.add(name));
      this.members = count > MAX_MEMBERS || names.size > MAX_MEMBERS ? null : [...names];
    }
    return this.members !== null;
  }

  // How far it was read.

  /** @returns {boolean} whether that is further than before */
  markRead(seq) {
    const upTo = Math.min(seq, this.newest);
    if (upTo <= this.read) {
      return false;
    }
    const before = this.#firstCounted() - 1;
    const dropped = Math.max(0, Math.min(upTo, before) - this.read);
    this.read = upTo;
    this.#unreadBefore = upTo >= before ? 0 : Math.max(0, this.#unreadBefore - dropped);
    this.#unread = above(this.#unread, upTo);
    this.#mentions = above(this.#mentions, upTo);
    if (!this.isFront) {
      this.firstUnread = this.nextUnread;
    }
    return true;
  }

  /** The first that was not read, or null. */
  get nextUnread() {
    return this.#unreadBefore > 0 ? this.read + 1 : (this.#unread[0] ?? null);
  }

  /** The person looks at it from now on; the place where it was unread stays while they do. */
  look() {
    this.isFront = true;
    this.isHeld = false;
    this.firstUnread = this.nextUnread;
  }

  lookAway() {
    this.isFront = false;
    this.isHeld = false;
    this.firstUnread = this.nextUnread;
    if (!this.atEnd) {
      this.toNewest();
    }
    this.#cut();
  }

  /** @param {boolean} on the person reads further up, where nothing may move */
  hold(on) {
    this.isHeld = on;
    if (!on) {
      this.#cut();
    }
  }

  /** A line belongs above the first that came while nobody looked, since all was read. */
  lineIfAway(seq, isAway) {
    if (isAway && (this.firstUnread === null || this.nextUnread === seq)) {
      this.firstUnread = seq;
    } else if (!this.isFront) {
      this.firstUnread = this.nextUnread;
    }
  }

  // The window.

  /** Where what comes before it ends: the first number in it, or the next that will be told. */
  get start() {
    return this.entries.length > 0 ? Math.ceil(this.entries[0].seq) : this.#next;
  }

  /** Whether everything that was said until we came has come; before that, less is in memory. */
  get isCaughtUp() {
    return !this.isStale && this.position !== null && this.position.seq >= this.newest;
  }

  /** Whether what is in memory is only a part of what is about to be: old, or still being told. */
  get isComing() {
    return this.isStale || (this.state === 'in' && this.#next <= this.newest);
  }

  /** Whether it has a past of which nothing is in memory, nor on its way. */
  get isEmptyForNow() {
    const isEmpty = this.atEnd && this.entries.length === 0 && this.newest >= this.first;
    return isEmpty && this.#next > this.newest;
  }

  /** Where what comes behind it begins. */
  get end() {
    return this.#end();
  }

  find(seq) {
    return entryAt(this.entries, seq) ?? entryAt(this.#tail, seq);
  }

  /** Entries of a page that lie before the window. @returns {boolean} whether anything came */
  prepend(messages, isStart) {
    const limit = this.start;
    const older = this.#withGaps(messages.filter(({ seq }) => seq < limit));
    const seam = lastOf(older);
    if (seam && limit - seam.seq > 1) {
      older.push(gapEntry(seam.seq + 1, limit - 1, 'retention'));
    }
    this.entries = [...older, ...this.entries];
    this.atStart = isStart;
    this.#measure();
    this.#cutBelow();
    this.#countWindow();
    return older.length > 0;
  }

  /** Entries of a page that lie behind the window. */
  append(messages, isAll) {
    const limit = this.#end();
    const newer = messages.filter(({ seq }) => seq > limit && seq < this.#next);
    if (newer.length > 0 && newer[0].seq > limit + 1 && limit > 0) {
      this.entries.push(gapEntry(limit + 1, newer[0].seq - 1, 'retention'));
    }
    this.entries.push(...this.#withGaps(newer));
    this.#joinTail(isAll);
    this.#measure();
    this.#cutAbove(this.#most().entries);
  }

  /** Another part of the room. */
  replace(messages, isStart, isEnd) {
    if (this.atEnd) {
      this.#tail = this.entries.slice(-TAIL);
      this.atEnd = false;
    }
    this.#replace(this.#withGaps(messages.filter(({ seq }) => seq < this.#next)));
    this.atStart = isStart;
    this.#joinTail(isEnd);
    this.#measure();
  }

  /** The newest that are in memory. */
  toNewest() {
    if (!this.atEnd) {
      this.#replace(this.#tail);
      this.#tail = [];
      this.atEnd = true;
      this.atStart = this.entries.length > 0 && this.entries[0].seq <= this.first;
      this.#countWindow();
    }
  }

  /** What history has of a gap, in its place. */
  fill(gap, messages) {
    const i = this.entries.indexOf(gap);
    if (i < 0) {
      return;
    }
    const inside = messages.filter(({ seq }) => seq >= gap.from && seq <= gap.to);
    const filled = this.#withGaps(inside);
    const begin = inside[0]?.seq ?? gap.to + 1;
    const end = lastOf(inside)?.seq ?? gap.to;
    if (begin > gap.from) {
      filled.unshift(gapEntry(gap.from, begin - 1, gap.why));
    }
    if (end < gap.to) {
      filled.push(gapEntry(end + 1, gap.to, gap.why));
    }
    this.entries = [...this.entries.slice(0, i), ...filled, ...this.entries.slice(i + 1)];
    this.#measure();
  }

  /** Whom the person does not want to hear has changed, or what the person is called. */
  lookAgain() {
    const again = (entry) => {
      const hidden = this.#isHidden(entry);
      return entry.kind === 'gap' || entry.hidden === hidden ? entry : { ...entry, hidden };
    };
    this.entries = this.entries.map(again);
    this.#tail = this.#tail.map(again);
    this.#countAnew();
  }

  /** Its newest, for the next time. */
  get toKeep() {
    return this.atEnd ? this.entries : this.#tail;
  }

  /** What is said in an object as it comes live or in a page. */
  entryOf(object, isMine = false) {
    const { seq, at } = object;
    if (object.type === 'message') {
      const text = object.deleted ? '' : (object.text ?? '');
      const owned = object.owned === true;
      const mine = isMine || this.#isMine(object.from, owned);
      const entry = {
        seq,
        at,
        kind: 'message',
        from: object.from,
        owned,
        text,
        replyTo: object.replyTo ?? null,
        mine,
        mention: !mine && mentionAt(text, this.#who.name) >= 0,
        deleted: object.deleted === true,
        hidden: false,
      };
      entry.hidden = this.#isHidden(entry);
      return entry;
    }
    const base = { seq, at, from: object.by ?? '', owned: false, replyTo: null, mine: false };
    const event = { ...base, mention: false, deleted: false, hidden: false, text: object.text ?? '' };
    switch (object.kind) {
      case 'deleted':
        return { ...event, kind: 'deleted-event', target: object.target };
      case 'topic':
        return { ...event, kind: 'topic' };
      case 'moderated': {
        const [, action, why] = /^(\S*)\s*([^]*)$/.exec(event.text);
        return { ...event, kind: 'moderated', action, target: object.target, why };
      }
      default:
        return { ...event, kind: 'event', name: object.kind, target: object.target };
    }
  }

  #isMine(from, owned) {
    return owned === this.#who.owned && nameKey(from) === nameKey(this.#who.name);
  }

  #isHidden(entry) {
    return entry.kind === 'message' && !entry.mine && this.#who.blocked(nameKey(entry.from));
  }

  #most() {
    return this.isFront ? FRONT : BACK;
  }

  #end() {
    const last = lastOf(this.entries);
    return last === undefined ? 0 : last.kind === 'gap' ? last.to : last.seq;
  }

  /** Another log: nothing of the old one means anything. */
  #forget() {
    this.#replace([]);
    this.#tail = [];
    this.atEnd = true;
    this.atStart = false;
    this.firstUnread = null;
    this.newest = 0;
    this.read = 0;
  }

  /** What is in memory stays if the new part touches it. */
  #keepBelow(seq) {
    if (!this.atEnd) {
      this.toNewest();
    }
    const touches = this.entries.length > 0 && this.#end() >= seq - 1;
    this.#replace(touches ? below(this.entries, seq) : []);
    this.#tail = [];
    if (!touches) {
      this.atStart = false;
    }
  }

  #append(entry) {
    if (this.atEnd) {
      this.entries.push(entry);
      this.#chars += charsOf(entry);
      this.#cut();
    } else {
      this.#tail.push(entry);
      if (this.#tail.length > TAIL + SLACK) {
        this.#tail.splice(0, SLACK);
      }
    }
  }

  #cut() {
    const most = this.#most();
    const slack = this.isFront ? SLACK : SLACK / 2;
    if (this.entries.length <= most.entries + slack && this.#chars <= most.chars) {
      return;
    }
    if (this.isHeld && this.atEnd) {
      this.atEnd = false;
      this.#tail = this.entries.slice(-TAIL / 2);
    } else if (!this.isHeld) {
      this.#cutAbove(most.entries);
    }
  }

  /** At least one stays, however long. */
  #cutAbove(most) {
    let cut = Math.max(0, this.entries.length - most);
    let chars = this.#chars;
    for (let i = 0; i < cut; i++) {
      chars -= charsOf(this.entries[i]);
    }
    while (chars > this.#most().chars && cut < this.entries.length - 1) {
      chars -= charsOf(this.entries[cut++]);
    }
    if (cut > 0) {
      this.entries.splice(0, cut);
      this.atStart = false;
      this.#chars = chars;
    }
  }

  #cutBelow() {
    const most = this.#most();
    let keep = Math.min(this.entries.length, most.entries);
    const all = this.entries.length;
    let chars = this.#chars;
    for (let i = all - 1; i >= keep; i--) {
      chars -= charsOf(this.entries[i]);
    }
    while (chars > most.chars && keep > 1) {
      chars -= charsOf(this.entries[--keep]);
    }
    if (keep < all) {
      if (this.atEnd) {
        this.#tail = this.entries.slice(-TAIL / 2);
        this.atEnd = false;
      }
      this.entries.length = keep;
      this.#chars = chars;
    }
  }

  #joinTail(isAll) {
    if (this.atEnd) {
      return;
    }
    const end = this.#end();
    const from = this.#tail.length === 0 ? this.newest + 1 : Math.ceil(this.#tail[0].seq);
    if (end + 1 >= from || (isAll && end >= this.newest)) {
      this.entries.push(...this.#tail.filter((entry) => entry.seq > end));
      this.#tail = [];
      this.atEnd = true;
    }
  }

  #replace(entries) {
    this.entries = entries;
    this.#measure();
  }

  #measure() {
    this.#chars = this.entries.reduce((sum, entry) => sum + charsOf(entry), 0);
  }

  #withGaps(messages) {
    const all = [];
    for (const message of messages) {
      const before = lastOf(all);
      if (before && message.seq > before.seq + 1) {
        all.push(gapEntry(before.seq + 1, message.seq - 1, 'retention'));
      }
      all.push(this.entryOf(message));
    }
    return all;
  }

  #blank(seq) {
    for (const list of [this.entries, this.#tail]) {
      const i = indexOf(list, seq);
      if (i >= 0 && list[i].kind === 'message') {
        list[i] = { ...list[i], text: '', deleted: true, mention: false };
      }
    }
    this.#unread = this.#unread.filter((one) => one !== seq);
    this.#mentions = this.#mentions.filter((one) => one !== seq);
  }

  // What counts as unread.

  /** @returns {boolean} whether it is a message of somebody else that is to be read */
  #count(entry) {
    const counts = isToBeHeard(entry) && entry.seq > this.read;
    if (counts) {
      this.#unread.push(entry.seq);
      if (this.#unread.length > MAX_COUNTED) {
        this.#unread.shift();
        this.#unreadBefore++;
      }
      if (entry.mention) {
        this.#mentions.push(entry.seq);
        if (this.#mentions.length > MAX_COUNTED) {
          this.#mentions.shift();
        }
      }
    }
    return counts;
  }

  /** The first number that is counted one by one. */
  #firstCounted() {
    const list = this.atEnd ? this.entries : this.#tail;
    const first = list.length > 0 ? Math.ceil(list[0].seq) : (this.#next ?? this.newest + 1);
    return Math.min(first, this.#unread[0] ?? first);
  }

  #countAnew() {
    this.#unread = [];
    this.#mentions = [];
    const list = this.atEnd ? this.entries : this.#tail;
    list.forEach((entry) => this.#count(entry));
    const first = list.length > 0 ? Math.ceil(list[0].seq) : (this.#next ?? this.newest + 1);
    this.#unreadBefore = Math.max(0, first - 1 - Math.max(this.read, this.first - 1));
  }

  /** More of the room is in memory: what was an estimate is counted. */
  #countWindow() {
    if (this.#unreadBefore > 0 && this.atEnd) {
      this.#countAnew();
    }
  }
}
