/** Compares names of people and rooms, and finds names in texts. Pure functions. */

/** Equal for two names that the server considers the same (S-16): NFKC, case folding, NFKC. */
export function nameKey(name) {
  // JavaScript has no case folding; this is equivalent for all letters. Only sigma depends on context.
  const folded = name
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('\u03c2', '\u03c3');
  return folded.normalize('NFKC');
}

const ROOM = /^@?[\p{L}\p{Nd}._-][\p{L}\p{Nd}\p{M}._-]*$/u;
const ROOM_BYTES = 64;
const encoder = new TextEncoder();

/** The length of a text in UTF-8. */
export function bytesOf(text) {
  return encoder.encode(text).length;
}

/** True for the name of a room: 1 to 64 bytes of letters, digits, `.`, `_` and `-`. */
export function isRoomName(name) {
  const plain = name.startsWith('@') ? name.slice(1) : name;
  return ROOM.test(name) && bytesOf(plain) <= ROOM_BYTES && bytesOf(nameKey(plain)) <= ROOM_BYTES;
}

/** Cuts a text to a number of bytes, between two characters. */
export function cutBytes(text, most) {
  if (bytesOf(text) <= most) {
    return text;
  }
  let bytes = 0;
  let cut = '';
  for (const c of text) {
    bytes += bytesOf(c);
    if (bytes > most) {
      return cut;
    }
    cut += c;
  }
  return cut;
}

const WORD = /[\p{L}\p{Nd}_\p{Mn}]/u;
const JOINER = /[-.\u2010\u2011]/;

/** A slash within this distance of a name makes it part of a path, in characters. */
const PATH_REACH = 300;

/**
 * Where a text mentions a name: as a word of its own, as in `@alice`, `alice's` or `(alice, bob)`. Part
 * of a longer word, an address or a path is no mention: `alice-2`, `alice.example.org`,
 * `http://x/alice/y`.
 *
 * @returns {number} the index in the text, or -1
 */
export function mentionAt(text, name, from = 0) {
  const wanted = lower(name.trim());
  if (wanted === '') {
    return -1;
  }
  const folded = lower(text);
  const isPath = /[/\\]/.test(wanted);
  const inPath = pathsOf(text);
  for (let at = folded.indexOf(wanted, from); at >= 0; at = folded.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (begins(folded, at) && ends(folded, end) && (isPath || !inPath(at, end))) {
      return at;
    }
  }
  return -1;
}

/** Lower case without a change of length, so that indices are the same as in the text. */
function lower(text) {
  const whole = text.toLowerCase();
  if (whole.length === text.length) {
    return whole;
  }
  return Array.from(text, (c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join('');
}

function begins(text, at) {
  const before = text[at - 1] === '@' ? at - 1 : at;
  return !wordBefore(text, before) && !(JOINER.test(text[before - 1] ?? '') && wordBefore(text, before - 1));
}

function ends(text, end) {
  const next = text[end] ?? '';
  return !wordAt(text, end) && !((JOINER.test(next) || next === '@') && wordAt(text, end + 1));
}

function wordBefore(text, at) {
  if (at <= 0) {
    return false;
  }
  const unit = text.charCodeAt(at - 1);
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  return WORD.test(text.slice(Math.max(0, at - (isLow ? 2 : 1)), at));
}

function wordAt(text, at) {
  return at < text.length && WORD.test(String.fromCodePoint(text.codePointAt(at)));
}

/**
 * Returns a function that tells if a slash is near a place, with no space between. It must be called
 * from left to right: each character is read once, however many places there are.
 */
function pathsOf(text) {
  let seen = 0;
  let slash = -Infinity;
  let ahead = null;
  return (at, end) => {
    for (; seen < at; seen++) {
      if (isSlash(text[seen])) {
        slash = seen;
      } else if (/\s/.test(text[seen])) {
        slash = -Infinity;
      }
    }
    if (at - slash < PATH_REACH) {
      return true;
    }
    if (ahead === null || ahead < end) {
      ahead = end;
      while (ahead < text.length && !isSlash(text[ahead]) && !/\s/.test(text[ahead])) {
        ahead++;
      }
    }
    return isSlash(text[ahead]) && ahead - end < PATH_REACH;
  };
}

function isSlash(c) {
  return c === '/' || c === '\\';
}
