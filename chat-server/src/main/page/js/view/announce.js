// Announces new messages to a screen reader: each once, and no history.

import { byId, h } from './dom.js';
import { visible, visibleName } from '../model/text.js';

/** Messages within this time are announced together. */
const GATHER_MILLIS = 700;
const KEEP_MILLIS = 20_000;

/** If there are more at once, the rest is only counted. */
const MOST = 5;
const LONGEST = 500;

export class Announcer {
  constructor(ui) {
    this.ui = ui;
    this.region = byId('announcer');
    this.waiting = [];
  }

  /** A new message has come. */
  message(room, entry) {
    const isHere = room.key === this.ui.current();
    if (entry.mine || entry.hidden || entry.kind !== 'message' || (!isHere && !entry.mention && !room.private)) {
      return;
    }
    const where = isHere ? '' : room.private ? ' privately' : ` in ${room.name}`;
    const text = visible(entry.text.slice(0, LONGEST)) + (entry.text.length > LONGEST ? '…' : '');
    this.announce(`${visibleName(entry.from)}${where}: ${text}`);
  }

  announce(sentence) {
    this.waiting.push(sentence);
    this.timer ??= setTimeout(() => this.flush(), GATHER_MILLIS);
  }

  flush() {
    this.timer = undefined;
    const all = this.waiting;
    this.waiting = [];
    const shown = all.length > MOST ? [...all.slice(0, MOST - 1), `and ${all.length - MOST + 1} more messages`] : all;
    const nodes = shown.map((text) => h('p', { text }));
    this.region.append(...nodes);
    setTimeout(() => nodes.forEach((node) => node.remove()), KEEP_MILLIS);
  }
}
