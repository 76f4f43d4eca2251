// The rows of the page, and which of them has the keyboard.

export class RowList {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;

    /** @type {Map<string, {node: HTMLElement, signature: any[]}>} */
    this.rows = new Map();

    /** The row that is in the tab order, or null. */
    this.active = null;
    list.addEventListener('focusin', (event) => this.activate(event.target.closest('li')));
  }

  clear() {
    this.active = null;
    this.rows.clear();
    this.list.replaceChildren();
  }

  /** @returns {HTMLElement|undefined} */
  node(key) {
    return this.rows.get(key)?.node;
  }

  /** Makes the rows equal to the items, and touches only those that differ. */
  update(items) {
    const focused = document.activeElement?.closest?.('#messages > li') ?? null;
    const hasLostFocus = this.#remove(new Set(items.map((item) => item.key)), focused);
    const made = this.#place(items, focused);
    if (!this.active?.isConnected) {
      this.activate(this.focusable().at(-1) ?? null);
    }
    if (hasLostFocus && this.active) {
      this.active.focus({ preventScroll: true });
    }
    for (const node of made) {
      for (const block of node.getElementsByTagName('pre')) {
        if (block.scrollWidth > block.clientWidth) {
          block.tabIndex = 0;
        }
      }
    }
  }

  /** @returns {boolean} true if one of the removed rows had the focus */
  #remove(wanted, focused) {
    let hadFocus = false;
    for (const [key, row] of this.rows) {
      if (!wanted.has(key)) {
        hadFocus ||= row.node === focused;
        row.node.remove();
        this.rows.delete(key);
      }
    }
    return hadFocus;
  }

  /** @returns {HTMLElement[]} the new rows */
  #place(items, focused) {
    const made = [];
    let next = this.list.firstElementChild;
    for (const item of items) {
      const row = this.rows.get(item.key);
      if (row && isSame(row.signature, item.signature)) {
        if (row.node === next) {
          next = next.nextElementSibling;
        } else {
          this.list.insertBefore(row.node, next);
        }
        continue;
      }
      const node = item.make();
      made.push(node);
      if (row) {
        if (row.node === next) {
          next = next.nextElementSibling;
        }
        const hadFocus = row.node === focused;
        row.node.replaceWith(node);
        if (node.nextElementSibling !== next) {
          this.list.insertBefore(node, next);
        }
        if (hadFocus) {
          this.activate(node);
          node.focus({ preventScroll: true });
        }
      } else {
        this.list.insertBefore(node, next);
      }
      this.rows.set(item.key, { node, signature: item.signature });
    }
    return made;
  }

  focusable() {
    return [...this.list.children].filter((row) => row.tabIndex >= -1 && row.hasAttribute('tabindex'));
  }

  /** Puts a row into the tab order, with its links and buttons, instead of the one that was there. */
  activate(row) {
    if (!row || row === this.active || row.parentElement !== this.list) {
      return;
    }
    if (this.active) {
      setTabs(this.active, -1);
    }
    this.active = row;
    setTabs(row, 0);
  }

  focusLast() {
    this.focus(this.focusable().at(-1));
  }

  focus(row) {
    if (row) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: 'nearest' });
    }
  }
}

function setTabs(row, index) {
  row.tabIndex = index;
  for (const each of row.querySelectorAll('a, button')) {
    each.tabIndex = index;
  }
}

function isSame(a, b) {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
