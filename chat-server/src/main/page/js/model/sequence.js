/**
 * The sequence numbers of a room, counted over all connections, so that each number is received
 * exactly once or lies in a gap (SESSIONS.md, S-50 to S-53, S-71).
 */

/** The server has broken the protocol, or an object was lost. */
export class Violation extends Error {}

export class Sequence {
  epoch = null;

  /** The oldest number that the server keeps. */
  first = 1;

  /** The newest number that the server is known to have assigned. */
  newest = 0;

  /** The number expected next, or null before the first join. */
  next = null;

  /** True from joining a log with another epoch until its gap has come. */
  isReset = false;

  /** Where to resume: everything up to there was received. Null if unknown. */
  get position() {
    return this.next === null || this.epoch === null || this.isReset
      ? null
      : { epoch: this.epoch, seq: this.next - 1 };
  }

  /** True if everything has come that the server had assigned when it let us in. */
  get isCaughtUp() {
    return this.next > this.newest;
  }

  /**
   * The room was joined.
   *
   * @param {object} joined
   * @param {number|null} last how many of the newest messages were requested
   * @param {{epoch: string, seq: number}|null} after the position to resume from
   */
  join(joined, last, after) {
    this.first = joined.first;
    this.isReset = after !== null && (after.epoch !== joined.epoch || after.seq > joined.seq);
    if (this.isReset) {
      this.next = 1;
    } else if (after !== null) {
      this.next = after.seq + 1;
    } else {
      this.next = Math.max(joined.first, joined.seq + 1 - Math.min(last ?? 0, joined.seq));
    }
    this.epoch = joined.epoch;
    this.newest = Math.max(this.next - 1, joined.seq);
  }

  /** @returns {boolean} false if the number was received before */
  receive(room, seq) {
    if (this.next !== null && seq < this.next && !this.isReset) {
      return false;
    }
    if (seq !== this.next || this.isReset) {
      throw new Violation(`Received number ${seq} of ${room}, expected ${this.next}.`);
    }
    this.next = seq + 1;
    this.newest = Math.max(this.newest, seq);
    return true;
  }

  /** @returns {boolean} false if the gap was received before */
  skip(room, from, to) {
    if (!this.isReset && to < this.next) {
      return false;
    }
    if (from !== this.next) {
      throw new Violation(`Received a gap from number ${from} of ${room}, expected ${this.next}.`);
    }
    this.isReset = false;
    this.next = Math.max(this.next, to + 1);
    this.newest = Math.max(this.newest, to);
    return true;
  }

  hasReceived(seq) {
    return this.next === null || seq < this.next;
  }
}
