// Times, numbers and events of a room in words.

import { isolated } from './names.js';
import { visible } from '../model/text.js';

const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

export const clock = (at) => time.format(at);
export const moment = (at) => full.format(at);

/** A number that identifies a day, in the time zone of the reader. */
export function dayOf(at) {
  const date = new Date(at);
  return date.getFullYear() * 10000 + date.getMonth() * 100 + date.getDate();
}

/** Today, Yesterday, or the date. */
export function dayName(at, now = Date.now()) {
  if (dayOf(at) === dayOf(now)) {
    return 'Today';
  }
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  if (dayOf(at) === dayOf(before.getTime())) {
    return 'Yesterday';
  }
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? day.format(at) : dayAndYear.format(at);
}

/** For lists that span many days: the time if it is today, otherwise the date. */
export function brief(at, now = Date.now()) {
  return dayOf(at) === dayOf(now) ? time.format(at) : short.format(at);
}

/** 1 new message, 2 new messages. */
export function count(n, one, many = `${one}s`) {
  return `${n.toLocaleString()} ${n === 1 ? one : many}`;
}

/** A sentence of the server, with times in the time zone of the reader. */
export function sentence(text) {
  return visible(text).replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g, (stamp) => {
    const at = Date.parse(stamp);
    return Number.isNaN(at) ? stamp : dayOf(at) === dayOf(Date.now()) ? clock(at) : `${short.format(at)}, ${clock(at)}`;
  });
}

/** A rounded duration: 90 is "2 minutes". */
export function howLong(seconds) {
  for (const [size, one] of [[86400, 'day'], [3600, 'hour'], [60, 'minute']]) {
    if (seconds >= size) {
      return count(Math.round(seconds / size), one);
    }
  }
  return count(Math.max(1, Math.round(seconds)), 'second');
}

const MODERATED = {
  mute: (by, who) => `${by} muted ${who}`,
  unmute: (by, who) => `${by} unmuted ${who}`,
  kick: (by, who) => `${by} kicked ${who}`,
  ban: (by, who) => `${by} banned ${who}`,
  unban: (by, who) => `${by} lifted the ban on ${who}`,
  op: (by, who) => `${by} made ${who} an operator of this room`,
  deop: (by, who) => `${by} removed ${who} as an operator of this room`,
  close: (by) => `${by} closed the room to newcomers`,
  open: (by) => `${by} opened the room to everybody`,
  invite: (by, who) => `${by} invited ${who}`,
  uninvite: (by, who) => `${by} withdrew the invitation of ${who}`,
  restrict: (by) => `${by} restricted the room: only operators can post`,
  unrestrict: (by) => `${by} lifted the restriction: everybody can post`,
  slow: (by) => `${by} turned on slow mode`,
  unslow: (by) => `${by} turned off slow mode`,
};

/** An event of a room as a sentence. */
export function happened(entry) {
  const by = isolated(entry.from ?? '');
  const why = entry.why ? ` (${visible(entry.why)})` : '';
  switch (entry.kind) {
    case 'topic':
      return entry.text ? `${by} set the topic: ${visible(entry.text)}` : `${by} removed the topic`;
    case 'deleted-event':
      return `${by} deleted a message`;
    case 'moderated': {
      const who = entry.target ? isolated(String(entry.target)) : 'somebody';
      const describe = MODERATED[entry.action];
      return (describe ? describe(by, who) : `${by} changed the rules of the room`) + why;
    }
    default:
      return `${by} changed the room`;
  }
}

const MISSING = {
  retention: 'the server no longer has them',
  epoch: 'the room was reset',
  lagged: 'your connection was too slow',
  access: 'you may not read them',
};

/** A sentence about missing messages, and why they are missing. */
export function missing(gap) {
  const n = gap.to - gap.from + 1;
  const why = MISSING[gap.why] ?? 'the server does not have them';
  if (n <= 0) {
    return gap.why === 'epoch' ? 'The room was reset here' : `Messages may be missing here: ${why}`;
  }
  return `${count(n, 'message is', 'messages are')} missing here: ${why}`;
}
