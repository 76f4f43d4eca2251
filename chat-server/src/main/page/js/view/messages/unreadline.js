// The line above the first unread message of the open room, and the bar that leads to it.

/** A message that is this much older than the opening of the room was posted before it. */
const LIVE_MILLIS = 1500;

export class UnreadLine {
  /**
   * @param {object} chat the model
   * @param {object} ui attentive(), showUnread({count, since}|null)
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.reset();
  }

  reset() {
    /** The number of the message below the line, or null. */
    this.seq = null;
    this.count = 0;
    this.at = 0;

    /** True if everything below the line was read: the next unread message moves it. */
    this.isStale = false;

    /** True once the user has seen the line. */
    this.isSeen = false;
    this.openedAt = Date.now();
    this.lateUpTo = 0;
  }

  /** A message came late, after a reconnect: nobody has seen it come. */
  late(seq) {
    this.lateUpTo = Math.max(this.lateUpTo, seq);
  }

  /**
   * Draws the line, unless the user sees the messages come.
   *
   * @param {object} room
   * @param {boolean} isFirst true if no rows are shown yet
   * @param {boolean} isFollowing
   */
  update(room, isFirst, isFollowing) {
    const next = room.nextUnread;
    if (next === null) {
      this.isStale ||= this.seq !== null;
      return;
    }
    if (this.seq !== null && !this.isStale) {
      this.count = Math.max(this.count, room.unread);
      return;
    }
    const at = this.chat.find(room, next)?.at ?? 0;
    const isLive = isFirst ? at > this.openedAt - LIVE_MILLIS : next > this.lateUpTo;
    const isMissed = room.firstUnread !== null && room.firstUnread >= next;
    if (isFollowing && this.ui.attentive() && isLive && !isMissed) {
      return;
    }
    this.seq = next;
    this.count = room.unread;
    this.at = at;
    this.isStale = false;
    this.isSeen = false;
  }

  /**
   * Shows the bar while the line is out of sight.
   *
   * @param {object} room
   * @param {HTMLElement|undefined} row the row of the line
   * @param {DOMRect} box the visible part of the list
   * @param {boolean} isFollowing
   */
  showBar(room, row, box, isFollowing) {
    const rect = row?.getBoundingClientRect();
    if (this.seq !== null && !this.isSeen) {
      this.isSeen = rect !== undefined && this.ui.attentive() && rect.bottom > box.top && rect.top < box.bottom;
    }
    const isBelow = rect !== undefined && !isFollowing && rect.top >= box.bottom;
    const isNeeded = this.seq !== null && !this.isSeen && room.newest >= this.seq && !isBelow;
    this.ui.showUnread(isNeeded ? { count: this.count, since: this.at } : null);
  }
}
