import { nameKey } from './names.js';
import { Store } from './store.js';

/** Follows what other tabs change in the shared storage. */
export class OtherTabs {
  #session;
  #store;
  #me;
  #rooms;
  #outbox;
  #events;
  #forget;

  /**
   * @param {object} parts
   * @param {import('./session.js').Session} parts.session
   * @param {Store} parts.store
   * @param {import('./me.js').Me} parts.me
   * @param {import('./rooms.js').Rooms} parts.rooms
   * @param {import('./outbox.js').Outbox} parts.outbox
   * @param {import('./events.js').Events} parts.events
   * @param {() => void} parts.forget removes everything from this tab
   */
  constructor({ session, store, me, rooms, outbox, events, forget }) {
    this.#session = session;
    this.#store = store;
    this.#me = me;
    this.#rooms = rooms;
    this.#outbox = outbox;
    this.#events = events;
    this.#forget = forget;
  }

  /** @param {StorageEvent} event */
  changed(event) {
    const removed = Store.removedPost(event);
    if (Store.isForgotten(event) && this.#me.name !== '') {
      this.#forget();
      const text = 'You chose “Forget me on this device” in another tab.';
      this.#session.stop({ code: 'forgotten', do: 'ask', text });
    } else if (removed !== null) {
      this.#outbox.gone(removed);
    } else if (Store.isAboutMarks(event)) {
      this.#rooms.all.forEach((room) => this.#read(room));
    } else if (Store.isAboutTokens(event) && !this.#me.owned && this.#session.state === 'live') {
      if (this.#store.token(nameKey(this.#me.name)) !== undefined) {
        this.#session.start(); // the name was claimed there
      }
    }
  }

  #read(room) {
    const mark = this.#store.mark(room.key);
    if (mark !== null && mark.epoch === room.epoch && room.markRead(mark.seq)) {
      this.#events.touchUnread(room);
    }
  }
}
