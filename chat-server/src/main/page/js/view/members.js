// The list of members of the open room.

import { byId, h, iconButton, rove } from './dom.js';
import { nameNode } from './names.js';
import { count } from './words.js';

const MOST = 200;

export class Members {
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.pane = byId('members');
    this.title = h('h2', { class: 'grow', text: 'Members' });
    this.list = h('ul', { class: 'member-list scroll' });
    this.note = h('p', { class: 'faint note' });
    this.pane.append(
      h('header', { class: 'bar' }, this.title, iconButton('close', 'Close the member list', { onclick: () => ui.closeSide() })),
      this.list,
      this.note,
    );
    this.pane.addEventListener('keydown', (event) => rove(this.list, 'button', event));
  }

  sync() {
    const room = this.ui.room();
    if (this.pane.hidden) {
      return;
    }
    const me = this.chat.me.name;
    const names = room?.members ?? [];
    const unique = [...new Set(names)].sort((a, b) => a.localeCompare(b));
    const signature = JSON.stringify([room?.key, room?.count, room?.role, me, unique]);
    if (signature === this.signature) {
      return;
    }
    this.signature = signature;
    const here = room?.count ?? unique.length;
    this.title.textContent = room ? `Members (${here.toLocaleString()})` : 'Members';
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    this.list.replaceChildren(
      ...unique.slice(0, MOST).map((name) => {
        const isMe = name === me;
        const role = isMe ? (room.role === 'op' ? 'you, operator' : 'you') : '';
        return h('li', {},
          h('button', { type: 'button', class: 'member', 'aria-haspopup': 'menu', data: { testid: 'member', name }, onclick: (event) => (isMe ? this.ui.myMenu(event.currentTarget) : this.ui.personMenu(name, event.currentTarget)) },
            nameNode(name, true), role && h('span', { class: 'faint', text: role })));
      }),
    );
    if (focused !== null) {
      [...this.list.querySelectorAll('button')].find((each) => each.dataset.name === focused)?.focus();
    }
    const more = here - Math.min(unique.length, MOST);
    this.note.textContent = more > 0 && unique.length > 0 ? `and ${count(more, 'more connection')}` : unique.length === 0 && here > 0 ? 'Too many to list.' : '';
  }

  /** Requests the names, which the server does not send by itself if there are many. */
  async ask() {
    const room = this.ui.room();
    if (!this.pane.hidden && room && !room.members && this.ui.has('members') && this.chat.state === 'live') {
      await this.chat.members(room).catch(() => {});
      this.sync();
    }
  }
}
