import { bytesOf } from './names.js';

/**
 * What was typed and is not acknowledged. It is kept in the browser, so that it goes out after the
 * tab was closed, too, and by whichever tab comes first: the server knows by client and id what it
 * has already (S-55, S-73). In each room one post is under way at a time, so that their order holds
 * whatever happens to one of them.
 *
 * @typedef {object} Pending never changed; what changes is another object with the same id
 * @property {string} id
 * @property {string} room as the person calls it
 * @property {string} key
 * @property {string} text
 * @property {number|null} replyTo
 * @property {number} at
 * @property {'waiting'|'failed'} state
 * @property {string} [code] why it failed
 * @property {string} [problem] the same for people
 */

const MAX_POSTS = 500;
const MAX_CHARS = 1_000_000;
const RETRY_MILLIS = 1_000;

/** What waited for longer is not sent before the person has said so again. */
const TOO_OLD_MILLIS = 24 * 3_600_000;

/** And what waited for longer than this, under whatever name, is forgotten. */
const FORGOTTEN_MILLIS = 30 * 24 * 3_600_000;

const LONE_SURROGATE = /\p{Surrogate}/gu;

export class Outbox {
  #env;
  #store;
  #owner;
  #prefix;
  #count = 0;

  /** @type {Map<string, Pending>} in the order in which it was posted */
  #all = new Map();

  /** room key → id of what is under way */
  #underWay = new Map();

  /** Ids of what may have arrived already, with the number of a message that looks the same. */
  #doubtful = new Map();

  /** Rooms in which nothing is sent for a while. */
  #held = new Set();

  /**
   * @param {import('./env.js').Env} env
   * @param {import('./store.js').Store} store
   * @param {object} owner
   * @param {(post: object) => boolean} owner.send
   * @param {(key: string) => boolean} owner.canPost
   * @param {() => number|undefined} owner.maxBytes
   * @param {(key: string) => void} owner.changed
   * @param {(millis: number, fn: () => void) => void} owner.later if there is still the same connection
   */
  constructor(env, store, owner) {
    this.#env = env;
    this.#store = store;
    this.#owner = owner;
    this.#prefix = env.random(8);
  }

  /** What waits in a room, but for what is there already to all appearance. */
  of(key) {
    return [...this.#all.values()].filter(
      (post) => post.key === key && !this.#doubtful.get(post.id),
    );
  }

