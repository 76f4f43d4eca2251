// Notifications of mentions and private messages, if the user wants them. They disappear once read on any device.

import { excerpt } from './messages/rows.js';
import { visibleName } from '../model/text.js';

/** The user may be reading on another device: its read mark needs this long to arrive. */
const PATIENCE_MILLIS = 1500;

export class Notifier {
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    /** @type {Map<string, {seq: number, close: () => void}>} the newest of each room */
    this.open = new Map();
    this.isRefused = false;
    this.readPermission();
  }

  /** Caches the permission, which is slow to read. */
  readPermission() {
    this.permission = 'Notification' in window ? Notification.permission : 'denied';
  }

  canAsk() {
    return this.permission === 'default' && !this.isRefused;
  }

  async ask() {
    const answer = await Notification.requestPermission();
    this.isRefused = answer !== 'granted';
    this.readPermission();
    return answer;
  }

  message(room, entry) {
    if (entry.mine || entry.hidden || entry.kind !== 'message' || !(entry.mention || room.private)) {
      return;
    }
    this.readPermission();
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
        await registration.showNotification(title, options); // phones allow only this
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
      this.isRefused = true; // refused by the browser: the title and the list of rooms still show what is unread
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
