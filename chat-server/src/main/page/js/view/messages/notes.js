import { byId, fill, h, setText } from '../dom.js';
import { sentence } from '../words.js';

// The sentences above the list, and in place of an empty one.

export class ListNotes {
  /**
   * @param {object} chat the model
   * @param {object} ui claim(), open(name)
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.edge = byId('edge');
    this.empty = byId('empty');
  }

  /** @param {boolean} isFirst true if the first row is the first entry in memory */
  showEdge(room, isFirst) {
    setText(this.edge, room.entries.length > 0 && isFirst ? edgeText(room) : '');
  }

  /**
   * @param {string|null} key of the room that was opened, or null
   * @param {object|null} room
   * @param {boolean} isLoading
   */
  showEmpty(key, room, isLoading) {
    const isOut = Boolean(room?.problem && !room.joined);
    let text = '';
    if (!room) {
      text = key === null ? 'Choose a room or join one.' : '';
    } else if (isOut) {
      text = sentence(room.problem.text);
    } else if (room.entries.length === 0 && room.pending.length === 0) {
      text = this.#emptyText(room, isLoading);
    }
    if (this.text !== text) {
      this.text = text;
      this.empty.replaceChildren();
      fill(this.empty, [text, isOut && this.#remedy(room)]);
    }
    this.empty.hidden = text === '';
  }

  #emptyText(room, isLoading) {
    if (room.joined && !isLoading) {
      return room.private ? 'No messages yet.' : 'No messages yet. Say hello!';
    }
    return this.chat.state === 'live' ? 'Joining…' : 'Messages will appear here once you are connected.';
  }

  #remedy(room) {
    const canClaim = room.problem.code === 'forbidden' && !this.chat.me.owned && this.chat.has('claim');
    return canClaim
      ? h('button', { type: 'button', class: 'small', text: 'Claim your name', onclick: () => this.ui.claim() })
      : h('button', { type: 'button', class: 'small', text: 'Rejoin', data: { testid: 'enter-again' }, onclick: () => this.ui.open(room.name) });
  }
}

function edgeText(room) {
  if (room.atStart) {
    return room.first > 1 ? 'The server has no older messages.' : 'This is the start of the room.';
  }
  return room.loadingOlder ? 'Loading older messages…' : '';
}
