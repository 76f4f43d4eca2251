import { byId } from '../dom.js';
import { indexOf, lowerBound } from '../../model/entries.js';

// Jumps within the list, and the way back from them.

export class Jumps {
  /**
   * @param {import('./list.js').MessageList} list
   * @param {object} chat the model
   * @param {object} ui problem(refusal), showBack(isThere), open(room)
   */
  constructor(list, chat, ui) {
    this.list = list;
    this.chat = chat;
    this.ui = ui;

    /** Where the reader was before the first jump, or null. */
    this.back = null;
  }

  newest() {
    const { room } = this.list;
    if (room) {
      this.chat.toNewest(room);
      this.list.followNewest();
      byId('composer').focus({ preventScroll: true });
    }
  }

  async firstUnread() {
    const { line } = this.list;
    if (line.seq !== null) {
      line.isSeen = true;
      await this.go(line.seq);
    }
  }

  /** Goes to the message that a reply quotes, with a way back. */
  async follow(seq) {
    const from = this.place();
    if (await this.go(seq)) {
      this.setBack(this.back ?? from);
    }
  }

  /**
   * Goes to a message, which is loaded if need be, with those around it.
   *
   * @param {{quiet?: boolean}} [how] quiet: does not highlight the message
   * @returns {Promise<boolean>} true if it is there
   */
  async go(seq, { quiet = false } = {}) {
    const { list } = this;
    const { room } = list;
    if (!room || !(await this.#load(room, seq)) || list.room !== room || room.entries.length === 0) {
      return false;
    }
    const { entries } = room;
    const at = Math.min(entries.length - 1, lowerBound(entries, seq));
    list.showAround(room, at);
    const row = list.rows.node(`m${entries[at].seq}`);
    if (!row) {
      return false;
    }
    list.scroll.toRow(row);
    if (!quiet) {
      list.rows.activate(row);
      row.focus({ preventScroll: true });
      row.classList.remove('flash');
      void row.offsetWidth; // restarts the animation
      row.classList.add('flash');
    }
    list.scroll.kept = list.scroll.anchors();
    list.settle(room);
    return true;
  }

  /** @returns {Promise<boolean>} false if the server did not answer */
  async #load(room, seq) {
    if (indexOf(room.entries, seq) < 0) {
      try {
        await this.chat.around(room, seq);
      } catch (problem) {
        this.ui.problem(problem);
        return false;
      }
    }
    return true;
  }

  /** Where the reader is, to come back to. */
  place() {
    const { key, isFollowing, scroll } = this.list;
    const seq = Number(scroll.firstVisible()?.dataset.seq ?? 0);
    return { key, isFollowing, anchors: scroll.anchors(), seq };
  }

  /** @param {object|null} place where the bar leads, or null to hide it */
  setBack(place) {
    this.back = place;
    this.ui.showBack(place !== null);
  }

  /** Goes back to where the reader was before the first jump. */
  async return() {
    const place = this.back;
    this.setBack(null);
    if (!place) {
      return;
    }
    if (place.key !== this.list.key) {
      this.ui.open(place.key);
    }
    if (place.isFollowing || !place.seq) {
      this.newest();
      return;
    }
    await this.go(place.seq, { quiet: true });
    this.list.restore(place.anchors);
  }
}
