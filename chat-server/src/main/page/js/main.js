// Wires the model to what is seen of it.

import { Chat } from './model/chat.js';
import { visible, visibleName } from './model/text.js';
import { Actions } from './view/actions.js';
import { Announcer } from './view/announce.js';
import { Banner } from './view/banner.js';
import { Composer } from './view/composer.js';
import { askName, askRoom } from './view/dialogs.js';
import { byId, fill, h, iconButton, setText } from './view/dom.js';
import { Layout } from './view/layout.js';
import { Members } from './view/members.js';
import { MessageList } from './view/messages.js';
import { Notifier } from './view/notify.js';
import { Search } from './view/search.js';
import { Sidebar } from './view/sidebar.js';
import { isOutdated, keepOffline } from './view/version.js';
import { clock, count, sentence } from './view/words.js';

const TOAST_MILLIS = 6000;

class Page {
  constructor() {
    this.chat = new Chat();
    this.key = null;
    this.actions = new Actions(this.chat, this);
    this.list = new MessageList(this.chat, this);
    this.composer = new Composer(this.chat, this);
    this.sidebar = new Sidebar(this.chat, this);
    this.members = new Members(this.chat, this);
    this.search_ = new Search(this.chat, this);
    this.announcer = new Announcer(this);
    this.notifier = new Notifier(this.chat, this);
    this.banner = new Banner(this.chat, this);
    this.layout = new Layout((side) => this.sideChanged(side));
    this.nameDialog = null;
    this.listen();
    this.keys();
  }

  // ---- what the parts of the page ask of it

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

  /** Whether somebody looks at this page now. */
  attentive() {
    return document.visibilityState === 'visible' && document.hasFocus();
  }

  reply(entry) {
    this.composer.answer(entry);
  }

  follow(seq) {
    return this.list.follow(seq);
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

  /** The name is one's own now: rooms that were closed for that reason are open. */
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
    if (!this.list.stick) {
      this.list.newest();
    }
  }

  focusMessages() {
    this.list.focusLast();
  }

  search(query) {
    this.layout.openSide('search');
    this.search_.focus(query);
  }

  showMembers() {
    this.layout.openSide('members');
  }

  closeSide() {
    this.layout.closeSide();
  }

  canAskToNotify() {
    return this.notifier.canAsk();
  }

  async askToNotify() {
    const answer = await this.notifier.ask();
    this.toast(answer === 'granted' ? 'You are notified of mentions and private messages.' : 'There will be no notifications. The browser keeps the answer in its settings of this site.');
    this.sidebar.sync();
  }

  toast(text) {
    const toast = h('p', { text });
    byId('toasts').append(toast);
    setTimeout(() => toast.remove(), TOAST_MILLIS);
  }

  problem(problem) {
    this.toast(sentence(problem?.text ?? 'This did not work.'));
  }

  /** Goes to where a message stands, with a way back. */
  async jump(name, seq) {
    const from = this.list.back ?? this.list.place();
    this.layout.closeDrawers();
    if (this.chat.key(name) !== this.key) {
      await this.open(name);
    }
    if (await this.list.go(seq)) {
      this.list.setBack(from);
    }
  }

  tellBack(isThere) {
    const bar = byId('back');
    bar.hidden = !isThere;
    if (isThere && bar.childElementCount === 0) {
      bar.append(
        h('p', { text: 'You are looking at an earlier place.' }),
        h('button', { type: 'button', class: 'small', text: 'Back', data: { testid: 'search-back' }, onclick: () => this.list.return() }),
        iconButton('close', 'Stay here', { onclick: () => this.list.setBack(null) }),
      );
    }
  }

  tellUnread(what) {
    const bar = byId('unread');
    if (!what) {
      bar.hidden = true;
      return;
    }
    const text = `${count(what.count, 'unread message')}${what.since ? ` since ${clock(what.since)}` : ''}`;
    if (bar.childElementCount === 0) {
      fill(bar, [
        h('p'),
        h('button', { type: 'button', class: 'small', text: 'First unread', data: { testid: 'first-unread' }, onclick: () => this.list.firstUnread() }),
        iconButton('close', 'I have seen them', { onclick: () => this.list.dismissUnread() }),
      ]);
    }
    setText(bar.firstElementChild, text);
    bar.hidden = false;
  }

