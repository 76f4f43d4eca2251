import { above } from './entries.js';
import { canBeUnread } from './entry.js';

/**
 * How far a room was read, and what is unread. Unread messages in memory are counted one by one;
 * older ones are estimated from their numbers.
 */

const MAX_COUNTED = 10_000;

export class Unread {
  /** The number up to which everything was read. */
  read = 0;

  /** Where the line above the unread messages is drawn, or null. */
  firstUnread = null;

  #sequence;
  #window;
  #seqs = [];
  #mentions = [];

  /** How many unread messages are no longer in memory, or never were. */
  #notInMemory = 0;

  /**
   * @param {import('./sequence.js').Sequence} sequence
   * @param {import('./roomwindow.js').RoomWindow} window
   */
  constructor(sequence, window) {
    this.#sequence = sequence;
    this.#window = window;
  }

  get count() {
    return this.#notInMemory + this.#seqs.length;
  }

  get mentions() {
    return this.#mentions.length;
  }

  /** The first unread number, or null. */
  get next() {
    return this.#notInMemory > 0 ? this.read + 1 : (this.#seqs[0] ?? null);
  }

  /** Counts a new entry. @returns {boolean} true if it is an unread message of somebody else */
  add(entry) {
    const counts = canBeUnread(entry) && entry.seq > this.read;
    if (counts) {
      this.#seqs.push(entry.seq);
      if (this.#seqs.length > MAX_COUNTED) {
        this.#seqs.shift();
        this.#notInMemory++;
      }
      if (entry.mention) {
        this.#mentions.push(entry.seq);
        if (this.#mentions.length > MAX_COUNTED) {
          this.#mentions.shift();
        }
      }
    }
    return counts;
  }

  /** @returns {boolean} true if that is further than before */
  markRead(seq) {
    const upTo = Math.min(seq, this.#sequence.newest);
    if (upTo <= this.read) {
      return false;
    }
    const before = this.#firstCounted() - 1;
    const dropped = Math.max(0, Math.min(upTo, before) - this.read);
    this.read = upTo;
    this.#notInMemory = upTo >= before ? 0 : Math.max(0, this.#notInMemory - dropped);
    this.#seqs = above(this.#seqs, upTo);
    this.#mentions = above(this.#mentions, upTo);
    if (!this.#window.isFront) {
      this.firstUnread = this.next;
    }
    return true;
  }

  /** Draws the line above what is unread now. */
  drawLine() {
    this.firstUnread = this.next;
  }

  /** The same after a join, where a line that the user sees stays. */
  drawLineAgain() {
    if (!this.#window.isFront || this.firstUnread === null) {
      this.drawLine();
    }
  }

  /** An unread message has come; `isAway` if the user did not see it come. */
  moveLine(seq, isAway) {
    if (isAway && (this.firstUnread === null || this.next === seq)) {
      this.firstUnread = seq;
    } else if (!this.#window.isFront) {
      this.firstUnread = this.next;
    }
  }

  /** A message was deleted. */
  remove(seq) {
    this.#seqs = this.#seqs.filter((one) => one !== seq);
    this.#mentions = this.#mentions.filter((one) => one !== seq);
  }

  recount() {
    this.#seqs = [];
    this.#mentions = [];
    this.#window.newest.forEach((entry) => this.add(entry));
    const readUpTo = Math.max(this.read, this.#sequence.first - 1);
    this.#notInMemory = Math.max(0, this.#window.newestStart - 1 - readUpTo);
  }

  /** Replaces the estimate, after more of the room has come into memory. */
  refine() {
    if (this.#notInMemory > 0 && this.#window.atEnd) {
      this.recount();
    }
  }

  clear() {
    this.firstUnread = null;
    this.read = 0;
  }

  /** The first number that is counted one by one. */
  #firstCounted() {
    const first = this.#window.newestStart;
    return Math.min(first, this.#seqs[0] ?? first);
  }
}
