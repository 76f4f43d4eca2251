// Wires the model to the parts of the view, and the parts to each other.

import { Chat } from './model/chat.js';
import { Actions } from './view/actions.js';
import { Announcer } from './view/announce.js';
import { Banner } from './view/banner.js';
import { Bars } from './view/bars.js';
import { Composer } from './view/composer.js';
import { byId, h } from './view/dom.js';
import { Entrance } from './view/entrance.js';
import { showRoom, showTitle } from './view/heading.js';
import { Layout } from './view/layout.js';
import { Members } from './view/members.js';
import { MessageList } from './view/messages/list.js';
import { Notifier } from './view/notify.js';
import { askRoom } from './view/roomdialog.js';
import { Search } from './view/search.js';
import { listenToKeys, listenToSkipLinks } from './view/shortcuts.js';
import { Sidebar } from './view/sidebar.js';
import { isOutdated, keepOffline } from './view/version.js';
import { sentence } from './view/words.js';

const TOAST_MILLIS = 6000;

/** Updates that come within this time are one. */
const SYNC_MILLIS = 150;

class Page {
  constructor() {
    this.chat = new Chat();

    /** The key of the open room, or null. */
    this.key = null;
    this.actions = new Actions(this.chat, this);
    this.list = new MessageList(this.chat, this);
    this.bars = new Bars(this.list);
    this.composer = new Composer(this.chat, this);
    this.sidebar = new Sidebar(this.chat, this);
    this.members = new Members(this.chat, this);
    this.searchPane = new Search(this.chat, this);
    this.announcer = new Announcer(this);
    this.notifier = new Notifier(this.chat, this);
    this.banner = new Banner(this.chat, this);
    this.layout = new Layout((side) => this.sideChanged(side));
    this.entrance = new Entrance(this.chat, this);
    this.listenToModel();
    this.listenToBrowser();
  }

  begin() {
    byId('app').hidden = false;
    this.entrance.begin();
    keepOffline();
  }

  // ---- what the parts of the page ask of each other

  room() {
    return this.key === null ? null : this.chat.rooms.get(this.key) ?? null;
  }

  current() {
    return this.key;
  }

  has(feature) {
    return this.chat.has(feature);
  }

  proven(entry) {
    return this.list.show.proven(entry);
  }

  /** True if the user has the page in front. */
  attentive() {
    return document.visibilityState === 'visible' && document.hasFocus();
  }

  reply(entry) {
    this.composer.reply(entry);
  }

  follow(seq) {
    return this.list.jumps.follow(seq);
  }

  messageMenu(entry, anchor) {
    this.actions.messageMenu(entry, anchor);
  }

  personMenu(name, anchor) {
    this.actions.personMenu(name, anchor);
  }

  myMenu(anchor) {
    this.actions.myMenu(anchor);
  }

  claim() {
    return this.actions.claim();
  }

  /** The name is ours now: enters the open room, which may have been closed to guests. */
  claimed() {
    const room = this.room();
    if (room && !room.joined) {
      this.chat.enter(room).catch((problem) => this.problem(problem));
    }
    this.sync();
  }

  join() {
    askRoom(this.chat, (name) => this.open(name));
  }

  run(command, line) {
    return this.actions.run(command, line);
  }

  sent() {
    if (!this.list.isFollowing) {
      this.list.jumps.newest();
    }
  }

  focusMessages() {
    this.list.focusLast();
  }

  focusComposer() {
    this.composer.field.focus();
  }

  search(query) {
    this.layout.openSide('search');
    this.searchPane.focus(query);
  }

  showMembers() {
    this.layout.openSide('members');
  }

  closeSide() {
    this.layout.closeSide();
  }

  showBack(isThere) {
    this.bars.showBack(isThere);
  }

  showUnread(what) {
    this.bars.showUnread(what);
  }

  canAskToNotify() {
    return this.notifier.canAsk();
  }

  async askToNotify() {
    const answer = await this.notifier.ask();
    this.toast(answer === 'granted' ? 'Notifications are on for mentions and private messages.' : 'Notifications are off. You can allow them in the browser’s settings for this site.');
    this.sidebar.sync();
  }

  toast(text) {
    const toast = h('p', { text });
    byId('toasts').append(toast);
    setTimeout(() => toast.remove(), TOAST_MILLIS);
  }

  problem(problem) {
    this.toast(sentence(problem?.text ?? 'Something went wrong.'));
  }

  // ---- rooms

