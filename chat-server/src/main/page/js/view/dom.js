// Creates elements. Text is inserted as text only: nothing on this page parses markup.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element.
 *
 * @param {string} tag
 * @param {Object<string, any>} [props] class, text, on… (listeners), data (an object), booleans, and attributes
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name === 'class') {
      element.className = value;
    } else if (name === 'text') {
      element.textContent = value;
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'value') {
      element.value = value;
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  fill(element, children);
  return element;
}

/** Appends the children that are not null, undefined or false. */
export function fill(element, children) {
  for (const child of children.flat(2)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child);
    }
  }
  return element;
}

/** An icon: one of the symbols in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon and no visible text. */
export function iconButton(name, label, props = {}) {
  return h('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, ...props }, icon(name));
}

/** @returns {HTMLElement} */
export function byId(id) {
  return document.getElementById(id);
}

/** Sets a text only if it differs, so that nothing is announced or laid out again. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Moves the focus among siblings by arrow keys, Home and End. @returns {boolean} true if it was such a key */
export function rove(container, selector, event) {
  const all = [...container.querySelectorAll(selector)].filter((each) => each.getClientRects().length > 0);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || all.length === 0) {
    return false;
  }
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, to))].focus();
  return true;
}
