// Enters the chat: by the stored name, by a link code in the address, or by a name that the user gives.

import { askName } from './namedialogs.js';

const FIRST_ROOM = 'lobby';

export class Entrance {
  /**
   * @param {object} chat the model
   * @param {object} ui current(), open(name, how), sync(), focusComposer()
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;

    /** The dialog that asks for a name, or null. */
    this.dialog = null;

    /** The room to open after entering, or ''. */
    this.wanted = '';
    this.hasBeenLive = false;
    window.addEventListener('hashchange', () => this.addressChanged());
    window.addEventListener('popstate', () => this.addressChanged());
  }

  begin() {
    const { room, name, code } = takeAddress();
    const { saved } = this.chat;
    this.wanted = room || saved.current || '';
    if (code) {
      this.ui.sync();
      this.ask({ name, code });
    } else if (saved.name) {
      this.beginAs(saved, room);
    } else {
      this.ui.sync();
      this.ask({});
    }
  }

  beginAs({ name, keep, key }, room) {
    const first = this.wanted || FIRST_ROOM;
    this.enter({ name, keep, key }).catch((problem) => {
      if (this.chat.state !== 'live') {
        this.ask({ name, keep, problem, needsKey: problem?.code === 'key-wrong' });
      }
    });
    if (this.chat.rooms.size > 0 || room) {
      this.ui.open(first, { replace: true }); // shows what is stored before there is a connection
    }
  }

  /** Asks for a name, see askName(). */
  ask(what) {
    this.dialog?.close();
    const shown = askName(this.chat, what, (answer) => this.enter(answer));
    this.dialog = shown;
    shown.closed.then(() => {
      if (this.dialog === shown) {
        this.dialog = null;
      }
      if (this.ui.current() !== null && this.chat.state === 'live') {
        this.ui.focusComposer();
      }
    });
  }

  async enter({ name, keep, key, code }) {
    const rooms = this.wanted ? [this.wanted] : [];
    if (code) {
      await this.chat.useCode(name, code, { keep, key, rooms });
    } else {
      await this.chat.start({ name, keep, key, rooms });
    }
    if (this.ui.current() === null) {
      this.ui.open(this.wanted || this.chat.server.seedRoom, { replace: true });
    }
    this.wanted = '';
  }

  /** Asks again after the server has refused to let us back in. */
  stateChanged() {
    const { state, reason, me } = this.chat;
    this.hasBeenLive ||= state === 'live';
    const needsKey = reason?.code === 'key-wrong';
    if (state === 'stopped' && this.hasBeenLive && !this.dialog && (reason?.do === 'ask' || needsKey)) {
      this.ask({ name: me.name, keep: me.keep, problem: reason, needsKey, closable: true });
    }
  }

  addressChanged() {
    const { room, code, name } = takeAddress();
    if (code) {
      this.ask({ name, code, closable: true });
    } else if (this.dialog && this.chat.state !== 'live') {
      this.wanted = room;
    } else if (room && this.chat.key(room) !== this.ui.current()) {
      this.ui.open(room, { replace: true });
    }
  }
}

/** What the address asks for. A link code is removed from it, and from the browser's history, at once. */
function takeAddress() {
  const hash = location.hash.slice(1);
  if (hash.startsWith('link=')) {
    history.replaceState(null, '', location.pathname + location.search);
    const [name, code] = hash.slice(5).split('/').map(decoded);
    return { name, code };
  }
  return { room: decoded(hash) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return text;
  }
}
