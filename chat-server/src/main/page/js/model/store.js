import { nameKey } from './names.js';

/**
 * Everything that the browser stores. Without a storage, or with a full one, values last as long as
 * the page. Secrets are stored only if the user agrees.
 *
 * Keys: `chat.client`, `chat.me`, `chat.tokens`, `chat.rooms`, `chat.marks`, `chat.drafts`,
 * `chat.server`, `chat.last.ROOM` and `chat.out.ID`.
 */

const PREFIX = 'chat.';
const LAST = 'last.';
const OUT = 'out.';

/** Limits for the newest messages of rooms. Characters are per room, and per message. */
const LAST_ROOMS = 30;
const LAST_ENTRIES = 60;
const LAST_CHARS = 24_000;
const LAST_TEXT_CHARS = 4_000;

const MAX_TOKENS = 16;
const MAX_MARKS = 300;
const MAX_DRAFTS = 50;
const MAX_DRAFT_CHARS = 70_000;

export class Store {
  #storage;
  #random;
  #memory = new Map();

  /** The user of this tab, regardless of other tabs; null before the login. */
  #me = null;

  /** Tokens that must not be stored. */
  #tokens = new Map();

  /**
   * @param {Storage|null} storage
   * @param {(bytes: number) => string} random
   */
  constructor(storage, random) {
    this.#storage = storage;
    this.#random = random;
  }

  // The user.

  /** 128 random bits that identify this browser to the server. */
  client() {
    let client = this.#get('client');
    if (typeof client !== 'string' || !/^[0-9a-f]{32}$/.test(client)) {
      this.#set('client', this.#random(16));
      client = this.#get('client'); // another tab may have been faster
    }
    return client;
  }

  /** @returns {{name: string, keep: boolean}} */
  me() {
    const me = this.#me ?? this.#object('me');
    return { name: typeof me.name === 'string' ? me.name : '', keep: me.keep === true };
  }

  /** Stores the name; its token only if `keep`. Tokens of other names stay. */
  setMe(name, keep) {
    const key = nameKey(name);
    const token = this.token(key);
    this.#me = { name, keep };
    this.#set('me', this.#me);
    if (token !== undefined) {
      this.setToken(key, token);
    }
    if (!keep) {
      this.#forgetLast(key);
    }
  }

  /** The token of a name, or the access key of the server. */
  token(key) {
    const token = this.#tokens.get(key) ?? this.#object('tokens')[key];
    return typeof token === 'string' ? token : undefined;
  }

  /** Stores a token if the user agrees; otherwise it lasts as long as the page. */
  setToken(key, token) {
    const { [key]: old, ...others } = this.#object('tokens');
    const isKept = token !== undefined && this.me().keep;
    this.#tokens.delete(key);
    if (token !== undefined && !isKept) {
      this.#tokens.set(key, token);
    }
    if (old !== (isKept ? token : undefined)) {
      this.#set('tokens', isKept ? newest({ ...others, [key]: token }, MAX_TOKENS) : others);
    }
  }

  // The server and its rooms.

  server() {
    return this.#object('server');
  }

  setServer(server) {
    this.#set('server', server);
  }

  /** @returns {{names: string[], current: string|null}} */
  rooms() {
    const rooms = this.#object('rooms');
    const names = Array.isArray(rooms.names) ? rooms.names.filter((n) => typeof n === 'string') : [];
    return { names, current: typeof rooms.current === 'string' ? rooms.current : null };
  }

  setRooms(names, current) {
    this.#set('rooms', { names, current });
  }

  /** How far a room was read: {epoch, seq} or null. */
  mark(room) {
    const mark = this.#object('marks')[room];
    return mark && typeof mark.epoch === 'string' && Number.isSafeInteger(mark.seq) ? mark : null;
  }

  setMark(room, epoch, seq) {
    const { [room]: old, ...others } = this.#object('marks');
    if (old && old.epoch === epoch && old.seq >= seq) {
      return; // another tab has read further
    }
    this.#set('marks', newest({ ...others, [room]: { epoch, seq } }, MAX_MARKS));
  }

  /** The user's unfinished message in a room. */
  draft(room) {
    const draft = this.#object('drafts')[room];
    return typeof draft?.text === 'string' && draft.of === this.#who() ? draft.text : '';
  }

