import { dayRow, eventRow, gapRow, messageRow, unreadRow } from './rows.js';
import { dayName, dayOf } from '../words.js';

// What rows there are to be. A row is made anew only if its signature has changed.

/** A message within this time of another one by the same author has no name of its own. */
const GROUP_MILLIS = 5 * 60_000;

/**
 * The rows of some entries, with days and the line above the unread messages between them.
 *
 * @param {object[]} entries
 * @param {number} lo the index of the first
 * @param {number} hi the index behind the last
 * @param {object} how
 * @param {number|null} how.line where the unread line stands
 * @param {Set<any>} how.opened seqs of long messages that are unfolded, and `reveal` with the seqs of blocked
 *     messages that are shown
 * @param {(seq: number) => object|null} how.find
 * @param {object} how.show what the rows need, see messageRow()
 * @returns {Array<{key: string, signature: any[], make: () => HTMLElement}>}
 */
export function itemsOf(entries, lo, hi, { line, opened, find, show }) {
  const items = [];
  let previous = lo > 0 ? entries[lo - 1] : null;
  for (let i = lo; i < hi; i++) {
    const entry = entries[i];
    if (entry.kind === 'gap') {
      items.push({ key: `g${entry.from}-${entry.to}`, signature: [entry], make: () => gapRow(entry) });
      previous = entry;
      continue;
    }
    const isNewDay = previous === null || previous.at === undefined || dayOf(previous.at) !== dayOf(entry.at);
    if (isNewDay && (previous === null || previous.at !== undefined)) {
      const key = `d${dayOf(entry.at)}-${entry.seq}`;
      items.push({ key, signature: [dayName(entry.at)], make: () => dayRow(entry.at, key) });
    }
    const isFirstUnread = line !== null && entry.seq >= line && !(previous && previous.seq >= line);
    if (isFirstUnread) {
      items.push({ key: 'unread', signature: [], make: unreadRow });
    }
    if (entry.kind !== 'message') {
      items.push({ key: `m${entry.seq}`, signature: [entry], make: () => eventRow(entry) });
      previous = entry;
      continue;
    }
    const head = isNewDay || isFirstUnread || !continues(previous, entry);
    const quoted = entry.replyTo ? find(entry.replyTo) : null;
    const open = opened.has(entry.seq);
    const revealed = opened.has(`reveal${entry.seq}`);
    items.push({
      key: `m${entry.seq}`,
      signature: [entry, head, quoted, open, revealed, show.proven(entry)],
      make: () => messageRow(entry, { head, quoted, open, revealed }, show),
    });
    previous = entry;
  }
  return items;
}

/** True if a message belongs to the group of the one before it. */
function continues(previous, entry) {
  return (
    previous.kind === 'message' &&
    previous.from === entry.from &&
    previous.owned === entry.owned &&
    entry.at - previous.at <= GROUP_MILLIS &&
    !entry.replyTo
  );
}
