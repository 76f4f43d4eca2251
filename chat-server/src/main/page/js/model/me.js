import { nameKey } from './names.js';

/** The user of this tab: the name in use, and the people this user has blocked. */
export class Me {
  /** @type {{name: string, owned: boolean, keep: boolean}} replaced, never modified */
  current = { name: '', owned: false, keep: false };

  /** @type {Set<string>} */
  blockedNames = new Set();
  #blockedKeys = new Set();

  get name() {
    return this.current.name;
  }

  get owned() {
    return this.current.owned;
  }

  update(fields) {
    this.current = { ...this.current, ...fields };
  }

  /** Replaces the list of blocked names. */
  block(names) {
    this.blockedNames = new Set(names);
    this.#blockedKeys = new Set(names.map(nameKey));
  }

  /** @param {string} key the key of a name */
  hasBlocked(key) {
    return this.#blockedKeys.has(key);
  }

  /** True if a message with this author is the user's own. */
  isAuthor(from, owned) {
    return owned === this.owned && nameKey(from) === nameKey(this.name);
  }
}
