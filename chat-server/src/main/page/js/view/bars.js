// The bars above the messages: unread messages, the way back from a jump, and a new version of the page.

import { byId, fill, h, iconButton, setText } from './dom.js';
import { clock, count } from './words.js';

export class Bars {
  /** @param {import('./messages/list.js').MessageList} list */
  constructor(list) {
    this.list = list;
  }

  /** @param {boolean} isThere true if there is a place to go back to */
  showBack(isThere) {
    const bar = byId('back');
    bar.hidden = !isThere;
    if (isThere && bar.childElementCount === 0) {
      const { jumps } = this.list;
      fill(bar, [
        h('p', { text: 'You are viewing older messages.' }),
        h('button', { type: 'button', class: 'small', text: 'Back', data: { testid: 'search-back' }, onclick: () => jumps.return() }),
        iconButton('close', 'Stay here', { onclick: () => jumps.setBack(null) }),
      ]);
    }
  }

  /** @param {{count: number, since: number}|null} what null hides the bar */
  showUnread(what) {
    const bar = byId('unread');
    bar.hidden = !what;
    if (!what) {
      return;
    }
    if (bar.childElementCount === 0) {
      fill(bar, [
        h('p'),
        h('button', { type: 'button', class: 'small', text: 'First unread', data: { testid: 'first-unread' }, onclick: () => this.list.jumps.firstUnread() }),
        iconButton('close', 'Dismiss', { onclick: () => this.list.dismissUnread() }),
      ]);
    }
    setText(bar.firstElementChild, `${count(what.count, 'unread message')}${what.since ? ` since ${clock(what.since)}` : ''}`);
  }

  showUpdate() {
    const bar = byId('update');
    if (bar.childElementCount === 0) {
      fill(bar, [
        h('p', { text: 'A new version of this page is available.' }),
        h('button', { type: 'button', class: 'small', text: 'Reload', data: { testid: 'reload' }, onclick: () => location.reload() }),
        iconButton('close', 'Later', { onclick: () => { bar.hidden = true; } }),
      ]);
    }
    bar.hidden = false;
  }
}
