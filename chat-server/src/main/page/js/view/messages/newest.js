import { count } from '../words.js';

// The button that leads to the newest message, and says how many have come below.

export class NewestButton {
  /** @param {HTMLElement} button */
  constructor(button) {
    this.button = button;
    this.reset();
  }

  reset() {
    /** The newest number when the reader left the end: what comes after it is new. */
    this.mark = 0;
  }

  leaveEnd(room) {
    this.mark = room.entries.at(-1)?.seq ?? 0;
  }

  /** The list jumps elsewhere: the messages in between are not new. */
  jump(room) {
    this.mark = Math.max(this.mark, room.atEnd ? room.entries.at(-1).seq : room.newest);
  }

  update(room, isFollowing) {
    if (isFollowing) {
      this.leaveEnd(room);
      this.button.dataset.testid = 'to-newest';
      this.button.hidden = true;
      return;
    }
    const n = this.#countNew(room);
    this.button.dataset.testid = n > 0 ? 'new-messages' : 'to-newest';
    this.button.classList.toggle('has-new', n > 0);
    const text = n > 0 ? count(n, 'new message') : 'Newest';
    if (this.button.textContent !== text) {
      this.button.textContent = text;
    }
    this.button.hidden = false;
  }

  #countNew({ entries, atEnd, newest }) {
    let n = 0;
    for (let i = entries.length - 1; i >= 0 && entries[i].seq > this.mark; i--) {
      n += entries[i].kind === 'message' && !entries[i].mine ? 1 : 0;
    }
    if (!atEnd) {
      n += Math.max(0, newest - Math.max(this.mark, entries.at(-1)?.seq ?? 0));
    }
    return n;
  }
}
