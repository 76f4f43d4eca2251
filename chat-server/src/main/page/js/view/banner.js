// The bar that says that the connection is lost, and when the next attempt is.

import { byId, h } from './dom.js';
import { clock, howLong, sentence } from './words.js';

export class Banner {
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.node = byId('state');
    this.sentence = h('span');
    this.when = h('span', { class: 'when', 'aria-hidden': 'true' });
    this.button = h('button', { type: 'button', class: 'small', data: { testid: 'reconnect' }, onclick: () => chat.reconnect() });
    this.node.append(h('p', {}, this.sentence, ' ', this.when), this.button);
  }

  sync() {
    const { state, reason, since } = this.chat;
    clearTimeout(this.timer);
    document.documentElement.dataset.state = state;
    if (!this.chat.me.name || state === 'live' || (state === 'connecting' && !this.wasLive && !reason)) {
      this.wasLive ||= state === 'live';
      this.node.hidden = true;
      return;
    }
    const began = since ? ` since ${clock(since)}` : '';
    let text;
    if (state === 'stopped') {
      text = sentence(reason?.text ?? 'The server closed the connection.');
    } else if (!navigator.onLine) {
      text = `Offline${began}. What you write is sent when you are back online.`;
    } else {
      text = `No connection${began}. What you write is sent after reconnecting.`;
    }
    if (this.sentence.textContent !== text) {
      this.sentence.textContent = text;
    }
    this.button.textContent = state === 'stopped' ? 'Reconnect' : 'Retry now';
    this.node.classList.toggle('bad', state === 'stopped');
    this.node.hidden = false;
    this.tick();
  }

  tick() {
    const { state, reason } = this.chat;
    const left = reason?.retryAt ? Math.ceil((reason.retryAt - Date.now()) / 1000) : 0;
    this.button.hidden = state === 'connecting' && left <= 0;
    this.when.textContent = state === 'stopped' ? '' : left > 0 ? `Retrying in ${howLong(left)}.` : 'Reconnecting…';
    if (left > 0 && document.visibilityState === 'visible') {
      this.timer = setTimeout(() => this.tick(), 1000);
    }
  }
}
