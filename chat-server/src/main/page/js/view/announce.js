// Tells a screen reader what is new: each live message once, and nothing of the past.

import { byId, h } from './dom.js';
import { visible, visibleName } from '../model/text.js';

/** What comes within this time is told in one go. */
const GATHER_MILLIS = 700;
const KEEP_MILLIS = 20_000;

/** More than these at once are counted instead of read. */
const MOST = 5;
const LONGEST = 500;

export class Announcer {
  constructor(ui) {
    this.ui = ui;
    this.region = byId('announcer');
    this.waiting = [];
  }

  /** A message came just now. */
  message(room, entry) {
    const isHere = room.key === this.ui.current();
    if (entry.mine || entry.hidden || entry.kind !== 'message' || (!isHere && !entry.mention && !room.private)) {
      return;
    }
    const where = isHere ? '' : room.private ? ' privately' : ` in ${room.name}`;
    const text = visible(entry.text.slice(0, LONGEST)) + (entry.text.length > LONGEST ? '…' : '');
    this.say(`${visibleName(entry.from)}${where}: ${text}`);
  }

  say(sentence) {
    this.waiting.push(sentence);
    this.timer ??= setTimeout(() => this.flush(), GATHER_MILLIS);
  }

  flush() {
    this.timer = undefined;
    const all = this.waiting;
    this.waiting = [];
    const told = all.length > MOST ? [...all.slice(0, MOST - 1), `and ${all.length - MOST + 1} more messages`] : all;
    const nodes = told.map((text) => h('p', { text }));
    this.region.append(...nodes);
    setTimeout(() => nodes.forEach((node) => node.remove()), KEEP_MILLIS);
  }
}
