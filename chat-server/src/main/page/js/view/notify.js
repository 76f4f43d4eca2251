// Notifications of mentions and private messages, once they were asked for, and gone when they were read elsewhere.

import { excerpt } from './messages/rows.js';
import { visibleName } from '../model/text.js';

/** Another device may have been looked at: its mark needs this long to be here. */
const PATIENCE_MILLIS = 1500;

export class Notifier {
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    /** @type {Map<string, {seq: number, close: () => void}>} the newest of each room */
    this.open = new Map();
    this.isRefused = false;
    this.look();
  }

  /** What the browser allows; asking it is slow. */
  look() {
    this.permission = 'Notification' in window ? Notification.permission : 'denied';
  }

  canAsk() {
    return this.permission === 'default' && !this.isRefused;
  }

  async ask() {
    const answer = await Notification.requestPermission();
    this.isRefused = answer !== 'granted';
    this.look();
    return answer;
  }

  message(room, entry) {
    if (entry.mine || entry.hidden || entry.kind !== 'message' || !(entry.mention || room.private)) {
      return;
    }
    this.look();
    if (this.permission !== 'granted' || this.isSeen(room)) {
      return;
    }
    setTimeout(() => this.show(room, entry), PATIENCE_MILLIS);
  }

  isSeen(room) {
    return this.ui.attentive() && this.ui.current() === room.key;
  }

  async show(room, entry) {
    if (entry.seq <= (room.read ?? 0) || this.isSeen(room) || entry.deleted || this.chat.find(room, entry.seq)?.deleted) {
      return;
    }
    const title = room.private ? visibleName(entry.from) : `${visibleName(entry.from)} in ${room.name}`;
    const options = { body: excerpt(entry.text, 160), tag: `room-${room.key}`, icon: document.querySelector('link[rel=icon]').href, data: { room: room.name } };
    const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
    try {
      if (registration?.active) {
        await registration.showNotification(title, options); // the only way on a phone
        this.open.set(room.key, {
          seq: entry.seq,
          close: async () => (await registration.getNotifications({ tag: options.tag })).forEach((each) => each.close()),
        });
      } else {
        const shown = new Notification(title, options);
        shown.onclick = () => {
          window.focus();
          this.ui.open(room.key);
          shown.close();
        };
        this.open.set(room.key, { seq: entry.seq, close: () => shown.close() });
      }
    } catch {
      this.isRefused = true; // the browser does not want to: the title and the list of rooms still tell
    }
  }

  /** The room was read, here or on another device. */
  read(room) {
    const shown = this.open.get(room.key);
    if (shown && shown.seq <= (room.read ?? 0)) {
      this.open.delete(room.key);
      shown.close();
    }
  }
}
