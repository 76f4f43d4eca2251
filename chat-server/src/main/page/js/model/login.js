import { bytesOf, isRoomName, nameKey } from './names.js';
import { offline, refuse } from './refusal.js';

/** Logs in under a name: with a token if the name is owned, with a key if the server is closed. */

const MAX_NAME_BYTES = 1_024;
const AGENT = 'page';

/** Under which the key of a closed server is stored among the tokens. No name can be this. */
const KEY = '\nkey';

export class Login {
  #session;
  #store;
  #me;
  #rooms;
  #joins;
  #outbox;
  #events;
  #token;

  /** True if the token is a link code, which is good once. */
  #isCode = false;
  #key;

  /** Settles the promise of `start`. */
  #starting = null;

  /** The previous name and `keep`, in case the new name is refused. */
  #fallBack = null;

  /**
   * @param {object} parts
   * @param {import('./session.js').Session} parts.session
   * @param {import('./store.js').Store} parts.store
   * @param {import('./me.js').Me} parts.me
   * @param {import('./rooms.js').Rooms} parts.rooms
   * @param {import('./joins.js').Joins} parts.joins
   * @param {import('./outbox.js').Outbox} parts.outbox
   * @param {import('./events.js').Events} parts.events
   */
  constructor({ session, store, me, rooms, joins, outbox, events }) {
    this.#session = session;
    this.#store = store;
    this.#me = me;
    this.#rooms = rooms;
    this.#joins = joins;
    this.#outbox = outbox;
    this.#events = events;
  }

  /** What an earlier visit has stored. */
  get saved() {
    const { name, keep } = this.#store.me();
    const { names, current } = this.#store.rooms();
    const hasToken = name !== '' && this.#store.token(nameKey(name)) !== undefined;
    return { name, keep, hasToken, key: this.#store.token(KEY), rooms: names, current };
  }

  /** @returns {Promise<void>} when the server has let us in */
  start({ name, token, keep, key, rooms, isCode = false }) {
    const trimmed = name.trim();
    if (trimmed === '' || bytesOf(trimmed) > MAX_NAME_BYTES) {
      return refuse('name-bad', `Enter a name of up to ${MAX_NAME_BYTES} bytes.`);
    }
    this.cancel();
    this.#fallBack = null;
    const last = this.#store.me();
    if (last.name !== '' && nameKey(last.name) !== nameKey(trimmed)) {
      this.#joins.removePrivate();
      this.#outbox.rename(trimmed);
    }
    this.#store.setMe(trimmed, keep);
    this.#token = token;
    this.#isCode = isCode;
    this.#key = key ?? this.#store.token(KEY);
    this.#me.current = { name: trimmed, owned: false, keep };
    this.#outbox.adopt(trimmed);
    this.#addRooms(rooms);
    const started = new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
    });
    started.catch(() => {}); // a caller who does not wait for it gets the 'state' event
    this.#events.touchRooms();
    this.#events.emit('me');
    this.#session.start();
    return started;
  }

  useCode({ name, code, keep, key, rooms }) {
    if (code.trim() === '') {
      return refuse('token-wrong', 'Enter the code that the other device shows.');
    }
    return this.start({ name, token: code.trim(), keep, key, rooms, isCode: true });
  }

  /** Logs in under another name; if that is refused, under the current one again. */
  rename(name) {
    const { name: before, keep } = this.#me.current;
    const renamed = this.start({ name, keep, rooms: [] });
    this.#fallBack = before === '' || this.#starting === null ? null : { name: before, keep };
    return renamed;
  }

  /** @param {boolean} on true if this device may store the token and the key */
  keep(on) {
    this.#me.update({ keep: on });
    this.#store.setMe(this.#me.name, on);
    this.#storeKey();
    this.#events.emit('me');
  }

  /** Rejects the promise of `start`. */
  cancel() {
    this.#starting?.reject(offline());
    this.#starting = null;
  }

  forget() {
    this.#me.current = { name: '', owned: false, keep: false };
    this.#token = this.#key = undefined;
  }

  /** The hello, without its rooms. */
  hello() {
    const { name } = this.#me;
    const token = this.#token ?? this.#store.token(nameKey(name));
    return { name, client: this.#store.client(), token, key: this.#key, agent: AGENT };
  }

  /**
   * The server has let us in.
   *
   * @returns {boolean} true if the name must be claimed now, to get a token for this device
   */
  welcomed({ name, owned }) {
    this.#me.update({ name, owned });
    this.#store.setMe(name, this.#me.current.keep);
    this.#storeKey();
    const isToBeClaimed = owned && this.#isCode;
    if (owned && this.#token !== undefined && !this.#isCode) {
      this.#store.setToken(nameKey(name), this.#token);
    }
    this.#token = undefined;
    this.#isCode = false;
    return isToBeClaimed;
  }

  /** The name is ours from now on. */
  claimed(token) {
    this.#store.setToken(nameKey(this.#me.name), token);
    this.#me.update({ owned: true });
  }

  started() {
    this.#starting?.resolve();
    this.#starting = this.#fallBack = null;
  }

  /**
   * The session has stopped.
   *
   * @param {object|null} reason null if we have stopped it
   * @param {Refusal} refusal the same, for those who wait
   * @returns {boolean} true if it starts again under the previous name
   */
  stopped(reason, refusal) {
    if (reason?.code === 'token-wrong' && this.#token === undefined) {
      this.#store.setToken(nameKey(this.#me.name), undefined);
    }
    this.#token = undefined;
    const starting = this.#starting;
    const fallBack = this.#fallBack;
    this.#starting = this.#fallBack = null;
    starting?.reject(refusal);
    if (fallBack === null || reason === null) {
      return false;
    }
    this.start({ ...fallBack, rooms: [] });
    return true;
  }

  /** Adds the rooms of the last time, those asked for, and those where posts wait. */
  #addRooms(wanted) {
    const { names, current } = this.#store.rooms();
    for (const room of [...names, ...wanted, ...this.#outbox.rooms().values()]) {
      if (isRoomName(room)) {
        this.#rooms.add(room);
      }
    }
    if (this.#rooms.current === null && this.#rooms.all.size > 0) {
      const first = this.#rooms.get(wanted[0] ?? current ?? '');
      this.#rooms.open(first ?? [...this.#rooms.all.values()][0]);
    }
  }

  #storeKey() {
    if (this.#key !== undefined) {
      this.#store.setToken(KEY, this.#key);
    }
  }
}
