// The dialogs that others are made of: a title with any content, a sentence, a line of text, a confirmation.

import { h, iconButton } from './dom.js';

let number = 0;

/**
 * Opens a dialog with a title and a button to close it.
 *
 * @returns {{dialog: HTMLDialogElement, close: () => void, closed: Promise<void>}}
 */
export function open(title, content, { testid, closable = true, wide = false } = {}) {
  const id = `dialog-title-${++number}`;
  const before = document.activeElement;
  const dialog = h('dialog', { class: wide ? 'wide' : '', 'aria-labelledby': id, data: testid ? { testid } : {} });
  let done;
  const closed = new Promise((resolve) => { done = resolve; });
  const close = () => dialog.close();
  dialog.append(
    h('header', {}, h('h2', { id, class: 'grow', text: title }), closable && iconButton('close', 'Close', { onclick: close })),
    ...content,
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) {
      before.focus({ preventScroll: true });
    }
    done();
  });
  dialog.addEventListener('cancel', (event) => {
    if (!closable) {
      event.preventDefault();
    }
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !closable) {
      event.preventDefault(); // otherwise a second Escape closes it without a cancel event
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close, closed };
}

/** A labelled input, with an optional note. */
export function field(label, input, note) {
  const id = `field-${++number}`;
  input.id = id;
  const noteId = `${id}-note`;
  if (note) {
    input.setAttribute('aria-describedby', noteId);
  }
  return h('p', { class: 'field-row' }, h('label', { for: id, text: label }), input, note && h('small', { id: noteId, class: 'faint', text: note }));
}

/** Shows one or more sentences. */
export function showText(title, ...sentences) {
  return open(title, sentences.map((text) => h('p', { text })), { testid: 'text-dialog' });
}

/**
 * Asks for a line of text.
 *
 * @returns {Promise<string|null>} null if it was closed
 */
export function askLine(title, { label, value = '', note = '', button = 'Save', max = 512 }) {
  return new Promise((resolve) => {
    let answer = null;
    const input = h('input', { autocomplete: 'off', maxlength: String(max), value });
    const shown = open(title, [
      h('form', { method: 'dialog', onsubmit: (event) => { event.preventDefault(); answer = input.value; shown.close(); } },
        field(label, input, note),
        h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary', text: button }))),
    ], { testid: 'line-dialog' });
    input.focus();
    input.select();
    shown.closed.then(() => resolve(answer));
  });
}

/** @returns {Promise<boolean>} */
export function confirm(title, sentence, button) {
  return new Promise((resolve) => {
    let answer = false;
    const yes = h('button', { type: 'submit', class: 'primary danger', text: button, data: { testid: 'confirm' } });
    const shown = open(title, [
      h('p', { text: sentence }),
      h('form', { method: 'dialog', onsubmit: (event) => { event.preventDefault(); answer = true; shown.close(); } },
        h('div', { class: 'buttons' }, yes)),
    ], { testid: 'confirm-dialog' });
    yes.focus();
    shown.closed.then(() => resolve(answer));
  });
}
