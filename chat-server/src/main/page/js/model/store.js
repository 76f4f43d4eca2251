import { nameKey } from './names.js';

/**
 * Everything that the browser keeps for us, in one place. Works without a storage, too, and when it
 * is full: then it holds only as long as the page. A secret is kept only where the person wants it.
 *
 * Keys: `chat.client`, `chat.me`, `chat.tokens`, `chat.rooms`, `chat.marks`, `chat.drafts`,
 * `chat.server`, `chat.last.ROOM` and `chat.out.ID`.
 */

const PREFIX = 'chat.';
const LAST = 'last.';
const OUT = 'out.';

/** Last messages are kept of so many rooms, so many of each, and so many characters. */
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

  /** Who is here in this tab, whatever other tabs say; null before that is known. */
  #me = null;

  /** Those that are not to be kept. */
  #tokens = new Map();

  /**
   * @param {Storage|null} storage
   * @param {(bytes: number) => string} random
   */
  constructor(storage, random) {
    this.#storage = storage;
    this.#random = random;
  }

  // Who we are.

  /** 128 random bits, made once, shown to no one. */
  client() {
    let client = this.#get('client');
    if (typeof client !== 'string' || !/^[0-9a-f]{32}$/.test(client)) {
      this.#set('client', this.#random(16));
      client = this.#get('client'); // another tab may have been quicker
    }
    return client;
  }

  /** @returns {{name: string, keep: boolean}} */
  me() {
    const me = this.#me ?? this.#object('me');
    return { name: typeof me.name === 'string' ? me.name : '', keep: me.keep === true };
  }

  /** Remembers the name. What proves it is in the browser only if `keep`; other names stay. */
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

  /** What proves that a name is ours, or lets into a closed server. */
  token(key) {
    const token = this.#tokens.get(key) ?? this.#object('tokens')[key];
    return typeof token === 'string' ? token : undefined;
  }

  /** It is kept in the browser if the person wants to be. */
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

  /** How far a room was read here: {epoch, seq} or null. */
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

  /** What this person has begun to write there. */
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

  // The last messages of a room, to have something to show without a server.

  /** @returns {{epoch: string, name: string, topic: string, entries: object[], at: number}|null} */
  last(room) {
    const last = this.#get(LAST + room);
    const isWhole = last && typeof last.epoch === 'string' && Array.isArray(last.entries);
    return isWhole && last.of === this.#who() ? last : null;
  }

  setLast(room, { epoch, name, topic, entries, at }) {
    if (!this.me().keep) {
      return; // on a device of others nothing stays that they could read
    }
    let chars = 0;
    const kept = [];
    for (let i = entries.length - 1; i >= 0 && kept.length < LAST_ENTRIES; i--) {
      const size = 100 + (entries[i].text?.length ?? 0);
      chars += size;
      if (size > LAST_TEXT_CHARS || chars > LAST_CHARS) {
        break; // what is kept has no holes
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

  // What is not acknowledged.

  posts() {
    return this.#keys(OUT)
      .map((key) => this.#get(key))
      .filter((post) => post && typeof post.id === 'string' && typeof post.text === 'string');
  }

  hasPost(id) {
    return this.#get(OUT + id) !== null;
  }

  /** @returns {boolean} whether it will still be there when the tab is closed */
  setPost(post) {
    return this.#set(OUT + post.id, post);
  }

  removePost(id) {
    this.#remove(OUT + id);
  }

  /** The id of a post that another tab has taken out, from a storage event; or null. */
  static removedPost(event) {
    const isPost = event.key?.startsWith(PREFIX + OUT) && event.newValue === null;
    return isPost ? event.key.slice((PREFIX + OUT).length) : null;
  }

  /** Whether a storage event may tell of another token. */
  static isAboutTokens(event) {
    return event.key === PREFIX + 'tokens';
  }

  /** Whether another tab has read something. */
  static isAboutMarks(event) {
    return event.key === PREFIX + 'marks';
  }

  /** Whether another tab has forgotten everything. */
  static isForgotten(event) {
    return event.key === null || (event.key === PREFIX + 'client' && event.newValue === null);
  }

  /** Forgets everything, in this browser. */
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
      return null; // somebody else's, or cut short
    }
  }

  /** What there is no space for pushes out the last messages, which the server has, too. */
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
      // there is nothing to remove where nothing can be kept
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
