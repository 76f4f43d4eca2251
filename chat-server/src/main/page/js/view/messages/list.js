// The list of messages of the open room.
//
// It follows new messages only while the reader is at the end. Its parts: the slice of the model that is shown, the
// rows, the scroll position, the unread line, and the notes around the list.

import { itemsOf } from './items.js';
import { Jumps } from './jumps.js';
import { ListKeys } from './keys.js';
import { NewestButton } from './newest.js';
import { ListNotes } from './notes.js';
import { Pendings } from './pendings.js';
import { RowList } from './rowlist.js';
import { ScrollPosition } from './scroll.js';
import { Slice } from './slice.js';
import { UnreadLine } from './unreadline.js';
import { byId } from '../dom.js';
import { dayOf } from '../words.js';

/** The list is not updated more often than this. */
const CALM_MILLIS = 80;

export class MessageList {
  /**
   * @param {object} chat the model
   * @param {object} ui the rest of the page: attentive(), reply, messageMenu, personMenu, problem, showUnread,
   *     showBack, open, claim
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    const list = byId('messages');
    const scroller = byId('scroller');

    /** What rows ask for, and what they do when they are pressed. */
    this.show = {
      me: () => chat.me.name,
      owned: () => chat.me.owned,
      live: () => chat.state === 'live',
      proven: (entry) => entry.owned || !chat.has('claim'),
      jump: (seq) => this.jumps.follow(seq),
      reply: (entry) => ui.reply(entry),
      menu: (entry, anchor) => ui.messageMenu(entry, anchor),
      person: (name, anchor) => ui.personMenu(name, anchor),
      fold: (seq, open) => this.fold(seq, open),
      reveal: (seq) => this.fold(`reveal${seq}`, true),
      retry: (id) => chat.retry(id),
      discard: (id) => chat.discard(id),
    };
    this.slice = new Slice();
    this.rows = new RowList(list);
    this.pendings = new Pendings(byId('pendings'), this.show);
    this.scroll = new ScrollPosition(scroller, list);
    this.line = new UnreadLine(chat, ui);
    this.newestButton = new NewestButton(byId('to-newest'));
    this.notes = new ListNotes(chat, ui);
    this.jumps = new Jumps(this, chat, ui);
    this.keys = new ListKeys(this.rows, {
      find: (seq) => chat.find(this.room, seq),
      below: () => this.pendings.firstButton(),
      reply: this.show.reply,
      menu: this.show.menu,
      follow: this.show.jump,
    });

    this.timer = 0;
    this.lastUpdate = 0;
    this.cost = 0;
    this.reset(null);