  /** The rooms in which something waits. */
  rooms() {
    return new Map([...this.#all.values()].map(({ key, room }) => [key, room]));
  }

  /** Takes over what this person has typed in other tabs, or before. */
  adopt(name) {
    const kept = this.#store.posts();
    kept
      .filter(({ at }) => !(this.#env.now() - at < FORGOTTEN_MILLIS))
      .forEach(({ id }) => this.#store.removePost(id));
    const others = kept
      .filter((post) => post.name === name && !this.#all.has(post.id) && this.#store.hasPost(post.id))
      .sort((a, b) => a.at - b.at || a.n - b.n);
    for (const post of others) {
      const isOld = this.#env.now() - post.at > TOO_OLD_MILLIS && post.state === 'waiting';
      const problem = 'This message is more than a day old, so it was not sent.';
      this.#all.set(post.id, isOld ? { ...post, state: 'failed', code: 'old', problem } : post);
      this.#doubtful.set(post.id, 0);
      this.#owner.changed(post.key);
    }
  }

  /** @returns {Pending|null} null if too much waits already */
  add({ room, key, text, replyTo, epoch, name }) {
    const chars = [...this.#all.values()].reduce((sum, post) => sum + post.text.length, text.length);
    if (this.#all.size >= MAX_POSTS || chars > MAX_CHARS) {
      return null;
    }
    const n = ++this.#count;
    const post = {
      id: `${this.#prefix}-${n}`,
      n,
      room,
      key,
      text: text.replace(LONE_SURROGATE, '\ufffd'),
      replyTo: replyTo ?? null,
      epoch,
      name,
      at: this.#env.now(),
      state: 'waiting',
    };
    this.#put(post);
    this.pump(key);
    return post;
  }

  retry(id) {
    const post = this.#all.get(id);
    if (post?.state !== 'failed') {
      return;
    }
    const { code, problem, ...again } = post;
    if (code === 'id-reused') {
      this.#remove(post);
      again.id = `${this.#prefix}-${++this.#count}`;
    }
    this.#put({ ...again, at: this.#env.now(), state: 'waiting' });
    this.pump(post.key);
  }

  discard(id) {
    const post = this.#all.get(id);
    if (post !== undefined) {
      this.#remove(post);
      this.pump(post.key);
    }
  }

  /** Another tab has seen to it. */
  gone(id) {
    this.discard(id);
  }

  /** The person has left a room here. What was typed in another tab stays there. */
  discardRoom(key) {
    for (const post of [...this.#all.values()].filter((one) => one.key === key)) {
      if (post.id.startsWith(this.#prefix)) {
        this.#remove(post);
      } else {
        this.#drop(post);
      }
    }
  }

  /** The person goes by another name now. */
  rename(name) {
    for (const post of [...this.#all.values()]) {
      this.#put({ ...post, name });
    }
  }

  clear() {
    [...this.#all.values()].forEach((post) => this.#remove(post));
  }

  // The connection.

  /** Nothing is under way any more, and what was may have arrived. */
  lost() {
    for (const id of this.#underWay.values()) {
      this.#doubtful.set(id, 0);
    }
    this.#underWay.clear();
    this.#held.clear();
    for (const [id, seq] of this.#doubtful) {
      if (seq > 0) {
        this.#doubtful.set(id, 0);
        this.#owner.changed(this.#all.get(id)?.key);
      }
    }
  }

  /** Sends what may go out in a room. */
  pump(key) {
    if (this.#underWay.has(key) || this.#held.has(key) || !this.#owner.canPost(key)) {
      return;
    }
    for (const post of this.#all.values()) {
      if (post.key !== key || post.state !== 'waiting') {
        continue;
      }
      const most = this.#owner.maxBytes();
      const bytes = bytesOf(post.text);
      if (most !== undefined && bytes > most) {
        this.#fail(post, 'too-long', `This message is too long: ${bytes} bytes, the limit is ${most}.`);
        continue;
      }
      const { id, room, text, replyTo } = post;
      if (this.#owner.send({ type: 'post', id, room, text, replyTo: replyTo ?? undefined })) {
        this.#underWay.set(key, id);
      }
      return;
    }
  }

  /** @returns {Pending|null} what is acknowledged, if it waited here */
  acknowledged({ id }) {
    const post = this.#all.get(id);
    if (post === undefined) {
      return null;
    }
    this.#remove(post);
    return post;
  }

  /** The server does not take it, or not now. @returns {boolean} whether it waited here */
  refused({ id, code, do: act, text, afterMillis }, mayComeBack) {
    const post = this.#all.get(id);
    if (post === undefined) {
      return false;
    }
    this.#done(post);
    if (act === 'retry' || mayComeBack) {
      if (code === 'unavailable' && !this.#doubtful.has(post.id)) {
        this.#doubtful.set(post.id, 0); // it may come as a message all the same
      }
      this.#hold(post.key, Math.max(1, afterMillis ?? RETRY_MILLIS));
    } else {
      this.#fail(post, code, text);
      this.pump(post.key);
    }
    return true;
  }

  /** All that waits in a room has failed. */
  fail(key, code, problem) {
    for (const post of [...this.#all.values()]) {
      if (post.key === key && post.state === 'waiting') {
        this.#done(post);
        this.#fail(post, code, problem);
      }
    }
  }

  /** Our own words have come: one that may have arrived has, to all appearance. */
  seen(key, text, seq) {
    for (const [id, other] of this.#doubtful) {
      const post = this.#all.get(id);
      if (other === 0 && post?.key === key && post.state === 'waiting' && post.text === text) {
        this.#doubtful.set(id, seq);
        this.#owner.changed(key);
        return;
      }
    }
  }

  /** The room has another log: numbers of the old one mean something else in it. */
  otherLog(key, epoch) {
    for (const post of [...this.#all.values()]) {
      if (post.key === key && post.replyTo !== null && post.epoch !== epoch) {
        this.#put({ ...post, replyTo: null, epoch });
      }
    }
  }

  #hold(key, millis) {
    this.#held.add(key);
    this.#owner.later(millis, () => {
      this.#held.delete(key);
      this.pump(key);
    });
  }

  #fail(post, code, problem) {
    this.#doubtful.delete(post.id);
    this.#put({ ...post, state: 'failed', code, problem });
  }

  #done(post) {
    if (this.#underWay.get(post.key) === post.id) {
      this.#underWay.delete(post.key);
    }
  }

  #put(post) {
    this.#all.set(post.id, post);
    this.#store.setPost(post);
    this.#owner.changed(post.key);
  }

  #remove(post) {
    this.#store.removePost(post.id);
    this.#drop(post);
  }

  #drop(post) {
    this.#done(post);
    this.#all.delete(post.id);
    this.#doubtful.delete(post.id);
    this.#owner.changed(post.key);
  }
}