  /** Opens a room, and enters it if need be. */
  async open(name, { replace = false } = {}) {
    const key = this.chat.key(name);
    const known = this.chat.rooms.get(key);
    const hash = `#${encodeURI(known?.name ?? name)}`;
    if (location.hash !== hash) {
      history[replace ? 'replaceState' : 'pushState'](null, '', hash);
    }
    const wasDrawer = this.layout.roomsOpen;
    this.layout.closeDrawers();
    const isOther = this.key !== key;
    const before = this.key;
    this.key = key;
    if (isOther) {
      this.list.jumps.setBack(null);
    }
    const entering = Promise.resolve(this.chat.enter(name));
    this.show(isOther);
    if (wasDrawer || matchMedia('(hover: hover)').matches) {
      byId(wasDrawer ? 'room-name' : 'composer').focus({ preventScroll: true });
    }
    try {
      await entering;
    } catch (problem) {
      this.problem(problem);
      if (this.key === key && !this.chat.rooms.has(key)) {
        this.key = before;
        this.left();
        return undefined;
      }
    }
    if (this.key === key) {
      this.show(this.list.key !== key || this.composer.room !== this.room());
      this.members.ask();
    }
    return this.chat.rooms.get(key);
  }

  show(isOther) {
    if (isOther) {
      this.list.open(this.key);
      this.composer.open(this.room());
    }
    this.sync();
  }

  /** The open room was left: opens another one. */
  left() {
    const next = this.room() ?? [...this.chat.rooms.values()][0];
    if (next) {
      this.open(next.name, { replace: true });
      return;
    }
    this.key = null;
    history.replaceState(null, '', '/');
    this.show(true);
  }

  /** Opens the room above or below. */
  step(by) {
    const all = [...document.querySelectorAll('#room-lists a')];
    const at = all.findIndex((each) => each.hasAttribute('aria-current'));
    const to = all[(at + by + all.length) % all.length];
    if (to) {
      this.open(decodeURI(to.hash.slice(1)));
    }
  }

  /** Goes to a message in any room, with a way back. */
  async jump(name, seq) {
    const { jumps } = this.list;
    const from = jumps.back ?? jumps.place();
    this.layout.closeDrawers();
    if (this.chat.key(name) !== this.key) {
      await this.open(name);
    }
    if (await jumps.go(seq)) {
      jumps.setBack(from);
    }
  }

  // ---- what happens

  sync() {
    this.sidebar.sync();
    this.members.sync();
    this.banner.sync();
    showRoom(this.room());
    showTitle(this.room(), this.chat.rooms.values());
  }

  /** Does so once for several events, and after the list has marked messages as read. */
  syncSoon() {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.sync();
    }, SYNC_MILLIS);
  }

  sideChanged(side) {
    if (side === 'members') {
      this.members.sync();
      this.members.ask();
    } else if (side === 'search') {
      this.searchPane.input.focus();
    }
  }

  listenToModel() {
    const { chat } = this;
    chat.on('state', () => this.stateChanged());
    chat.on('me', () => {
      this.sync();
      this.list.changed();
    });
    chat.on('rooms', () => {
      this.syncSoon();
      this.list.changed();
      if (this.key !== null && !this.room()) {
        this.left();
      }
    });
    chat.on('room', ({ room, what }) => {
      if (what === 'read') {
        this.notifier.read(room);
      }
      if (room.key === this.key) {
        this.roomChanged(room, what);
      }
    });
    chat.on('message', ({ room, entry, late }) => {
      if (late && room.key === this.key) {
        this.list.late(entry.seq);
      }
      this.announcer.message(room, entry);
      this.notifier.message(room, entry);
    });
    chat.on('error', (problem) => this.problem(problem));
  }

  /** The open room has changed. */
  roomChanged(room, what) {
    if (what === 'members') {
      this.members.sync();
    } else {
      this.list.changed();
    }
    if (what === 'topic') {
      showRoom(room);
    }
    if (this.composer.room !== room) {
      this.composer.open(room);
    }
  }

  stateChanged() {
    const isLive = this.chat.state === 'live';
    this.sync();
    this.list.changed();
    if (isLive && this.wasLive === false) {
      this.checkVersion();
    }
    if (isLive || this.wasLive !== undefined) {
      this.wasLive = isLive;
    }
    this.entrance.stateChanged();
  }

  /** After a reconnect, the server may be a newer one. */
  async checkVersion() {
    if (await isOutdated()) {
      this.bars.showUpdate();
    }
  }

  listenToBrowser() {
    window.addEventListener('online', () => this.banner.sync());
    window.addEventListener('offline', () => this.banner.sync());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.sync());
    navigator.serviceWorker?.addEventListener('message', (event) => {
      if (typeof event.data?.open === 'string') {
        this.open(event.data.open);
      }
    });
    byId('room-menu').addEventListener('click', (event) => this.actions.roomMenu(event.currentTarget));
    listenToKeys({
      join: () => this.join(),
      search: () => this.search(),
      isSearching: () => document.activeElement === this.searchPane.input,
      step: (by) => this.step(by),
      write: () => this.focusComposer(),
    });
    listenToSkipLinks((target) => this.skipTo(target));
  }

  skipTo(target) {
    if (target === 'messages') {
      this.list.focusLast();
    } else if (target === 'rooms' && byId('rooms').hidden) {
      this.layout.openRooms();
    } else {
      byId(target).focus();
    }
  }
}

new Page().begin();