  setDraft(room, text) {
    const { [room]: old, ...others } = this.#object('drafts');
    if (text !== '' || old?.of === this.#who()) {
      const draft = { of: this.#who(), text: text.slice(0, MAX_DRAFT_CHARS) };
      this.#set('drafts', newest(text === '' ? others : { ...others, [room]: draft }, MAX_DRAFTS));
    }
  }

  // The newest messages of a room, to show without a connection.

  /** @returns {{epoch: string, name: string, topic: string, entries: object[], at: number}|null} */
  last(room) {
    const last = this.#get(LAST + room);
    const isWhole = last && typeof last.epoch === 'string' && Array.isArray(last.entries);
    return isWhole && last.of === this.#who() ? last : null;
  }

  setLast(room, { epoch, name, topic, entries, at }) {
    if (!this.me().keep) {
      return; // others may use this device
    }
    let chars = 0;
    const kept = [];
    for (let i = entries.length - 1; i >= 0 && kept.length < LAST_ENTRIES; i--) {
      const size = 100 + (entries[i].text?.length ?? 0);
      chars += size;
      if (size > LAST_TEXT_CHARS || chars > LAST_CHARS) {
        break; // what is stored must have no holes
      }
      kept.unshift(entries[i]);
    }
    const key = LAST + room;
    this.#set(key, { epoch, name, topic, of: this.#who(), entries: kept, at }, false);
    const others = this.#keys(LAST).filter((other) => other !== key);
    if (others.length >= LAST_ROOMS) {
      const age = (other) => this.#get(other)?.at ?? 0;
      this.#remove(others.reduce((a, b) => (age(a) <= age(b) ? a : b)));
    }
  }

  #forgetLast(of) {
    for (const key of this.#keys(LAST)) {
      if (this.#get(key)?.of === of) {
        this.#remove(key);
      }
    }
  }

  #who() {
    return nameKey(this.me().name);
  }

  removeLast(room) {
    this.#remove(LAST + room);
  }

  // Posts without an acknowledgement.

  posts() {
    return this.#keys(OUT)
      .map((key) => this.#get(key))
      .filter((post) => post && typeof post.id === 'string' && typeof post.text === 'string');
  }

  hasPost(id) {
    return this.#get(OUT + id) !== null;
  }

  /** @returns {boolean} true if it survives the tab */
  setPost(post) {
    return this.#set(OUT + post.id, post);
  }

  removePost(id) {
    this.#remove(OUT + id);
  }

  /** The id of a post that another tab has removed, from a storage event; or null. */
  static removedPost(event) {
    const isPost = event.key?.startsWith(PREFIX + OUT) && event.newValue === null;
    return isPost ? event.key.slice((PREFIX + OUT).length) : null;
  }

  /** True if another tab has stored a token. */
  static isAboutTokens(event) {
    return event.key === PREFIX + 'tokens';
  }

  /** True if another tab has moved a read mark. */
  static isAboutMarks(event) {
    return event.key === PREFIX + 'marks';
  }

  /** True if another tab has removed everything. */
  static isForgotten(event) {
    return event.key === null || (event.key === PREFIX + 'client' && event.newValue === null);
  }

  /** Removes everything from this browser. */
  clear() {
    this.#tokens.clear();
    this.#me = null;
    for (const key of this.#keys('')) {
      this.#remove(key);
    }
  }

  // The storage itself.

  #object(key) {
    const value = this.#get(key);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  }

  #get(key) {
    let text = this.#memory.get(key);
    if (text === undefined) {
      try {
        text = this.#storage?.getItem(PREFIX + key);
      } catch {
        text = null;
      }
    }
    try {
      return text ? JSON.parse(text) : null;
    } catch {
      return null; // not ours, or truncated
    }
  }

  /** If there is no space, the newest messages of rooms give way: the server has them, too. */
  #set(key, value, isWorthIt = true) {
    const text = JSON.stringify(value);
    if (this.#write(key, text)) {
      return true;
    }
    if (isWorthIt) {
      for (const last of this.#keys(LAST)) {
        this.#remove(last);
        if (this.#write(key, text)) {
          return true;
        }
      }
      this.#memory.set(key, text);
    }
    return false;
  }

  #write(key, text) {
    try {
      if (this.#storage === null || this.#storage === undefined) {
        return false;
      }
      this.#storage.setItem(PREFIX + key, text);
      this.#memory.delete(key);
      return true;
    } catch {
      return false;
    }
  }

  #remove(key) {
    this.#memory.delete(key);
    try {
      this.#storage?.removeItem(PREFIX + key);
    } catch {
      // without a storage, there is nothing to remove
    }
  }

  #keys(start) {
    const keys = new Set([...this.#memory.keys()].filter((key) => key.startsWith(start)));
    try {
      for (let i = 0; i < (this.#storage?.length ?? 0); i++) {
        const key = this.#storage.key(i);
        if (key?.startsWith(PREFIX + start)) {
          keys.add(key.slice(PREFIX.length));
        }
      }
    } catch {
      // only what is in memory
    }
    return [...keys];
  }
}

function newest(object, most) {
  const all = Object.entries(object);
  return all.length <= most ? object : Object.fromEntries(all.slice(-most));
}
