import { mentionAt, nameKey } from './names.js';

/**
 * Splits the text of a message into links, code and mentions, and makes it safe to show. Pure
 * functions, linear in the length of the text.
 *
 * @typedef {{kind: 'text', text: string}
 *   | {kind: 'link', text: string, href: string, leads?: string}
 *   | {kind: 'code', text: string}
 *   | {kind: 'block', text: string, lang?: string}
 *   | {kind: 'mention', text: string, me: boolean}} Token
 */

/** No script needs more combining marks on a letter; more are there to cover other messages. */
const MAX_MARKS = 4;

const MAX_LINK = 2_048;

/** Beyond this, the rest of a text is plain. */
const MAX_TOKENS = 400;

/** How far from a direction mark the letter may be that it belongs to, in characters. */
const MARK_REACH = 8;

const BLACK_FLAG = '\u{1f3f4}';
const FIRST_TAG = 0xe0000;
const END_TAG = 0xe007f;

/** A region in tag characters: `gbeng` is England. */
const REGION = /^([a-z]{2}|[0-9]{3})[a-z0-9]{1,4}$/;

const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cf}]/u;

/** Format characters that have a shape, or that words and emoji need. */
const VISIBLE_FORMAT =
  /[\u200c\u200d\u0600-\u0605\u06dd\u070f\u08e2\u{110bd}\u{110cd}]/u;

const MARK = /\p{M}/u;
const ANY_MARKS = /\p{M}{5}/u;
const DIRECTION_MARK = /[\u200e\u200f\u061c]/;
const RIGHT_TO_LEFT =
  /[\p{Nd}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Mandaic}\p{Script=Samaritan}]/u;
const LETTER = /[\p{L}\p{Nd}]/u;

/**
 * The text with control and format characters made visible, as `\x1b` or `\u202e`. Line ends and tabs
 * stay, and so do direction marks where they can have a meaning. Combining marks are limited.
 */
export function visible(text) {
  return show(text.replace(/\r\n?/g, '\n'), true);
}

/** The same for a name, which is a single line. */
export function visibleName(text) {
  return show(text, false);
}

function show(text, isMessage) {
  if (!HIDDEN.test(text) && !ANY_MARKS.test(text)) {
    return text;
  }
  let out = '';
  let marks = 0;
  for (let i = 0; i < text.length; ) {
    const c = String.fromCodePoint(text.codePointAt(i));
    let end = i + c.length;
    if (MARK.test(c)) {
      marks++;
      out += marks > MAX_MARKS ? '' : c;
    } else if (!HIDDEN.test(c) || VISIBLE_FORMAT.test(c)) {
      marks = c === '\u200d' ? marks : 0;
      out += c;
    } else {
      marks = 0;
      const flag = endOfFlag(text, i);
      if (flag > 0) {
        out += text.slice(i, flag);
        end = flag;
      } else if (isMessage && (c === '\n' || c === '\t' || isWorkingMark(text, i, c))) {
        out += c;
      } else {
        out += escape(c);
      }
    }
    i = end;
  }
  return out;
}

function escape(c) {
  const code = c.codePointAt(0);
  const hex = code.toString(16);
  switch (c) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return code <= 0xff
        ? `\\x${hex.padStart(2, '0')}`
        : code <= 0xffff
          ? `\\u${hex.padStart(4, '0')}`
          : `\\u{${hex}}`;
  }
}

/** The end of the tags that turn the black flag before them into another flag, or 0. */
function endOfFlag(text, start) {
  if (!text.startsWith(BLACK_FLAG, start - 2)) {
    return 0;
  }
  let region = '';
  for (let i = start; i < text.length && region.length <= 7; i += 2) {
    const tag = text.codePointAt(i);
    if (tag === END_TAG) {
      return REGION.test(region) ? i + 2 : 0;
    }
    if (tag < FIRST_TAG || tag > END_TAG) {
      return 0;
    }
    region += String.fromCharCode(tag - FIRST_TAG);
  }
  return 0;
}

/** True if the nearest letter or digit on either side is affected by direction. */
function isWorkingMark(text, i, c) {
  if (!DIRECTION_MARK.test(c)) {
    return false;
  }
  const before = [...text.slice(Math.max(0, i - MARK_REACH), i)].reverse();
  const after = [...text.slice(i + 1, i + 1 + MARK_REACH)];
  return [before, after].some((side) => {
    const letter = side.find((one) => LETTER.test(one));
    return letter !== undefined && RIGHT_TO_LEFT.test(letter);
  });
}

/**
 * The parts of a message, with all characters visible.
 *
 * @param {string} text
 * @param {string} [myName] the name of the reader
 * @returns {Token[]}
 */
export function tokens(text, myName = '') {
  const out = [];
  const whole = visible(text);
  let from = 0;
  for (let fence = whole.indexOf('```'); fence >= 0 && out.length < MAX_TOKENS; ) {
    const end = whole.indexOf('```', fence + 3);
    if (end < 0) {
      break;
    }
    addLines(out, whole.slice(from, fence).replace(/\n$/, ''), myName);
    out.push(block(whole.slice(fence + 3, end)));
    from = end + 3;
    if (whole[from] === '\n') {
      from++; // a block ends its line
    }
    fence = whole.indexOf('```', from);
  }
  addLines(out, whole.slice(from), myName);
  return out;
}

