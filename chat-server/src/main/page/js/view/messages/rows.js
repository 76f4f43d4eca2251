// Creates the rows of the list: messages, events, gaps, days, and the unread line.

import { h, icon } from '../dom.js';
import { nameNode, isolated } from '../names.js';
import { clock, count, dayName, happened, missing, moment, sentence } from '../words.js';
import { tokens, visible } from '../../model/text.js';

/** A text that exceeds one of these is folded. */
const FOLD_CHARS = 2500;
const FOLD_LINES = 24;
const FOLD_FENCES = 12;
const SHOWN_CHARS = 700;
const SHOWN_LINES = 12;

/** Length of the quote in a reply. */
const QUOTE_CHARS = 140;

/** The parts of a text as nodes. */
function nodes(text, me) {
  return tokens(text, me).flatMap((token) => {
    switch (token.kind) {
      case 'link':
        return [
          h('a', { href: token.href, target: '_blank', rel: 'noopener noreferrer nofollow', tabindex: '-1', text: token.text }),
          token.leads && ` (${token.leads})`,
        ];
      case 'code':
        return h('code', { text: token.text });
      case 'block':
        return h('pre', { role: 'group', 'aria-label': 'Code' }, h('code', { text: token.text }));
      case 'mention':
        return h(token.me ? 'mark' : 'span', { class: token.me ? 'to-me' : 'mention', text: token.text });
      default:
        return token.text;
    }
  });
}

function shortened(text) {
  let end = Math.min(text.length, SHOWN_CHARS);
  for (let line = 0, at = 0; line < SHOWN_LINES; line++) {
    at = text.indexOf('\n', at) + 1;
    if (at === 0) {
      break;
    }
    if (line === SHOWN_LINES - 1) {
      end = Math.min(end, at - 1);
    }
  }
  if (end > 0 && end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1])) {
    end--;
  }
  const head = `${text.slice(0, end)} …`;
  return (head.split('```').length - 1) % 2 === 1 ? `${head}\n\`\`\`` : head;
}

function isLong(text) {
  if (text.length > FOLD_CHARS || text.split('```').length > FOLD_FENCES) {
    return true;
  }
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines++;
  }
  return lines > FOLD_LINES;
}

/** The size of a text in words. */
function size(text) {
  const bytes = new Blob([text]).size;
  return bytes < 1024 ? count(bytes, 'byte') : `${Math.round(bytes / 1024)} KiB`;
}

/**
 * A text, folded if it is long.
 *
 * @param {string} text
 * @param {string} me
 * @param {boolean} open true if a long text is shown in full
 * @param {(open: boolean) => void} onFold
 */
function textNode(text, me, open, onFold) {
  const long = isLong(text);
  const body = h('div', { class: long && !open ? 'text folded' : 'text', dir: 'auto' }, nodes(long && !open ? shortened(text) : text, me));
  if (!long) {
    return [body];
  }
  const fold = h('button', {
    type: 'button',
    class: 'fold',
    tabindex: '-1',
    'aria-expanded': String(open),
    text: open ? 'Show less' : `Show all (${size(text)})`,
    onclick: () => onFold(!open),
  });
  return [body, fold];
}

