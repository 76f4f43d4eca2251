// The title of the window, and the name and topic of the open room.

import { byId, setText } from './dom.js';
import { visible, visibleName } from '../model/text.js';

export function showRoom(room) {
  setText(byId('room-name'), room ? visibleName(room.with ?? room.name) : 'Chatroom');
  setText(byId('topic'), room?.private ? 'Only the two of you can read this.' : visible(room?.topic ?? ''));
  byId('topic').title = room?.topic ?? '';
  byId('room-menu').hidden = !room;
}

/** @param {Iterable<object>} rooms all rooms, whose unread messages are counted */
export function showTitle(room, rooms) {
  let unread = 0;
  for (const each of rooms) {
    unread += each.unread;
  }
  const number = unread > 0 ? `(${unread > 999 ? '999+' : unread}) ` : '';
  const where = room ? `${visibleName(room.name)} · ` : '';
  const title = `${number}${where}Chatroom`;
  if (document.title !== title) {
    document.title = title;
  }
}
