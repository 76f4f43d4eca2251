import { lowerBound, upperBound } from '../../model/entries.js';

// Which entries of a room are rows of the page. Few enough, so that the page stays small in the busiest room.

/** Rows while following new messages, at most; when there are more, as many as the slack are removed at once. */
const FOLLOWED = 120;
const SLACK = 40;

/** Rows while reading further up, at most, and how many are added at once. */
const READ = 320;
const STEP = 60;

export class Slice {
  constructor() {
    this.reset();
  }

  reset() {
    /** The number of the first and of the last row; 0 if there are none. */
    this.first = 0;
    this.last = 0;

    /** True if the last row is the newest entry of the room. */
    this.reachesEnd = false;
  }

  /**
   * Adapts to a change of the entries.
   *
   * @param {object} room
   * @param {boolean} isFollowing
   * @param {() => boolean} isNearTop
   * @returns {[number, number]} the indices of the first row, and behind the last one
   */
  update(room, isFollowing, isNearTop) {
    const { entries } = room;
    const [lo, hi] = this.#range(entries, isFollowing, isNearTop);
    this.first = lo < hi ? entries[lo].seq : 0;
    this.last = lo < hi ? entries[hi - 1].seq : 0;
    this.reachesEnd = hi === entries.length && room.atEnd;
    return [lo, hi];
  }

  #range(entries, isFollowing, isNearTop) {
    const n = entries.length;
    if (n === 0) {
      return [0, 0];
    }
    if (isFollowing || this.last === 0) {
      let lo = this.last === 0 ? n : lowerBound(entries, this.first);
      if (n - lo > FOLLOWED + SLACK || n - lo < Math.min(n, FOLLOWED)) {
        lo = Math.max(0, n - FOLLOWED);
      }
      return [lo, n];
    }
    let lo = lowerBound(entries, this.first);
    let hi = upperBound(entries, this.last);
    if (hi <= lo) {
      return [Math.max(0, n - FOLLOWED), n];
    }
    if (lo > 0 && isNearTop()) {
      // Without more rows above, the list may become too short to scroll back to the same place: the
      // first row loses the day and the name above it as soon as the entry before it is known.
      lo = Math.max(0, lo - STEP);
      hi = Math.min(hi, lo + READ);
    }
    if (this.reachesEnd) {
      hi = Math.min(n, Math.max(hi, lo + READ)); // new rows may come below while there is room for them
    }
    return [lo, hi];
  }

  /** Adds rows at one end, and removes some at the other. */
  extend(entries, up) {
    let lo = lowerBound(entries, this.first);
    let hi = upperBound(entries, this.last);
    if (up) {
      lo = Math.max(0, lo - STEP);
      hi = Math.min(hi, lo + READ);
    } else {
      hi = Math.min(entries.length, hi + STEP);
      lo = Math.max(lo, hi - READ);
    }
    this.first = entries[lo].seq;
    this.last = entries[hi - 1].seq;
    this.reachesEnd = false;
  }

  /** Moves to the entry at an index. */
  moveTo(room, at) {
    const { entries } = room;
    this.first = entries[Math.max(0, at - STEP)].seq;
    this.last = entries[Math.min(entries.length - 1, at + STEP)].seq;
    this.reachesEnd = room.atEnd && at + STEP >= entries.length - 1;
  }
}
