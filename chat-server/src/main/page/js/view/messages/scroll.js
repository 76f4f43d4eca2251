// Where the list is scrolled to. Whatever comes above or below, what is being read stays in place: the page anchors
// the scroll position itself, to the rows that were visible before a change.

/** Within this distance from the end, the reader counts as being there, in pixels. */
const NEAR = 48;

/** Older and newer messages are loaded within this many heights of the list. */
const AHEAD = 1.5;

const MAX_ANCHORS = 40;

export class ScrollPosition {
  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} list the rows in it
   */
  constructor(scroller, list) {
    this.scroller = scroller;
    this.list = list;
    this.height = 0;
    this.width = 0;

    /** The anchors after the last change, to return to when the size changes. */
    this.kept = null;
  }

  get box() {
    return this.scroller.getBoundingClientRect();
  }

  get fromEnd() {
    return this.scroller.scrollHeight - this.scroller.clientHeight - this.scroller.scrollTop;
  }

  get isAtEnd() {
    return this.fromEnd < NEAR;
  }

  get isNearTop() {
    return this.scroller.scrollTop < AHEAD * this.scroller.clientHeight;
  }

  get isNearEnd() {
    return this.fromEnd < AHEAD * this.scroller.clientHeight;
  }

  get isShort() {
    return this.scroller.scrollHeight <= this.scroller.clientHeight * 2;
  }

  get isVisible() {
    return this.scroller.clientHeight !== 0;
  }

  /** The visible rows from the top, with their distance to it: what a change must leave in place. */
  anchors() {
    const { top } = this.box;
    const bottom = top + this.scroller.clientHeight;
    const found = [];
    for (let node = this.firstVisible(); node && found.length < MAX_ANCHORS; node = node.nextElementSibling) {
      const at = node.getBoundingClientRect().top;
      if (at > bottom) {
        break;
      }
      found.push([node.dataset.key, at - top, node]);
    }
    return found;
  }

  firstVisible() {
    const { top } = this.box;
    const rows = this.list.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top + 1) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return rows[low] ?? null;
  }

  /**
   * Puts what was visible back in place.
   *
   * @param {Array|null} anchors
   * @param {(key: string) => HTMLElement|undefined} nodeOf returns the row of a key
   */
  restore(anchors, nodeOf) {
    const all = anchors ?? [];
    // An unchanged row is best: another may have got, or lost, the name above its text.
    const anchor = all.find(([, , node]) => node.isConnected) ?? all.find(([key]) => nodeOf(key));
    if (anchor) {
      const [key, at, node] = anchor;
      const now = (node.isConnected ? node : nodeOf(key)).getBoundingClientRect().top;
      const moved = now - this.box.top - at;
      if (Math.abs(moved) >= 0.5) {
        this.scroller.scrollTop += moved;
      }
    }
    this.kept = anchors;
  }

  toBottom() {
    const end = this.scroller.scrollHeight - this.scroller.clientHeight;
    if (Math.abs(this.scroller.scrollTop - end) >= 1) {
      this.scroller.scrollTop = end;
    }
  }

  /** Scrolls to a row, a third of the height below the top. */
  toRow(row) {
    this.scroller.scrollTop += row.getBoundingClientRect().top - this.box.top - this.scroller.clientHeight / 3;
  }

  /** True if the size is another one than when it was noted. */
  get hasResized() {
    return this.scroller.clientHeight !== this.height || this.scroller.clientWidth !== this.width;
  }

  noteSize() {
    this.height = this.scroller.clientHeight;
    this.width = this.scroller.clientWidth;
  }

  /** The number of the last row that is visible as a whole, or 0. */
  lastWhole() {
    const { bottom } = this.box;
    for (let node = this.list.lastElementChild; node; node = node.previousElementSibling) {
      if (node.dataset.seq && node.getBoundingClientRect().bottom <= bottom + 4) {
        return Number(node.dataset.seq);
      }
    }
    return 0;
  }
}
