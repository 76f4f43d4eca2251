// Suggests names after an @, commands after a slash, and names or rooms as their arguments.

import { h } from './dom.js';
import { nameNode } from './names.js';
import { COMMANDS } from '../model/commands.js';

const MOST = 6;

export class Completion {
  constructor(field, chat, room) {
    this.field = field;
    this.chat = chat;
    this.room = room;
    this.box = h('ul', { id: 'completion', class: 'completion', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
    field.parentElement.append(this.box);
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', 'completion');
    field.addEventListener('input', () => this.suggest());
    field.addEventListener('blur', () => this.close());
    this.at = -1;
    this.found = [];
  }

  suggest() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const command = /^\/([a-z]*)$/.exec(before);
    const asked = /^\/([a-z]+)\s+(?:--\w+\s+)*(\S*)$/.exec(before);
    const takes = COMMANDS.find((each) => each.word === asked?.[1])?.argument ?? '';
    const name = /(?:^|\s)@([^\s@]{0,40})$/.exec(before);
    if (command) {
      this.offer(
        before.length,
        COMMANDS.filter((each) => each.word.startsWith(command[1]) && (!each.feature || this.chat.has(each.feature)))
          .map((each) => ({ text: `/${each.word} `, node: [h('b', { text: `/${each.word}` }), ' ', h('span', { class: 'faint', text: each.purpose })] })),
      );
    } else if (takes.startsWith('NAME')) {
      this.offerAll(asked[2], this.names().filter((each) => each !== this.chat.me.name), (each) => (/\s/.test(each) ? `"${each}" ` : `${each} `));
    } else if (takes.includes('ROOM')) {
      this.offerAll(asked[2], [...this.chat.rooms.values()].map((each) => each.name), (each) => each);
    } else if (name) {
      const begin = name[1].toLowerCase();
      this.offer(
        name[1].length + 1,
        this.names()
          .filter((each) => each.toLowerCase().startsWith(begin) && each !== this.chat.me.name)
          .map((each) => ({ text: `@${each} `, node: [nameNode(each, true)] })),
      );
    } else {
      this.close();
    }
  }

  /** Offers the names that begin with the typed text. */
  offerAll(typed, all, text) {
    const begin = typed.toLowerCase();
    this.offer(
      typed.length,
      all.filter((each) => each.toLowerCase().startsWith(begin)).map((each) => ({ text: text(each), node: [nameNode(each, true)] })),
    );
    this.isMeant = false; // the user may mean a shorter name: Enter sends the line
  }

  /** The latest authors come first, then the other members. */
  names() {
    const room = this.room();
    if (!room) {
      return [];
    }
    const names = new Set();
    for (let i = room.entries.length - 1; i >= 0 && names.size < 50; i--) {
      if (room.entries[i].kind === 'message') {
        names.add(room.entries[i].from);
      }
    }
    for (const member of room.members ?? []) {
      names.add(member);
    }
    return [...names];
  }

  offer(length, found) {
    this.length = length;
    this.found = found.slice(0, MOST);
    if (this.found.length === 0) {
      this.close();
      return;
    }
    this.box.replaceChildren(
      ...this.found.map((each, i) =>
        h('li', { id: `completion-${i}`, role: 'option', 'aria-selected': 'false', onpointerdown: (event) => { event.preventDefault(); this.take(i); } }, ...each.node)),
    );
    this.box.hidden = false;
    this.isMeant = true;
    this.choose(0);
  }

  choose(at) {
    this.at = at;
    [...this.box.children].forEach((each, i) => each.setAttribute('aria-selected', String(i === at)));
    this.field.setAttribute('aria-activedescendant', `completion-${at}`);
  }

  take(i) {
    const end = this.field.selectionStart;
    this.field.setRangeText(this.found[i].text, end - this.length, end, 'end');
    this.close();
    this.field.dispatchEvent(new Event('input'));
  }

  close() {
    this.box.hidden = true;
    this.at = -1;
    this.field.removeAttribute('aria-activedescendant');
  }

  /** @returns {boolean} true if the key was handled */
  key(event) {
    if (this.box.hidden) {
      return false;
    }
    const n = this.found.length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      this.isMeant = true;
      this.choose((this.at + (event.key === 'ArrowDown' ? 1 : n - 1)) % n);
    } else if (event.key === 'Tab' && !event.shiftKey) {
      this.take(this.at);
    } else if (event.key === 'Enter' && this.isMeant && !this.isWhole()) {
      this.take(this.at);
    } else if (event.key === 'Escape') {
      this.close();
      event.stopPropagation();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  /** True if the suggestion is already typed: then Enter sends. */
  isWhole() {
    const end = this.field.selectionStart;
    return this.field.value.slice(end - this.length, end) === this.found[this.at].text.trim();
  }
}