    scroller.addEventListener('scroll', () => this.scrolled(), { passive: true });
    byId('to-newest').addEventListener('click', () => this.jumps.newest());
    new ResizeObserver(() => this.resized()).observe(scroller);
    document.addEventListener('visibilitychange', () => this.attended());
    window.addEventListener('focus', () => this.attended());
  }

  reset(key) {
    this.key = key;
    this.epoch = null;

    /** True while the reader is at the end, and new messages scroll the list. */
    this.isFollowing = true;

    /** The last number in the window of the room when the list was updated. */
    this.drawnUpTo = 0;
    this.isLoading = false;
    this.isHeld = false;

    /** See itemsOf(). */
    this.opened = new Set();
    this.slice.reset();
    this.line.reset();
    this.newestButton.reset();
    this.rows.clear();
    this.pendings.clear();
  }

  get room() {
    return this.chat.rooms.get(this.key) ?? null;
  }

  /** Shows another room, at its newest message. */
  open(key) {
    if (this.room && this.isHeld) {
      this.chat.hold(this.room, false);
    }
    this.reset(key);
    this.ui.showUnread(null);
    const { room } = this;
    if (room) {
      this.line.update(room, true, true);
      if (!room.atEnd && room.entries.length > 0) {
        this.chat.toNewest(room);
      }
    }
    this.update();
  }

  /** A message came late, after a reconnect: nobody has seen it come. */
  late(seq) {
    this.line.late(seq);
  }

  /** The model has changed: updates soon, but no more often than the eye can follow. */
  changed() {
    if (document.visibilityState === 'hidden') {
      this.isDirty = true;
      return;
    }
    if (!this.timer) {
      const pause = Math.max(CALM_MILLIS, 8 * this.cost);
      this.timer = setTimeout(() => {
        this.timer = 0;
        this.update();
      }, Math.max(0, this.lastUpdate + pause - performance.now()));
    }
  }

  /** Makes the list equal to the model, and leaves what is being read in place. */
  update() {
    const began = performance.now();
    this.isDirty = false;
    this.day = dayOf(Date.now());
    const { room } = this;
    if (!room) {
      this.notes.showEmpty(this.key, null, false);
      return;
    }
    this.checkEpoch(room);
    this.line.update(room, this.slice.last === 0, this.isFollowing);
    const anchors = this.isFollowing ? null : this.scroll.anchors();
    const [lo, hi] = this.slice.update(room, this.isFollowing, () => this.scroll.isNearTop);
    this.drawnUpTo = room.end;
    this.isLoading = room.isLoading;
    this.rows.update(itemsOf(room.entries, lo, hi, this.how(room)));
    this.pendings.update(room);
    this.notes.showEdge(room, lo === 0);
    this.notes.showEmpty(this.key, room, this.isLoading);
    if (this.isFollowing) {
      this.scroll.toBottom();
    } else {
      this.restore(anchors);
    }
    this.settle(room);
    this.lastUpdate = performance.now();
    this.cost = this.lastUpdate - began;
  }

  how(room) {
    const bySeq = new Map();
    const find = (seq) => {
      if (!bySeq.has(seq)) {
        bySeq.set(seq, this.chat.find(room, seq));
      }
      return bySeq.get(seq);
    };
    return { line: this.line.seq, opened: this.opened, find, show: this.show };
  }

  /** In another log, the numbers mean other messages. */
  checkEpoch(room) {
    if (this.epoch !== room.epoch) {
      if (this.epoch !== null) {
        this.rows.clear();
        this.slice.reset();
        this.opened.clear();
        this.isFollowing = true;
      }
      this.epoch = room.epoch;
    }
  }

  restore(anchors) {
    this.scroll.restore(anchors, (key) => this.rows.node(key));
  }

  /** What is shown, or where, has changed. While the room is loading, nothing counts as seen. */
  settle(room) {
    this.newestButton.update(room, this.isFollowing);
    this.hold(room);
    if (!this.isLoading) {
      this.line.showBar(room, this.rows.node('unread'), this.scroll.box, this.isFollowing);
      this.markRead(room);
      this.load(room);
    }
  }

  hold(room) {
    if (this.isHeld === this.isFollowing) {
      this.isHeld = !this.isFollowing;
      this.chat.hold(room, this.isHeld);
    }
  }

  markRead(room) {
    if (!this.ui.attentive() || room.entries.length === 0) {
      return;
    }
    // Only what is drawn was seen: the room may have more by now.
    const seq = this.isFollowing ? this.drawnUpTo : this.scroll.lastWhole();
    if (seq > (room.read ?? 0)) {
      this.chat.markRead(room, seq);
    }
  }

  /** The keyboard of a phone, another width, a bar: the same is read after it as before it. */
  resized() {
    if (!this.scroll.hasResized) {
      return;
    }
    this.scroll.noteSize();
    if (this.isFollowing) {
      this.scroll.toBottom();
    } else {
      this.restore(this.scroll.kept);
    }
    if (this.room) {
      this.settle(this.room);
    }
  }

  scrolled() {
    const { room } = this;
    if (this.scroll.hasResized || !room) {
      return; // resized() comes next, and knows where things were
    }
    const wasFollowing = this.isFollowing;
    this.isFollowing = this.slice.reachesEnd && this.scroll.isAtEnd;
    if (wasFollowing && !this.isFollowing) {
      this.newestButton.leaveEnd(room);
    }
    this.scroll.kept = this.isFollowing ? null : this.scroll.anchors();
    this.settle(room);
  }

  /** The user is back. */
  attended() {
    if (document.visibilityState !== 'visible') {
      return;
    }
    if (this.isDirty || this.day !== dayOf(Date.now())) {
      this.update(); // after midnight, today is yesterday
    } else if (this.room) {
      this.settle(this.room);
    }
  }

  // ---- loading

  /** Loads what is above and below before the reader is there. */
  load(room) {
    if (!this.scroll.isVisible || room.entries.length === 0) {
      return;
    }
    const isLive = this.chat.state === 'live';
    if (this.scroll.isNearTop) {
      if (this.slice.first > room.entries[0].seq) {
        if (!this.isFollowing || this.scroll.isShort) {
          this.more(room, true);
        }
      } else if (!room.atStart && !room.loadingOlder && isLive) {
        this.chat.older(room).catch(() => {});
      }
    }
    if (!this.isFollowing && this.scroll.isNearEnd) {
      if (this.slice.last < room.entries.at(-1).seq) {
        this.more(room, false);
      } else if (!room.atEnd && !room.loadingNewer && isLive) {
        this.chat.newer(room).catch(() => {});
      }
    }
  }

  /** Shows more of what is in memory. */
  more(room, up) {
    if (this.isMorePending) {
      return;
    }
    this.isMorePending = true;
    requestAnimationFrame(() => {
      this.isMorePending = false;
      const entries = this.room?.entries ?? [];
      if (this.room === room && entries.length > 0 && this.slice.last !== 0) {
        this.slice.extend(entries, up);
        this.update();
      }
    });
  }

  // ---- acts of the user

  /** Follows new messages from now on. */
  followNewest() {
    this.isFollowing = true;
    this.slice.reset();
    this.update();
  }

  /** Stops following, and shows the rows around the entry at an index. */
  showAround(room, at) {
    this.isFollowing = false;
    this.newestButton.jump(room);
    this.slice.moveTo(room, at);
    this.update();
  }

  dismissUnread() {
    this.line.isSeen = true;
    if (this.room) {
      this.settle(this.room);
    }
  }

  focusLast() {
    this.keys.focusLast();
  }

  /** Unfolds a long message, or shows a blocked one, or the reverse. */
  fold(what, open) {
    if (open) {
      this.opened.add(what);
    } else {
      this.opened.delete(what);
    }
    this.isFollowing = false;
    this.update();
    this.scrolled();
  }
}
