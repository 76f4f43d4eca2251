// The list of messages of the room that is looked at.
//
// It shows a slice of what the model knows, so that the page stays small in the busiest room. It does its own
// scroll anchoring: whatever comes above or below, what is being read stays where it is. It follows new messages
// only while their reader is at the bottom.

import { byId, fill, h, setText } from './dom.js';
import { dayRow, eventRow, gapRow, messageRow, pendingRow, unreadRow } from './rows.js';
import { count, dayName, dayOf, sentence } from './words.js';
import { indexOf, lowerBound, upperBound } from '../model/entries.js';

/** As many rows there are while following, at most, and how many of them go at once when there are more. */
const FOLLOWED = 120;
const SLACK = 40;

/** As many rows there are while reading, at most, and how many come at once. */
const READ = 320;
const STEP = 60;

/** A message that follows another one of the same person within this time has no name of its own. */
const GROUP_MILLIS = 5 * 60_000;

/** So near to the end counts as being there, in pixels. */
const NEAR = 48;

/** What was said so long before a room is looked at was not said while looking. */
const LIVE_MILLIS = 1500;

/** The list is not made anew more often than this. */
const CALM_MILLIS = 80;

export class MessageList {
  /**
   * @param {object} chat the model
   * @param {object} ui what the rest of the page does: attentive(), reply, messageMenu, personMenu, toast
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.scroller = byId('scroller');
    this.list = byId('messages');
    this.pendings = byId('pendings');
    this.edge = byId('edge');
    this.empty = byId('empty');
    this.toNewest = byId('to-newest');
    this.unreadBar = byId('unread');
    this.backBar = byId('back');

    /** @type {Map<string, {node: HTMLElement, signature: any[]}>} */
    this.rows = new Map();
    this.reset(null);
    this.back = null;
    this.timer = 0;
    this.lastSync = 0;
    this.cost = 0;
    this.height = 0;
    this.width = 0;

    this.show = {
      me: () => chat.me.name,
      owned: () => chat.me.owned,
      live: () => chat.state === 'live',
      proven: (entry) => entry.owned || !this.namesCanBeOwned(),
      jump: (seq) => this.follow(seq),
      reply: (entry) => ui.reply(entry),
      menu: (entry, anchor) => ui.messageMenu(entry, anchor),
      person: (name, anchor) => ui.personMenu(name, anchor),
      fold: (seq, open) => this.fold(seq, open),
      reveal: (seq) => this.fold(`reveal${seq}`, true),
      retry: (id) => chat.retry(id),
      discard: (id) => chat.discard(id),
    };

