import { bytesOf } from './names.js';

/**
 * Posts without an acknowledgement. The browser stores them, so that they survive a closed tab. Any
 * tab may send them: the server recognises a duplicate by client and id (S-55, S-73). Each room has
 * one post in flight at a time, so that their order holds whatever happens to one of them.
 *
 * @typedef {object} Pending never modified: a change replaces it by another one with its id
 * @property {string} id
 * @property {string} room the name as the user writes it
 * @property {string} key
 * @property {string} text
 * @property {number|null} replyTo
 * @property {number} at
 * @property {'waiting'|'failed'} state
 * @property {string} [code] why it failed
 * @property {string} [problem] the same as a sentence
 */

const MAX_POSTS = 500;
const MAX_CHARS = 1_000_000;
const RETRY_MILLIS = 1_000;

/** An older post is not sent unless the user retries it. */
const TOO_OLD_MILLIS = 24 * 3_600_000;

/** An older post is deleted, whatever its name. */
const FORGOTTEN_MILLIS = 30 * 24 * 3_600_000;

const LONE_SURROGATE = /\p{Surrogate}/gu;

export class Outbox {
  #env;
  #store;
  #callbacks;
  #prefix;
  #count = 0;

  /** @type {Map<string, Pending>} by id, in the order of posting */
  #all = new Map();

  /** room key → id of the post in flight */
  #inFlight = new Map();

  /** Ids of posts that may have arrived, with the seq of a message that looks the same, or 0. */
  #doubtful = new Map();

  /** Keys of rooms in which sending is paused. */
  #paused = new Set();

  /**
   * @param {import('./env.js').Env} env
   * @param {import('./store.js').Store} store
   * @param {object} callbacks
   * @param {(post: object) => boolean} callbacks.send
   * @param {(key: string) => boolean} callbacks.canPost
   * @param {() => number|undefined} callbacks.maxBytes
   * @param {(key: string) => void} callbacks.changed
   * @param {(millis: number, fn: () => void) => void} callbacks.later calls a function later, on the same
   *     connection only
   */
  constructor(env, store, callbacks) {
    this.#env = env;
    this.#store = store;
    this.#callbacks = callbacks;
    this.#prefix = env.random(8);
  }

  /** The posts that wait in a room, without those that seem to have arrived. */
  of(key) {
    return [...this.#all.values()].filter(
      (post) => post.key === key && !this.#doubtful.get(post.id),
    );
  }

  /** @returns {Map<string, string>} key → name of the rooms in which posts wait */
  rooms() {
    return new Map([...this.#all.values()].map(({ key, room }) => [key, room]));
  }

  /** Takes over the posts of this user from other tabs and earlier visits. */
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
      this.#callbacks.changed(post.key);
    }
  }

  /** @returns {Pending|null} null if too many posts wait already */
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

  /** Another tab has sent or discarded the post. */
  gone(id) {
    this.discard(id);
  }

  /** The user has left a room. Posts of other tabs stay in the store. */
  discardRoom(key) {
    for (const post of [...this.#all.values()].filter((one) => one.key === key)) {
      if (post.id.startsWith(this.#prefix)) {
        this.#remove(post);
      } else {
        this.#drop(post);
      }
    }
  }

  /** The user has another name now. */
  rename(name) {
    for (const post of [...this.#all.values()]) {
      this.#put({ ...post, name });
    }
  }

  clear() {
    [...this.#all.values()].forEach((post) => this.#remove(post));
  }

  // The connection.

  /** The connection is lost: posts in flight may have arrived. */
  lost() {
    for (const id of this.#inFlight.values()) {
      this.#doubtful.set(id, 0);
    }
    this.#inFlight.clear();
    this.#paused.clear();
    for (const [id, seq] of this.#doubtful) {
      if (seq > 0) {
        this.#doubtful.set(id, 0);
        this.#callbacks.changed(this.#all.get(id)?.key);
      }
    }
  }

  /** Sends the next post of a room, if it can be sent now. */
  pump(key) {
    if (this.#inFlight.has(key) || this.#paused.has(key) || !this.#callbacks.canPost(key)) {
      return;
    }
    for (const post of this.#all.values()) {
      if (post.key !== key || post.state !== 'waiting') {
        continue;
      }
      const most = this.#callbacks.maxBytes();
      const bytes = bytesOf(post.text);
      if (most !== undefined && bytes > most) {
        this.#fail(post, 'too-long', `This message is too long: ${bytes} bytes, the limit is ${most}.`);
        continue;
      }
      const { id, room, text, replyTo } = post;
      if (this.#callbacks.send({ type: 'post', id, room, text, replyTo: replyTo ?? undefined })) {
        this.#inFlight.set(key, id);
      }
      return;
    }
  }

  /** @returns {Pending|null} the acknowledged post, if it is ours */
  acknowledged({ id }) {
    const post = this.#all.get(id);
    if (post === undefined) {
      return null;
    }
    this.#remove(post);
    return post;
  }

  /**
   * The server has refused a post.
   *
   * @param {boolean} mayComeBack true if it can be sent again although `do` is not `retry`
   */
  refused({ id, code, do: act, text, afterMillis }, mayComeBack) {
    const post = this.#all.get(id);
    if (post === undefined) {
      return;
    }
    this.#done(post);
    if (act === 'retry' || mayComeBack) {
      if (code === 'unavailable' && !this.#doubtful.has(post.id)) {
        this.#doubtful.set(post.id, 0); // it may have been stored all the same
      }
      this.#pause(post.key, Math.max(1, afterMillis ?? RETRY_MILLIS));
    } else {
      this.#fail(post, code, text);
      this.pump(post.key);
    }
  }

  /** Fails all posts that wait in a room. */
  fail(key, code, problem) {
    for (const post of [...this.#all.values()]) {
      if (post.key === key && post.state === 'waiting') {
        this.#done(post);
        this.#fail(post, code, problem);
      }
    }
  }

  /** A message of ours was received: a post with its text has probably arrived. */
  seen(key, text, seq) {
    for (const [id, other] of this.#doubtful) {
      const post = this.#all.get(id);
      if (other === 0 && post?.key === key && post.state === 'waiting' && post.text === text) {
        this.#doubtful.set(id, seq);
        this.#callbacks.changed(key);
        return;
      }
    }
  }

  /** The log of a room was reset: replies would quote other messages, so they become plain posts. */
  otherLog(key, epoch) {
    for (const post of [...this.#all.values()]) {
      if (post.key === key && post.replyTo !== null && post.epoch !== epoch) {
        this.#put({ ...post, replyTo: null, epoch });
      }
    }
  }

  #pause(key, millis) {
    this.#paused.add(key);
    this.#callbacks.later(millis, () => {
      this.#paused.delete(key);
      this.pump(key);
    });
  }

  #fail(post, code, problem) {
    this.#doubtful.delete(post.id);
    this.#put({ ...post, state: 'failed', code, problem });
  }

  #done(post) {
    if (this.#inFlight.get(post.key) === post.id) {
      this.#inFlight.delete(post.key);
    }
  }

  #put(post) {
    this.#all.set(post.id, post);
    this.#store.setPost(post);
    this.#callbacks.changed(post.key);
  }

  #remove(post) {
    this.#store.removePost(post.id);
    this.#drop(post);
  }

  #drop(post) {
    this.#done(post);
    this.#all.delete(post.id);
    this.#doubtful.delete(post.id);
    this.#callbacks.changed(post.key);
  }
}