/** The beginning of a text, in one line. */
export function excerpt(text, length = QUOTE_CHARS) {
  const line = visible(text.slice(0, length * 2)).replace(/```/g, '').replace(/\s+/g, ' ').trim();
  const points = [...line];
  return points.length > length ? `${points.slice(0, length).join('')}…` : line;
}

/** The quote in a reply; the message may not be in memory. */
function quote(seq, entry, show) {
  const what = !entry
    ? [h('span', { class: 'faint', text: 'an earlier message' })]
    : entry.deleted || entry.hidden
      ? [nameNode(entry.from, show.proven(entry)), h('span', { class: 'faint', text: entry.deleted ? 'deleted' : 'blocked' })]
      : [nameNode(entry.from, show.proven(entry)), h('bdi', { class: 'excerpt', text: excerpt(entry.text) })];
  return h(
    'button',
    { type: 'button', class: 'quote', tabindex: '-1', data: { testid: 'quote' }, title: 'Go to this message', onclick: () => show.jump(seq) },
    icon('reply'),
    h('span', { class: 'vh', text: 'In reply to ' }),
    ...what,
  );
}

function acts(entry, show) {
  return h(
    'div',
    { class: 'acts' },
    h('button', {
      type: 'button', class: 'icon', tabindex: '-1', 'aria-label': 'Reply', title: 'Reply (R)', data: { testid: 'reply' },
      onclick: () => show.reply(entry),
    }, icon('reply')),
    h('button', {
      type: 'button', class: 'icon', tabindex: '-1', 'aria-label': 'Message menu', title: 'Menu (Enter)', 'aria-haspopup': 'menu', data: { testid: 'menu' },
      onclick: (event) => show.menu(entry, event.currentTarget),
    }, icon('more')),
  );
}

function timeNode(at) {
  return h('time', { datetime: new Date(at).toISOString(), title: moment(at), text: clock(at) });
}

/**
 * A message.
 *
 * @param {object} entry
 * @param {{head: boolean, quoted: object|null, open: boolean, revealed: boolean}} how
 * @param {object} show me(), proven(entry), jump, reply, menu, person, fold, reveal
 */
export function messageRow(entry, how, show) {
  const proven = show.proven(entry);
  const row = h('li', {
    class: `msg${how.head ? ' head' : ''}${entry.mine ? ' mine' : ''}${entry.mention ? ' mentions-me' : ''}`,
    tabindex: '-1',
    data: { testid: 'message', seq: String(entry.seq), key: `m${entry.seq}` },
  });
  if (how.head) {
    row.append(
      h('div', { class: 'who' },
        h('button', {
          type: 'button', class: 'person', tabindex: '-1', 'aria-haspopup': 'menu',
          onclick: (event) => show.person(entry.from, event.currentTarget),
        }, nameNode(entry.from, proven)),
        timeNode(entry.at)),
    );
  } else {
    row.append(h('span', { class: 'vh' }, `${isolated(entry.from)} `), timeNode(entry.at));
  }
  if (entry.replyTo) {
    row.append(quote(entry.replyTo, how.quoted, show));
  }
  if (entry.deleted) {
    row.append(h('div', { class: 'text gone', text: 'This message was deleted.' }));
    return row;
  }
  if (entry.hidden && !how.revealed) {
    row.append(h('div', { class: 'text gone' }, 'You blocked this person. ',
      h('button', { type: 'button', class: 'fold inline', tabindex: '-1', text: 'Show', onclick: () => show.reveal(entry.seq) })));
    return row;
  }
  row.append(...textNode(entry.text, show.me(), how.open, (open) => show.fold(entry.seq, open)), acts(entry, show));
  return row;
}

/** An event of the room. */
export function eventRow(entry) {
  return h('li', { class: 'event', tabindex: '-1', data: { testid: 'event', seq: String(entry.seq), key: `m${entry.seq}` } },
    h('span', { text: happened(entry) }), ' ', timeNode(entry.at));
}

/** Missing messages. */
export function gapRow(entry) {
  return h('li', { class: 'gap', tabindex: '-1', data: { testid: 'gap', key: `g${entry.from}-${entry.to}` } }, missing(entry));
}

/** The beginning of a day. */
export function dayRow(at, key) {
  return h('li', { class: 'day', data: { testid: 'day', key } }, h('h2', { text: dayName(at) }));
}

/** The line above the first unread message. */
export function unreadRow() {
  return h('li', { class: 'unread-line', data: { testid: 'unread-line', key: 'unread' } }, h('span', { text: 'New' }));
}

/**
 * A message of the user that the server has not acknowledged.
 *
 * @param {object} pending
 * @param {object} show me(), owned(), proven(entry), live(), retry(id), discard(id)
 */
export function pendingRow(pending, show) {
  const failed = pending.state === 'failed';
  return h(
    'li',
    { class: `msg head mine pending${failed ? ' failed' : ''}`, tabindex: '-1', data: { testid: 'pending', id: pending.id, state: pending.state } },
    h('div', { class: 'who' },
      nameNode(show.me(), show.proven({ owned: show.owned() })),
      h('span', { class: 'status', text: failed ? 'not sent' : show.live() ? 'sending…' : 'waiting for a connection' })),
    ...textNode(pending.text, show.me(), false, () => {}).slice(0, 1),
    failed && h('div', { class: 'problem' },
      h('span', { text: sentence(pending.problem ?? 'The server refused this message.') }),
      h('button', { type: 'button', class: 'small', text: 'Try again', data: { testid: 'retry' }, onclick: () => show.retry(pending.id) }),
      h('button', { type: 'button', class: 'small', text: 'Discard', data: { testid: 'discard' }, onclick: () => show.discard(pending.id) })),
  );
}
