import { mentionAt, nameKey } from './names.js';

/**
 * One entry of a room's list of messages. Pure functions.
 *
 * @typedef {object} Entry never modified: a change replaces the entry by another one with its seq
 * @property {number} seq for a gap, half a number below the first missing one
 * @property {number} at milliseconds since 1970
 * @property {'message'|'topic'|'moderated'|'deleted-event'|'event'|'gap'} kind
 * @property {string} from the author; for a gap, the first missing number
 * @property {boolean} owned the author has proved to own the name
 * @property {string} text
 * @property {number|null} replyTo
 * @property {boolean} mine
 * @property {boolean} mention
 * @property {boolean} deleted
 * @property {boolean} hidden the user has blocked its author
 */

/** Estimated size of an entry without its text, in characters. */
const ENTRY_CHARS = 200;

/**
 * The entry for a message or event of the protocol.
 *
 * @param {object} object as received live or in a page of history
 * @param {import('./me.js').Me} me
 * @param {boolean} [isMine] true if this session posted it, whatever its author says
 * @returns {Entry}
 */
export function entryOf(object, me, isMine = false) {
  const { seq, at } = object;
  if (object.type === 'message') {
    const text = object.deleted ? '' : (object.text ?? '');
    const owned = object.owned === true;
    const mine = isMine || me.isAuthor(object.from, owned);
    const entry = {
      seq,
      at,
      kind: 'message',
      from: object.from,
      owned,
      text,
      replyTo: object.replyTo ?? null,
      mine,
      mention: !mine && mentionAt(text, me.name) >= 0,
      deleted: object.deleted === true,
      hidden: false,
    };
    entry.hidden = isHidden(entry, me);
    return entry;
  }
  const base = { seq, at, from: object.by ?? '', owned: false, replyTo: null, mine: false };
  const event = { ...base, mention: false, deleted: false, hidden: false, text: object.text ?? '' };
  switch (object.kind) {
    case 'deleted':
      return { ...event, kind: 'deleted-event', target: object.target };
    case 'topic':
      return { ...event, kind: 'topic' };
    case 'moderated': {
      const [, action, why] = /^(\S*)\s*([^]*)$/.exec(event.text);
      return { ...event, kind: 'moderated', action, target: object.target, why };
    }
    default:
      return { ...event, kind: 'event', name: object.kind, target: object.target };
  }
}

/** Stands for missing numbers. */
export function gapEntry(from, to, why) {
  const base = { seq: from - 0.5, at: 0, kind: 'gap', from, to, why, owned: false, text: '' };
  return { ...base, replyTo: null, mine: false, mention: false, deleted: false, hidden: false };
}

/** The entry after the user has blocked or unblocked somebody. */
export function refreshed(entry, me) {
  const hidden = isHidden(entry, me);
  return entry.kind === 'gap' || entry.hidden === hidden ? entry : { ...entry, hidden };
}

function isHidden(entry, me) {
  return entry.kind === 'message' && !entry.mine && me.hasBlocked(nameKey(entry.from));
}

/** True if it is unread until the user reads it. */
export function canBeUnread(entry) {
  return entry.kind === 'message' && !entry.mine && !entry.deleted && !entry.hidden;
}

/** Validates a stored entry, which another version may have written, or a user edited. */
export function isEntry(entry) {
  return Number.isFinite(entry?.seq) && typeof entry.kind === 'string' && typeof entry.text === 'string';
}

export function charsOf(entry) {
  return ENTRY_CHARS + entry.text.length;
}