function block(inside) {
  const first = /^([\w+#.-]{1,20})?[ \t]*\n/.exec(inside);
  const text = (first === null ? inside : inside.slice(first[0].length)).replace(/\n$/, '');
  return first?.[1] === undefined ? { kind: 'block', text } : { kind: 'block', text, lang: first[1] };
}

const SPECIAL = /`|https?:\/\/|@/giu;

function addLines(out, text, myName) {
  let plain = 0;
  let noCodeBefore = 0;
  let line = -1;
  SPECIAL.lastIndex = 0;
  for (let found = SPECIAL.exec(text); found !== null; found = SPECIAL.exec(text)) {
    const at = found.index;
    let token = null;
    let end = at;
    if (found[0] === '`') {
      if (at < noCodeBefore) {
        continue;
      }
      line = line >= at ? line : lineEnd(text, at);
      end = text.indexOf('`', at + 1);
      if (end < 0 || end > line) {
        noCodeBefore = end < 0 ? text.length : line;
        continue;
      }
      if (end === at + 1) {
        SPECIAL.lastIndex = end + 1;
        continue; // two in a row are no code
      }
      token = { kind: 'code', text: text.slice(at + 1, end) };
      end++;
    } else if (found[0] === '@') {
      end = nameEnd(text, at);
      if (end > at + 1 && !/[\p{L}\p{N}_]/u.test(before(text, at))) {
        const name = text.slice(at, end);
        token = { kind: 'mention', text: name, me: nameKey(name.slice(1)) === nameKey(myName) };
      }
    } else if (!/[\p{L}\p{N}_]/u.test(before(text, at))) {
      end = linkEnd(text, at);
      token = link(text.slice(at, end));
      SPECIAL.lastIndex = Math.max(end, SPECIAL.lastIndex);
    }
    if (out.length >= MAX_TOKENS) {
      break;
    }
    if (token !== null) {
      addPlain(out, text.slice(plain, at), myName);
      out.push(token);
      plain = end;
      SPECIAL.lastIndex = end;
    }
  }
  addPlain(out, text.slice(plain), myName);
}

/** The character before an index, with both surrogates. */
function before(text, at) {
  const unit = text.charCodeAt(at - 1);
  return text.slice(Math.max(0, at - (unit >= 0xdc00 && unit <= 0xdfff ? 2 : 1)), at);
}

function lineEnd(text, at) {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

const NAME = /[\p{L}\p{Nd}\p{M}._-]{1,64}/uy;

function nameEnd(text, at) {
  NAME.lastIndex = at + 1;
  const name = NAME.exec(text)?.[0] ?? '';
  return at + 1 + name.replace(/[.\-_]+$/, '').length;
}

const NO_LINK = /[\s<>"`\u00ab\u00bb\u201c\u201d\\]/gu;
const TRAILING = /[.,;:!?'*_~\u2026\u2018\u2019\u3001\u3002]/;
const PAIRS = { ')': '(', ']': '[', '}': '{' };

/** Punctuation after a link belongs to the sentence, as does a bracket that was opened before the link. */
function linkEnd(text, at) {
  NO_LINK.lastIndex = at;
  let end = Math.min(NO_LINK.exec(text)?.index ?? text.length, at + MAX_LINK);
  const counts = {};
  for (let i = at; i < end; i++) {
    counts[text[i]] = (counts[text[i]] ?? 0) + 1;
  }
  for (; end > at; end--) {
    const last = text[end - 1];
    const open = PAIRS[last];
    const isTooMuch = open !== undefined && counts[last] > (counts[open] ?? 0);
    if (!TRAILING.test(last) && !isTooMuch) {
      break;
    }
    counts[last]--;
  }
  return end;
}

/**
 * A link; or null if it is invalid, or hides its host behind a name: `http://bank@evil.example`. If the
 * letters of the host may look like others, `leads` names the real host.
 */
function link(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const isSafe = (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
  if (!isSafe || url.username !== '' || url.password !== '') {
    return null;
  }
  const isPlain = text.slice(text.indexOf('://') + 3).toLowerCase().startsWith(url.hostname);
  const real = isPlain ? {} : { leads: url.hostname };
  return { kind: 'link', text, href: url.href, ...real };
}

/** Adds plain text, in which the reader's own name is a mention. */
function addPlain(out, text, myName) {
  let from = 0;
  const length = myName.trim().length;
  let at = mentionAt(text, myName);
  while (at >= 0 && out.length < MAX_TOKENS) {
    addText(out, text.slice(from, at));
    out.push({ kind: 'mention', text: text.slice(at, at + length), me: true });
    from = at + length;
    at = mentionAt(text, myName, from);
  }
  addText(out, text.slice(from));
}

function addText(out, text) {
  const last = out[out.length - 1];
  if (text === '') {
    return;
  }
  if (last?.kind === 'text') {
    last.text += text;
  } else {
    out.push({ kind: 'text', text });
  }
}
