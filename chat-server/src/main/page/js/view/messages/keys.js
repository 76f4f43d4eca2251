import { byId } from '../dom.js';

// The keys of the list: arrows move between messages, letters act on one.

export class ListKeys {
  /**
   * @param {import('./rowlist.js').RowList} rows
   * @param {object} acts
   * @param {(seq: number) => object|null} acts.find
   * @param {() => HTMLElement|null} acts.below what follows the last row, if anything
   * @param {(entry: object) => void} acts.reply
   * @param {(entry: object, anchor: HTMLElement) => void} acts.menu
   * @param {(seq: number) => void} acts.follow goes to the message that a reply quotes
   */
  constructor(rows, acts) {
    this.rows = rows;
    this.acts = acts;

    /** True if the row has the focus because it was clicked. */
    this.isByPointer = false;
    rows.list.addEventListener('keydown', (event) => this.key(event));
    rows.list.addEventListener('pointerdown', () => { this.isByPointer = true; });
  }

  focusLast() {
    this.isByPointer = false;
    this.rows.focusLast();
  }

  key(event) {
    const row = event.target.closest('li');
    if (!row || event.altKey || event.ctrlKey || event.metaKey || this.#move(event, row) || event.target !== row) {
      return;
    }
    if (this.isByPointer && event.key.length === 1) {
      byId('composer').focus(); // after a click on a message, typing means writing
      return;
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      byId('composer').focus();
      return;
    }
    const entry = row.dataset.seq ? this.acts.find(Number(row.dataset.seq)) : null;
    if (entry?.kind === 'message' && !entry.deleted) {
      this.#act(event, entry, row);
    }
  }

  /** @returns {boolean} true if the key moves between rows */
  #move(event, row) {
    const all = this.rows.focusable();
    const at = all.indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) {
      return false;
    }
    event.preventDefault();
    this.isByPointer = false;
    if (to >= all.length) {
      (this.acts.below() ?? byId('composer')).focus();
    } else {
      this.rows.focus(all[Math.max(0, to)]);
    }
    return true;
  }

  #act(event, entry, row) {
    if (event.key === 'r' || event.key === 'R') {
      event.preventDefault();
      this.acts.reply(entry);
    } else if (event.key === 'Enter' || event.key === 'ContextMenu') {
      event.preventDefault();
      this.acts.menu(entry, row);
    } else if (event.key === 'q' && entry.replyTo) {
      this.acts.follow(entry.replyTo);
    }
  }
}
