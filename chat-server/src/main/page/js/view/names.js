// Shows names of people: each in its own colour, isolated from the direction of the text around it.

import { h } from './dom.js';
import { visibleName } from '../model/text.js';

const COLOURS = 12;

/** The class of the name's colour in style.css. */
function colour(name) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return `c${(hash >>> 0) % COLOURS}`;
}

/**
 * A name. If nobody has proved to own it, there is a question mark before it: after it, the mark could
 * be taken for a part of the name.
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

/** A name in plain text, isolated by Unicode controls. */
export function isolated(name) {
  return `\u2068${visibleName(name)}\u2069`;
}
