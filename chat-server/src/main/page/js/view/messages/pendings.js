import { pendingRow } from './rows.js';
import { byId } from '../dom.js';

// The posts that the server has not acknowledged, below the list.

export class Pendings {
  /**
   * @param {HTMLElement} list
   * @param {object} show what the rows need, see pendingRow()
   */
  constructor(list, show) {
    this.list = list;
    this.show = show;
  }

  clear() {
    this.list.replaceChildren();
  }

  update(room) {
    const shown = room.atEnd ? room.pending : [];
    const states = shown.map((each) => [each.id, each.state, each.problem]);
    const signature = JSON.stringify([states, this.show.live(), this.show.me()]);
    if (signature === this.signature && this.list.childElementCount === shown.length) {
      return;
    }
    this.signature = signature;
    const hadFocus = document.activeElement?.closest?.('#pendings') !== null && document.activeElement !== document.body;
    this.list.replaceChildren(...shown.map((each) => pendingRow(each, this.show)));
    this.list.hidden = shown.length === 0;
    if (hadFocus) {
      byId('composer').focus();
    }
  }

  /** The first button of a post that has failed, or null. */
  firstButton() {
    return this.list.querySelector('button');
  }
}