  // ---- rooms

  /** Looks at a room, and goes into it if need be. */
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
      this.list.setBack(null);
    }
    const entering = Promise.resolve(this.chat.enter(name));
    this.shown(isOther);
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
      this.shown(this.list.key_ !== key || this.composer.room !== this.room());
      this.members.ask();
    }
    return this.chat.rooms.get(key);
  }

  shown(isOther) {
    if (isOther) {
      this.list.open(this.key);
      this.composer.open(this.room());
    }
    this.sync();
  }

  /** The room that was looked at is left. */
  left() {
    const here = this.room();
    if (here) {
      this.open(here.name, { replace: true });
      return;
    }
    const next = [...this.chat.rooms.values()][0];
    if (next) {
      this.open(next.name, { replace: true });
    } else {
      this.key = null;
      history.replaceState(null, '', '/');
      this.list.open(null);
      this.composer.open(null);
      this.sync();
    }
  }

  /** The one above or below. */
  step(by) {
    const all = [...document.querySelectorAll('#room-lists a')];
    const at = all.findIndex((each) => each.hasAttribute('aria-current'));
    const to = all[(at + by + all.length) % all.length];
    if (to) {
      this.open(decodeURI(to.hash.slice(1)));
    }
  }

  sync() {
    this.sidebar.sync();
    this.members.sync();
    this.banner.sync();
    this.tellRoom();
    this.tellTitle();
  }

  /** The same, once for all that happens now, and after the list has told what is read. */
  syncSoon() {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.sync();
    }, 150);
  }

  tellRoom() {
    const room = this.room();
    setText(byId('room-name'), room ? visibleName(room.private ? room.with ?? room.name.slice(1) : room.name) : 'Chatroom');
    setText(byId('topic'), room?.private ? 'Only the two of you read this.' : visible(room?.topic ?? ''));
    byId('topic').title = room?.topic ?? '';
    byId('room-menu').hidden = !room;
  }

  tellTitle() {
    let unread = 0;
    for (const room of this.chat.rooms.values()) {
      unread += room.unread ?? 0;
    }
    const where = this.room() ? `${visibleName(this.room().name)} · ` : '';
    const title = `${unread > 0 ? `(${unread > 999 ? '999+' : unread}) ` : ''}${where}Chatroom`;
    if (document.title !== title) {
      document.title = title;
    }
  }

  sideChanged(side) {
    if (side === 'members') {
      this.members.sync();
      this.members.ask();
    } else if (side === 'search') {
      this.search_.input.focus();
    }
  }

  // ---- what happens

  listen() {
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
        if (what === 'members') {
          this.members.sync();
        } else {
          this.list.changed();
        }
        if (what === 'topic') {
          this.tellRoom();
        }
        if (this.composer.room !== room) {
          this.composer.open(room);
        }
      }
    });
    chat.on('message', ({ room, entry, late }) => {
      if (late && room.key === this.key) {
        this.list.late(entry.seq);
      }
      this.announcer.said(room, entry);
      this.notifier.said(room, entry);
    });
    chat.on('error', (problem) => this.problem(problem));

    window.addEventListener('hashchange', () => this.addressChanged());
    window.addEventListener('popstate', () => this.addressChanged());
    window.addEventListener('online', () => this.banner.sync());
    window.addEventListener('offline', () => this.banner.sync());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.sync());
    navigator.serviceWorker?.addEventListener('message', (event) => {
      if (typeof event.data?.open === 'string') {
        this.open(event.data.open);
      }
    });
    byId('room-menu').addEventListener('click', (event) => this.actions.roomMenu(event.currentTarget));
    for (const skip of document.querySelectorAll('a.skip')) {
      skip.addEventListener('click', (event) => {
        event.preventDefault(); // the address tells the room
        const target = skip.hash.slice(1);
        if (target === 'messages') {
          this.list.focusLast();
        } else if (target === 'rooms' && byId('rooms').hidden) {
          this.layout.openRooms();
        } else {
          byId(target).focus();
        }
      });
    }
  }

  stateChanged() {
    const { state, reason } = this.chat;
    this.sync();
    this.list.changed();
    if (state === 'live') {
      if (this.wasLive && this.wasAway) {
        this.lookForUpdate();
      }
      this.wasLive = true;
      this.wasAway = false;
    } else if (this.wasLive) {
      this.wasAway = true;
    }
    if (state === 'stopped' && this.wasLive && !this.nameDialog && (reason?.do === 'ask' || reason?.code === 'key-wrong')) {
      this.askWho({ name: this.chat.me.name, keep: this.chat.me.keep, problem: reason, needsKey: reason.code === 'key-wrong', closable: true });
    }
  }

  async lookForUpdate() {
    if (!(await isOutdated())) {
      return;
    }
    const bar = byId('update');
    if (bar.childElementCount === 0) {
      bar.append(
        h('p', { text: 'There is a new version of this page.' }),
        h('button', { type: 'button', class: 'small', text: 'Load it', data: { testid: 'reload' }, onclick: () => location.reload() }),
        iconButton('close', 'Later', { onclick: () => { bar.hidden = true; } }),
      );
    }
    bar.hidden = false;
  }

  keys() {
    document.addEventListener('keydown', (event) => {
      if (document.querySelector('dialog[open]')) {
        return;
      }
      const key = event.key.toLowerCase();
      const command = event.ctrlKey || event.metaKey;
      if (key === 'k' && (command || event.altKey) && !event.shiftKey) {
        event.preventDefault();
        this.join();
      } else if (key === 'f' && command && !event.shiftKey && document.activeElement !== this.search_.input) {
        event.preventDefault(); // again, and the browser searches what is on the screen
        this.search();
      } else if (event.altKey && !command && (key === 'arrowup' || key === 'arrowdown')) {
        event.preventDefault();
        this.step(key === 'arrowup' ? -1 : 1);
      } else if (key.length === 1 && key !== ' ' && !command && !event.altKey && document.activeElement === document.body) {
        this.composer.field.focus();
      }
    });
  }

  // ---- coming in

  /** What the address asks for; a link code goes out of it, and of the history, at once. */
  takeAddress() {
    const hash = location.hash.slice(1);
    if (hash.startsWith('link=')) {
      history.replaceState(null, '', location.pathname + location.search);
      const [name, code] = hash.slice(5).split('/').map(decoded);
      return { name, code };
    }
    return { room: decoded(hash) };
  }

  addressChanged() {
    const { room, code, name } = this.takeAddress();
    if (code) {
      this.askWho({ name, code, closable: true });
    } else if (this.nameDialog && this.chat.state !== 'live') {
      this.wanted = room; // it waits for a name
    } else if (room && this.chat.key(room) !== this.key) {
      this.open(room, { replace: true });
    }
  }

  begin() {
    const { room, name, code } = this.takeAddress();
    const saved = this.chat.saved ?? {};
    this.wanted = room || saved.current || '';
    byId('app').hidden = false;
    if (code) {
      this.sync();
      this.askWho({ name, code });
    } else if (saved.name) {
      const first = this.wanted || 'lobby';
      this.enter({ name: saved.name, keep: saved.keep, key: saved.key }).catch((problem) => {
        if (this.chat.state !== 'live') {
          this.askWho({ name: saved.name, keep: saved.keep, problem, needsKey: problem?.code === 'key-wrong' });
        }
      });
      if (this.chat.rooms.size > 0 || room) {
        this.open(first, { replace: true }); // what is known stands there before there is a connection
      }
    } else {
      this.sync();
      this.askWho({});
    }
    keepOffline();
  }

  askWho(now) {
    this.nameDialog?.close();
    const shown = askName(this.chat, now, (answer) => this.enter(answer));
    this.nameDialog = shown;
    shown.closed.then(() => {
      if (this.nameDialog === shown) {
        this.nameDialog = null;
      }
      if (this.key !== null && this.chat.state === 'live') {
        this.composer.field.focus();
      }
    });
  }

  async enter({ name, keep, key, code }) {
    const rooms = this.wanted ? [this.wanted] : [];
    if (code) {
      await this.chat.useCode(name, code, { keep, key, rooms });
    } else {
      await this.chat.start({ name, keep, key, rooms });
    }
    if (this.key === null) {
      this.open(this.wanted || this.chat.server.seedRoom, { replace: true });
    }
    this.wanted = '';
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return text;
  }
}

new Page().begin();
