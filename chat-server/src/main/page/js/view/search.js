// Searches messages on the server, and goes to those that it finds.

import { byId, h, iconButton, rove, setText } from './dom.js';
import { excerpt } from './messages/rows.js';
import { nameNode } from './names.js';
import { brief, count, moment } from './words.js';
import { visibleName } from '../model/text.js';

const AROUND = 60;
const LENGTH = 220;

export class Search {
  /**
   * @param {object} chat the model
   * @param {object} ui room(), jump(room, seq), closeSide(), proven(entry)
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.pane = byId('search');
    this.input = h('input', { type: 'search', id: 'search-input', enterkeyhint: 'search', maxlength: '200', autocomplete: 'off', spellcheck: 'false', data: { testid: 'search-input' } });
    this.everywhere = h('input', { type: 'checkbox', checked: true, onchange: () => this.run() });
    this.status = h('p', { class: 'faint note', role: 'status', data: { testid: 'search-status' } });
    this.results = h('ul', { class: 'results' });
    this.more = h('button', { type: 'button', class: 'wide', text: 'Show older results', hidden: true, data: { testid: 'search-more' }, onclick: () => this.next() });
    this.number = 0;
    this.found = 0;
    this.pane.append(
      h('header', { class: 'bar' }, h('h2', { class: 'grow', text: 'Search' }), iconButton('close', 'Close search', { onclick: () => ui.closeSide() })),
      h('form', { class: 'search-form', role: 'search', onsubmit: (event) => { event.preventDefault(); this.run(); } },
        h('label', { for: 'search-input', class: 'vh', text: 'Search messages' }),
        this.input,
        h('label', { class: 'check' }, this.everywhere, 'In all rooms')),
      h('div', { class: 'scroll' }, this.status, this.results, this.more),
    );
    this.input.addEventListener('input', () => this.soon());
    this.pane.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' && event.target === this.input) {
        event.preventDefault();
        this.results.querySelector('button')?.focus();
      } else if (event.target.closest('.results')) {
        if (event.key === 'ArrowUp' && event.target.parentElement === this.results.firstElementChild) {
          event.preventDefault();
          this.input.focus();
        } else {
          rove(this.results, 'button', event);
        }
      }
    });
    this.hint();
  }

  hint() {
    setText(this.status, 'Searches everything the server keeps of your rooms. You can use "an exact phrase", begin*, from:NAME, after:2026-11-01 and before:2026-12-01.');
  }

  focus(query) {
    if (query !== undefined) {
      this.input.value = query;
      this.run();
    }
    this.input.focus();
    this.input.select();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), 350);
  }

  async run() {
    clearTimeout(this.timer);
    const query = this.input.value.trim();
    const number = ++this.number;
    this.query = query;
    this.found = 0;
    this.more.hidden = true;
    if (query === '') {
      this.results.replaceChildren();
      this.hint();
      return;
    }
    setText(this.status, 'Searching…');
    this.results.setAttribute('aria-busy', 'true');
    await this.page(number, undefined, true);
  }

  next() {
    this.more.hidden = true;
    return this.page(this.number, this.before, false);
  }

  async page(number, before, isFirst) {
    const room = this.everywhere.checked ? undefined : this.ui.room()?.key;
    try {
      const page = await this.chat.search(this.query, { room, before });
      if (number !== this.number) {
        return;
      }
      if (isFirst) {
        this.results.replaceChildren();
      }
      const rows = [...page.entries].sort((a, b) => b.at - a.at).map((entry) => this.row(entry));
      this.results.append(...rows);
      this.found += rows.length;
      this.before = page.next;
      this.more.hidden = page.next === undefined || page.next === null;
      setText(this.status, this.found === 0 ? 'No messages found.' : `${count(this.found, 'message')}${this.more.hidden ? '' : ' so far'}${page.complete === false ? '; the search stopped early, so there may be more' : ''}`);
      if (!isFirst) {
        rows[0]?.firstElementChild.focus();
      }
    } catch (problem) {
      if (number === this.number) {
        setText(this.status, problem.text ?? 'The search failed.');
        if (isFirst) {
          this.results.replaceChildren(); // they belong to another query
        }
        this.more.hidden = isFirst;
      }
    } finally {
      this.results.removeAttribute('aria-busy');
    }
  }

  row(entry) {
    return h('li', {},
      h('button', { type: 'button', class: 'result', data: { testid: 'search-result', seq: String(entry.seq), room: entry.roomName }, onclick: () => this.ui.jump(entry.roomName, entry.seq) },
        h('span', { class: 'result-head' }, nameNode(entry.from, this.ui.proven(entry)), h('bdi', { class: 'faint', text: visibleName(entry.roomName) }), h('time', { class: 'faint', datetime: new Date(entry.at).toISOString(), title: moment(entry.at), text: brief(entry.at) })),
        entry.hidden ? h('span', { class: 'result-text faint', text: 'You blocked this person.' }) : h('bdi', { class: 'result-text' }, ...this.marked(entry.text))));
  }

  /** The text around the first word that matches, with all matches marked. */
  marked(text) {
    const words = [...this.query.matchAll(/"([^"]+)"|(\S+)/g)]
      .map((match) => match[1] ?? match[2].replace(/\*$/, ''))
      .filter((word) => word !== '' && !/^(from|in|before|after):/i.test(word));
    const lower = text.toLowerCase();
    const firsts = words.map((word) => lower.indexOf(word.toLowerCase())).filter((at) => at >= 0);
    const first = firsts.length > 0 ? Math.min(...firsts) : 0;
    const begin = first > AROUND * 2 ? first - AROUND : 0;
    const line = (begin > 0 ? '…' : '') + excerpt(text.slice(begin).replace(/^[\uDC00-\uDFFF]/, ''), LENGTH);
    if (words.length === 0) {
      return [line];
    }
    const pattern = new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'gi');
    const parts = [];
    let at = 0;
    for (const match of line.matchAll(pattern)) {
      parts.push(line.slice(at, match.index), h('mark', { text: match[0] }));
      at = match.index + match[0].length;
    }
    parts.push(line.slice(at));
    return parts;
  }
}