    this.scroller.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.list.addEventListener('keydown', (event) => this.key(event));
    this.list.addEventListener('pointerdown', () => { this.isByPointer = true; });
    this.list.addEventListener('focusin', (event) => this.activate(event.target.closest('li')));
    this.toNewest.addEventListener('click', () => this.newest());
    const resized = new ResizeObserver(() => this.resized());
    resized.observe(this.scroller);
    document.addEventListener('visibilitychange', () => this.looked());
    window.addEventListener('focus', () => this.looked());
  }

  namesCanBeOwned() {
    return this.chat.has('claim');
  }

  reset(key) {
    this.key_ = key;
    this.epoch = null;
    this.openedAt = Date.now();
    this.lateUpTo = 0;
    this.stick = true;
    this.first = 0;
    this.last = 0;
    this.drawn = 0;
    this.isComing = false;
    this.mark = 0;
    this.line = null;
    this.lineCount = 0;
    this.lineAt = 0;
    this.lineStale = false;
    this.lineSeen = false;
    this.opened = new Set();
    this.active = null;
    this.held = false;
    this.rows.clear();
    this.list.replaceChildren();
    this.pendings.replaceChildren();
  }

  get room() {
    return this.chat.rooms.get(this.key_) ?? null;
  }

  /** Shows another room, at its newest. */
  open(key) {
    if (this.room && this.held) {
      this.chat.hold(this.room, false);
    }
    this.reset(key);
    this.ui.tellUnread(null);
    const room = this.room;
    if (room) {
      this.takeLine(room);
      if (!room.atEnd && room.entries.length > 0) {
        this.chat.toNewest(room);
      }
    }
    this.sync();
  }

  /** A message came late, when the connection was back: nobody has seen it come. */
  late(seq) {
    this.lateUpTo = Math.max(this.lateUpTo, seq);
  }

  /** Something has changed: shows it soon, and not more often than an eye can follow. */
  changed() {
    if (document.visibilityState === 'hidden') {
      this.dirty = true;
      return;
    }
    if (this.timer) {
      return;
    }
    const wait = Math.max(0, this.lastSync + Math.max(CALM_MILLIS, 8 * this.cost) - performance.now());
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.sync();
    }, wait);
  }

  /** Makes the list what the model says, and leaves what is read where it is. */
  sync() {
    const began = performance.now();
    this.dirty = false;
    this.day = dayOf(Date.now());
    const room = this.room;
    if (!room) {
      this.tellEmpty(null);
      return;
    }
    if (this.epoch !== room.epoch) {
      if (this.epoch !== null) {
        this.forget();
      }
      this.epoch = room.epoch;
    }
    const entries = room.entries;
    this.takeLine(room);
    const anchors = this.stick ? null : this.anchors();
    const [lo, hi] = this.slice(entries);
    this.first = lo < hi ? entries[lo].seq : 0;
    this.last = lo < hi ? entries[hi - 1].seq : 0;
    this.reachesEnd = hi === entries.length && room.atEnd;
    this.drawn = room.end;
    this.isComing = room.isLoading;
    this.reconcile(this.items(room, lo, hi));
    this.syncPendings(room);
    this.tellEdge(room, lo);
    this.tellEmpty(room);
    if (this.stick) {
      this.toBottom();
    } else {
      this.restore(anchors);
    }
    this.settle(room);
    this.lastSync = performance.now();
    this.cost = this.lastSync - began;
  }

  /** After what is shown, or where, has changed. What still comes makes it another place: nothing was seen there yet. */
  settle(room) {
    this.tellNew(room);
    this.hold(room);
    if (!this.isComing) {
      this.tellUnread(room);
      this.markRead(room);
      this.load(room);
    }
  }

  /** Which of the entries are shown. */
  slice(entries) {
    const n = entries.length;
    if (n === 0) {
      return [0, 0];
    }
    if (this.stick || this.last === 0) {
      let lo = this.last === 0 ? n : lowerBound(entries, this.first);
      if (n - lo > FOLLOWED + SLACK || n - lo < Math.min(n, FOLLOWED)) {
        lo = Math.max(0, n - FOLLOWED);
      }
      return [lo, n];
    }
    let lo = lowerBound(entries, this.first);
    let hi = upperBound(entries, this.last);
    if (hi <= lo) {
      return [Math.max(0, n - FOLLOWED), n];
    }
    if (lo > 0 && this.scroller.scrollTop < 1.5 * this.scroller.clientHeight) {
      // Without more rows above, there may be too little to scroll to where things were: the first
      // row loses the day and the name above it when what comes before it is known.
      lo = Math.max(0, lo - STEP);
      hi = Math.min(hi, lo + READ);
    }
    if (this.reachesEnd) {
      hi = Math.min(n, Math.max(hi, lo + READ)); // new ones may come below, as long as there is room for them
    }
    return [lo, hi];
  }

  extend(entries, up) {
    let lo = lowerBound(entries, this.first);
    let hi = upperBound(entries, this.last);
    if (up) {
      lo = Math.max(0, lo - STEP);
      hi = Math.min(hi, lo + READ);
    } else {
      hi = Math.min(entries.length, hi + STEP);
      lo = Math.max(lo, hi - READ);
    }
    this.first = entries[lo].seq;
    this.last = entries[hi - 1].seq;
    this.reachesEnd = false;
  }

  items(room, lo, hi) {
    const entries = room.entries;
    const bySeq = new Map();
    const find = (seq) => {
      if (!bySeq.has(seq)) {
        bySeq.set(seq, this.chat.find(room, seq));
      }
      return bySeq.get(seq);
    };
    const items = [];
    let previous = lo > 0 ? entries[lo - 1] : null;
    for (let i = lo; i < hi; i++) {
      const entry = entries[i];
      if (entry.kind === 'gap') {
        items.push({ key: `g${entry.from}-${entry.to}`, signature: [entry], make: () => gapRow(entry) });
        previous = entry;
        continue;
      }
      const newDay = previous === null || previous.at === undefined || dayOf(previous.at) !== dayOf(entry.at);
      if (newDay && (previous === null || previous.at !== undefined)) {
        const key = `d${dayOf(entry.at)}-${entry.seq}`;
        const name = dayName(entry.at);
        items.push({ key, signature: [name], make: () => dayRow(entry.at, key) });
      }
      const isFirstUnread = this.line !== null && entry.seq >= this.line && !(previous && previous.seq >= this.line);
      if (isFirstUnread) {
        items.push({ key: 'unread', signature: [], make: unreadRow });
      }
      if (entry.kind !== 'message') {
        items.push({ key: `m${entry.seq}`, signature: [entry], make: () => eventRow(entry) });
        previous = entry;
        continue;
      }
      const head =
        newDay ||
        isFirstUnread ||
        previous.kind !== 'message' ||
        previous.from !== entry.from ||
        previous.owned !== entry.owned ||
        entry.at - previous.at > GROUP_MILLIS ||
        Boolean(entry.replyTo);
      const quoted = entry.replyTo ? find(entry.replyTo) ?? null : null;
      const open = this.opened.has(entry.seq);
      const revealed = this.opened.has(`reveal${entry.seq}`);
      items.push({
        key: `m${entry.seq}`,
        signature: [entry, head, quoted, open, revealed, this.show.proven(entry)],
        make: () => messageRow(entry, { head, quoted, open, revealed }, this.show),
      });
      previous = entry;
    }
    return items;
  }

  reconcile(items) {
    const wanted = new Set(items.map((item) => item.key));
    const focused = document.activeElement?.closest?.('#messages > li') ?? null;
    let lost = null;
    for (const [key, row] of this.rows) {
      if (!wanted.has(key)) {
        lost ??= row.node === focused ? focused : null;
        row.node.remove();
        this.rows.delete(key);
      }
    }
    const made = [];
    let next = this.list.firstElementChild;
    for (const item of items) {
      const row = this.rows.get(item.key);
      if (row && same(row.signature, item.signature)) {
        if (row.node === next) {
          next = next.nextElementSibling;
        } else {
          this.list.insertBefore(row.node, next);
        }
        continue;
      }
      const node = item.make();
      made.push(node);
      if (row) {
        if (row.node === next) {
          next = next.nextElementSibling;
        }
        const hadFocus = row.node === focused;
        row.node.replaceWith(node);
        if (node.nextElementSibling !== next) {
          this.list.insertBefore(node, next);
        }
        if (hadFocus) {
          this.activate(node);
          node.focus({ preventScroll: true });
        }
      } else {
        this.list.insertBefore(node, next);
      }
      this.rows.set(item.key, { node, signature: item.signature });
    }
    if (!this.active?.isConnected) {
      const rows = this.focusable();
      this.activate(rows[rows.length - 1] ?? null);
    }
    if (lost && this.active) {
      this.active.focus({ preventScroll: true });
    }
    for (const node of made) {
      for (const block of node.getElementsByTagName('pre')) {
        if (block.scrollWidth > block.clientWidth) {
          block.tabIndex = 0;
        }
      }
    }
  }

  syncPendings(room) {
    const shown = room.atEnd ? room.pending : [];
    const signature = JSON.stringify([shown.map((each) => [each.id, each.state, each.problem]), this.show.live(), this.show.me()]);
    if (signature !== this.pendingSignature || this.pendings.childElementCount !== shown.length) {
      this.pendingSignature = signature;
      const focused = document.activeElement?.closest?.('#pendings') !== null && document.activeElement !== document.body;
      this.pendings.replaceChildren(...shown.map((each) => pendingRow(each, this.show)));
      this.pendings.hidden = shown.length === 0;
      if (focused) {
        byId('composer').focus();
      }
    }
  }

  forget() {
    this.rows.clear();
    this.list.replaceChildren();
    this.first = 0;
    this.last = 0;
    this.stick = true;
    this.opened.clear();
  }

  // ---- where things are

  /** What is visible, from the top on, and where it stands: the first that survives is what the rest moves around. */
  anchors() {
    const top = this.scroller.getBoundingClientRect().top;
    const found = [];
    let node = this.firstVisible(top);
    const bottom = top + this.scroller.clientHeight;
    for (; node && found.length < 40; node = node.nextElementSibling) {
      const at = node.getBoundingClientRect().top;
      if (at > bottom) {
        break;
      }
      found.push([node.dataset.key, at - top, node]);
    }
    return found;
  }

  firstVisible(top) {
    const rows = this.list.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top + 1) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return rows[low] ?? null;
  }

  restore(anchors) {
    const top = this.scroller.getBoundingClientRect().top;
    const all = anchors ?? [];
    // One that is as it was is best: another may have got, or lost, the name above its text.
    const anchor = all.find(([, , node]) => node.isConnected) ?? all.find(([key]) => this.rows.has(key));
    if (anchor) {
      const [key, at, node] = anchor;
      const moved = (node.isConnected ? node : this.rows.get(key).node).getBoundingClientRect().top - top - at;
      if (Math.abs(moved) >= 0.5) {
        this.scroller.scrollTop += moved;
      }
    }
    this.kept = anchors;
  }

  toBottom() {
    const end = this.scroller.scrollHeight - this.scroller.clientHeight;
    if (Math.abs(this.scroller.scrollTop - end) >= 1) {
      this.scroller.scrollTop = end;
    }
  }

  /** The keyboard of a phone, another width, a bar that comes: the same is read after it as before it. */
  resized() {
    if (this.scroller.clientHeight === this.height && this.scroller.clientWidth === this.width) {
      return;
    }
    this.height = this.scroller.clientHeight;
    this.width = this.scroller.clientWidth;
    if (this.stick) {
      this.toBottom();
    } else {
      this.restore(this.kept);
    }
    if (this.room) {
      this.settle(this.room);
    }
  }

  scrolled() {
    if (this.scroller.clientHeight !== this.height || this.scroller.clientWidth !== this.width) {
      return; // resized() comes next, and knows where things were
    }
    const room = this.room;
    if (!room) {
      return;
    }
    const left = this.scroller.scrollHeight - this.scroller.clientHeight - this.scroller.scrollTop;
    const wasStuck = this.stick;
    this.stick = this.reachesEnd && left < NEAR;
    if (wasStuck && !this.stick) {
      this.mark = room.entries.at(-1)?.seq ?? 0;
    }
    this.kept = this.stick ? null : this.anchors();
    this.settle(room);
  }

  hold(room) {
    if (this.held !== !this.stick) {
      this.held = !this.stick;
      this.chat.hold(room, this.held);
    }
  }

  /** Gets what is above and below before its reader is there. */
  load(room) {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (clientHeight === 0 || room.entries.length === 0) {
      return;
    }
    if (scrollTop < 1.5 * clientHeight) {
      if (this.first > room.entries[0].seq) {
        if (!this.stick || scrollHeight <= clientHeight * 2) {
          this.more(room, true);
        }
      } else if (!room.atStart && !room.loadingOlder && this.chat.state === 'live') {
        this.chat.older(room).catch(() => {});
      }
    }
    if (!this.stick && scrollHeight - clientHeight - scrollTop < 1.5 * clientHeight) {
      if (this.last < room.entries.at(-1).seq) {
        this.more(room, false);
      } else if (!room.atEnd && !room.loadingNewer && this.chat.state === 'live') {
        this.chat.newer(room).catch(() => {});
      }
    }
  }

  more(room, up) {
    if (this.pendingMore) {
      return;
    }
    this.pendingMore = true;
    requestAnimationFrame(() => {
      this.pendingMore = false;
      const entries = this.room?.entries ?? [];
      if (this.room === room && entries.length > 0 && this.last !== 0) {
        this.extend(entries, up);
        this.sync();
      }
    });
  }

  // ---- going somewhere

  async newest() {
    const room = this.room;
    if (!room) {
      return;
    }
    if (!room.atEnd) {
      await Promise.resolve(this.chat.toNewest(room)).catch((problem) => this.ui.problem(problem));
    }
    this.stick = true;
    this.first = 0;
    this.last = 0;
    this.sync();
    byId('composer').focus({ preventScroll: true });
  }

  /** Where one is, to come back to. */
  place() {
    return { key: this.key_, stick: this.stick, anchors: this.anchors(), seq: Number(this.firstVisible(this.scroller.getBoundingClientRect().top)?.dataset.seq ?? 0) };
  }

  async return() {
    const place = this.back;
    this.setBack(null);
    if (!place) {
      return;
    }
    if (place.key !== this.key_) {
      this.ui.open(place.key);
    }
    if (place.stick || !place.seq) {
      await this.newest();
      return;
    }
    await this.go(place.seq, { quiet: true });
    this.restore(place.anchors);
  }

  /** Goes to what a reply answers, with a way back. */
  async follow(seq) {
    const from = this.place();
    if (await this.go(seq)) {
      this.setBack(this.back ?? from);
    }
  }

  /**
   * Goes to a message, which is loaded with what is around it if need be.
   *
   * @returns {Promise<boolean>} whether it is there
   */
  async go(seq, { quiet = false } = {}) {
    const room = this.room;
    if (!room) {
      return false;
    }
    if (indexOf(room.entries, seq) < 0) {
      try {
        await this.chat.around(room, seq);
      } catch (problem) {
        this.ui.problem(problem);
        return false;
      }
      if (this.room !== room) {
        return false;
      }
    }
    const entries = room.entries;
    if (entries.length === 0) {
      return false;
    }
    const at = Math.min(entries.length - 1, lowerBound(entries, seq));
    this.stick = false;
    this.mark = Math.max(this.mark, room.atEnd ? entries.at(-1).seq : room.newest);
    this.first = entries[Math.max(0, at - STEP)].seq;
    this.last = entries[Math.min(entries.length - 1, at + STEP)].seq;
    this.reachesEnd = room.atEnd && at + STEP >= entries.length - 1;
    this.sync();
    const row = this.rows.get(`m${entries[at].seq}`)?.node;
    if (!row) {
      return false;
    }
    this.scroller.scrollTop += row.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - this.scroller.clientHeight / 3;
    if (!quiet) {
      this.activate(row);
      row.focus({ preventScroll: true });
      row.classList.remove('flash');
      void row.offsetWidth; // so that it begins again
      row.classList.add('flash');
    }
    this.kept = this.anchors();
    this.settle(room);
    return true;
  }

  setBack(place) {
    this.back = place;
    this.ui.tellBack(place !== null);
  }

  // ---- what is unread

  takeLine(room) {
    const next = room.nextUnread;
    if (next === null) {
      this.lineStale ||= this.line !== null;
      return;
    }
    if (this.line !== null && !this.lineStale) {
      this.lineCount = Math.max(this.lineCount, room.unread);
      return;
    }
    const at = this.chat.find(room, next)?.at ?? 0;
    const isLive = this.last === 0 ? at > this.openedAt - LIVE_MILLIS : next > this.lateUpTo;
    const isMissed = room.firstUnread !== null && room.firstUnread >= next;
    if (this.stick && this.ui.attentive() && isLive && !isMissed) {
      return; // seen as they come
    }
    this.line = next;
    this.lineCount = room.unread;
    this.lineAt = at;
    this.lineStale = false;
    this.lineSeen = false;
  }

  tellUnread(room) {
    if (this.line !== null && !this.lineSeen) {
      const row = this.rows.get('unread')?.node;
      const box = this.scroller.getBoundingClientRect();
      this.lineSeen = row !== undefined && this.ui.attentive() && row.getBoundingClientRect().bottom > box.top && row.getBoundingClientRect().top < box.bottom;
    }
    const needed = this.line !== null && !this.lineSeen && room.newest >= this.line && !(this.rows.has('unread') && !this.stick && this.isBelow('unread'));
    this.ui.tellUnread(needed ? { count: this.lineCount, since: this.lineAt } : null);
  }

  isBelow(key) {
    return this.rows.get(key).node.getBoundingClientRect().top >= this.scroller.getBoundingClientRect().bottom;
  }

  async firstUnread() {
    const line = this.line;
    if (line !== null) {
      this.lineSeen = true;
      await this.go(line);
    }
  }

  dismissUnread() {
    this.lineSeen = true;
    if (this.room) {
      this.settle(this.room);
    }
  }

  tellNew(room) {
    if (this.stick) {
      this.mark = room.entries.at(-1)?.seq ?? 0;
      this.toNewest.dataset.testid = 'to-newest';
      this.toNewest.hidden = true;
      return;
    }
    let n = 0;
    const entries = room.entries;
    for (let i = entries.length - 1; i >= 0 && entries[i].seq > this.mark; i--) {
      n += entries[i].kind === 'message' && !entries[i].mine ? 1 : 0;
    }
    if (!room.atEnd) {
      n += Math.max(0, room.newest - Math.max(this.mark, entries.at(-1)?.seq ?? 0));
    }
    this.toNewest.dataset.testid = n > 0 ? 'new-messages' : 'to-newest';
    this.toNewest.classList.toggle('has-new', n > 0);
    const text = n > 0 ? count(n, 'new message') : 'Newest';
    if (this.toNewest.textContent !== text) {
      this.toNewest.textContent = text;
    }
    this.toNewest.hidden = false;
  }

  markRead(room) {
    if (!this.ui.attentive() || room.entries.length === 0) {
      return;
    }
    let seq = 0;
    if (this.stick) {
      seq = this.drawn; // there may be more by now, which nobody has seen
    } else {
      const bottom = this.scroller.getBoundingClientRect().bottom;
      for (let node = this.list.lastElementChild; node; node = node.previousElementSibling) {
        if (node.dataset.seq && node.getBoundingClientRect().bottom <= bottom + 4) {
          seq = Number(node.dataset.seq);
          break;
        }
      }
    }
    if (seq > (room.read ?? 0)) {
      this.chat.markRead(room, seq);
    }
  }

  /** The person is back. */
  looked() {
    if (document.visibilityState !== 'visible') {
      return;
    }
    if (this.dirty || this.day !== dayOf(Date.now())) {
      this.sync(); // what was said today was said yesterday, after midnight
    } else if (this.room) {
      this.settle(this.room);
    }
  }

  // ---- sentences around the list

  tellEdge(room, lo) {
    const text = room.entries.length === 0 || lo > 0 ? '' : room.atStart ? (room.first > 1 ? 'The server keeps nothing that is older.' : 'This is the beginning of the room.') : room.loadingOlder ? 'Loading what was said before…' : '';
    setText(this.edge, text);
  }

  tellEmpty(room) {
    let text = '';
    const isOut = Boolean(room?.problem && !room.joined);
    if (!room) {
      text = this.key_ === null ? 'Choose a room, or join one.' : '';
    } else if (isOut) {
      text = sentence(room.problem.text);
    } else if (room.entries.length === 0 && room.pending.length === 0) {
      text = room.joined && !this.isComing ? (room.private ? 'Nothing was said between the two of you yet.' : 'Nothing was said here yet. Say hello.') : this.chat.state === 'live' ? 'Going in…' : 'Nothing is known of this room while there is no connection.';
    }
    if (this.emptyText !== text) {
      this.emptyText = text;
      const claims = isOut && room.problem.code === 'forbidden' && !this.chat.me.owned && this.namesCanBeOwned();
      const again =
        isOut &&
        (claims
          ? h('button', { type: 'button', class: 'small', text: 'Make this name yours', onclick: () => this.ui.claim() })
          : h('button', { type: 'button', class: 'small', text: 'Go in again', data: { testid: 'enter-again' }, onclick: () => this.ui.open(room.name) }));
      this.empty.replaceChildren();
      fill(this.empty, [text, again]);
    }
    this.empty.hidden = text === '';
  }

  // ---- keyboard

  focusable() {
    return [...this.list.children].filter((row) => row.tabIndex >= -1 && row.hasAttribute('tabindex'));
  }

  /** One row is in the tab order, with what is in it. */
  activate(row) {
    if (!row || row === this.active || row.parentElement !== this.list) {
      return;
    }
    if (this.active) {
      setTabs(this.active, -1);
    }
    this.active = row;
    setTabs(row, 0);
  }

  focusLast() {
    const rows = this.focusable();
    const last = rows[rows.length - 1];
    if (last) {
      this.isByPointer = false;
      last.focus({ preventScroll: true });
      last.scrollIntoView({ block: 'nearest' });
    }
  }

  fold(what, open) {
    if (open) {
      this.opened.add(what);
    } else {
      this.opened.delete(what);
    }
    this.stick = false;
    this.sync();
    this.scrolled();
  }

  key(event) {
    const row = event.target.closest('li');
    if (!row || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const rows = this.focusable();
    const at = rows.indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.isByPointer = false;
      if (to >= rows.length) {
        const pending = this.pendings.querySelector('button');
        (pending ?? byId('composer')).focus();
        return;
      }
      const target = rows[Math.max(0, to)];
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: 'nearest' });
      return;
    }
    if (event.target !== row) {
      return;
    }
    if (this.isByPointer && event.key.length === 1) {
      byId('composer').focus(); // who has clicked somewhere and types, writes
      return;
    }
    const entry = row.dataset.seq ? this.chat.find(this.room, Number(row.dataset.seq)) : null;
    if (event.key === 'Escape') {
      event.preventDefault();
      byId('composer').focus();
    } else if (entry && entry.kind === 'message' && !entry.deleted) {
      if (event.key === 'r' || event.key === 'R') {
        event.preventDefault();
        this.ui.reply(entry);
      } else if (event.key === 'Enter' || event.key === 'ContextMenu') {
        event.preventDefault();
        this.ui.messageMenu(entry, row);
      } else if (event.key === 'q' && entry.replyTo) {
        this.follow(entry.replyTo);
      }
    }
  }
}

function setTabs(row, index) {
  row.tabIndex = index;
  for (const each of row.querySelectorAll('a, button')) {
    each.tabIndex = index;
  }
}

function same(a, b) {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
