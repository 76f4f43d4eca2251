// The list of rooms, with their unread counts, and the user's own name.

import { byId, h, rove, setText } from './dom.js';
import { nameNode } from './names.js';
import { count } from './words.js';
import { visibleName } from '../model/text.js';

export class Sidebar {
  /**
   * @param {object} chat the model
   * @param {object} ui current(), open(name), join(), has(feature), myMenu(anchor), claim(), askToNotify(), canAskToNotify()
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.lists = byId('room-lists');
    this.me = byId('me');
    this.rooms = h('ul', { class: 'room-list' });
    this.people = h('ul', { class: 'room-list' });
    this.peopleTitle = h('h3', { text: 'Private', hidden: true });
    this.lists.append(this.rooms, this.peopleTitle, this.people);
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    byId('rooms').addEventListener('keydown', (event) => rove(this.lists, 'a', event));
    byId('join').addEventListener('click', () => ui.join());
  }

  sync() {
    const current = this.ui.current();
    setText(byId('server-name'), location.host);
    const seen = new Set();
    for (const [key, room] of this.chat.rooms) {
      seen.add(key);
      let row = this.rows.get(key);
      if (!row) {
        row = this.row(room);
        this.rows.set(key, row);
      }
      const list = room.private ? this.people : this.rooms;
      if (row.parentElement !== list) {
        list.append(row);
      }
      this.update(row, room, key === current);
    }
    for (const [key, row] of this.rows) {
      if (!seen.has(key)) {
        row.remove();
        this.rows.delete(key);
      }
    }
    this.peopleTitle.hidden = this.people.childElementCount === 0;
    this.syncMe();
    const elsewhere = [...this.chat.rooms.values()].some((room) => room.key !== current && room.unread > 0);
    byId('rooms-badge').hidden = !elsewhere;
    byId('rooms-open').setAttribute('aria-label', elsewhere ? 'Rooms, with unread messages' : 'Rooms');
  }

  row(room) {
    return h('li', {},
      h('a', { href: `#${encodeURI(room.name)}`, data: { testid: `room-${room.name}` }, onclick: (event) => this.go(event, room.key) },
        h('span', { class: 'sigil', 'aria-hidden': 'true', text: room.private ? '@' : '#' }),
        h('bdi', { class: 'room-name', text: visibleName(room.with ?? (room.private ? room.name.slice(1) : room.name)) }),
        h('span', { class: 'badge', hidden: true })));
  }

  /** Opens a room; if it is open already, that still closes the drawer. */
  go(event, key) {
    const room = this.chat.rooms.get(key);
    if (room && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.ui.open(room.name);
    }
  }

  update(row, room, isCurrent) {
    const link = row.firstElementChild;
    const badge = link.lastElementChild;
    if (isCurrent) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
    const unread = room.unread ?? 0;
    if (link.dataset.unread !== String(unread)) {
      link.dataset.unread = String(unread);
    }
    link.classList.toggle('has-unread', unread > 0);
    link.classList.toggle('out', !room.joined && Boolean(room.problem));
    badge.hidden = unread === 0;
    badge.classList.toggle('loud', (room.mentions ?? 0) > 0 || room.private);
    setText(badge, unread > 999 ? '999+' : String(unread));
    badge.setAttribute('aria-label', `${unread} unread${room.mentions > 0 ? `, ${count(room.mentions, 'mention')}` : ''}`);
    badge.setAttribute('role', 'img');
  }

  syncMe() {
    const me = this.chat.me;
    const canClaim = this.ui.has('claim') && !me.owned && this.chat.state === 'live';
    const asks = this.ui.canAskToNotify();
    const signature = JSON.stringify([me.name, me.owned, canClaim, asks]);
    if (signature === this.signature) {
      return;
    }
    this.signature = signature;
    this.me.replaceChildren(
      h('button', { type: 'button', class: 'me-button', 'aria-haspopup': 'menu', data: { testid: 'me' }, onclick: (event) => this.ui.myMenu(event.currentTarget) },
        h('span', { class: 'vh', text: 'You are ' }), nameNode(me.name, true), h('span', { class: 'faint', text: me.owned ? 'your name' : 'guest' })),
      ...(canClaim ? [h('button', { type: 'button', class: 'small', text: 'Claim name', title: 'Claim this name, so that nobody else can use it here', data: { testid: 'claim' }, onclick: () => this.ui.claim() })] : []),
      ...(asks ? [h('button', { type: 'button', class: 'small', text: 'Notify me', title: 'Notify me of mentions and private messages', data: { testid: 'notify-ask' }, onclick: () => this.ui.askToNotify() })] : []),
    );
  }
}
