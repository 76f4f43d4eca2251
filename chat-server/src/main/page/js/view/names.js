// How names of people look: a colour that is always the same, apart from the text around them.

import { h } from './dom.js';
import { visibleName } from '../model/text.js';

const COLOURS = 12;

/** Which of the colours in style.css a name has. */
function colour(name) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return `c${(hash >>> 0) % COLOURS}`;
}

/**
 * A name. One that nobody has shown to be theirs has a question mark in front of it, where names can
 * be owned at all: what stands behind a name could be part of it.
 *
 * @param {string} name
 * @param {boolean} proven
 */
export function nameNode(name, proven) {
  return h(
    'bdi',
    { class: `name ${colour(name)}` },
    !proven && h('span', { class: 'unproven', title: 'Nobody has proved to own this name', text: '?' }),
    visibleName(name),
  );
}

/** The same in a sentence that is plain text: apart from what is around it. */
export function isolated(name) {
  return `\u2068${visibleName(name)}\u2069`;
}
