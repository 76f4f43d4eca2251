// A menu next to a button; on a phone, at the bottom of the screen.

import { h, rove } from './dom.js';

/**
 * Shows a menu. It is a dialog, which traps the focus, closes on Escape, and is above everything else.
 *
 * @param {HTMLElement} anchor the button, which gets the focus back
 * @param {string} label
 * @param {Array<{text: string, act: () => void, danger?: boolean, testid?: string}|null|false>} items
 */
export function menu(anchor, label, items) {
  const dialog = h('dialog', { class: 'menu', 'aria-label': label, data: { testid: 'menu-dialog' } });
  const close = (isChosen) => {
    dialog.close();
    dialog.remove();
    if (!isChosen || document.activeElement === document.body) {
      anchor.focus?.({ preventScroll: true });
    }
  };
  const list = h('div', { role: 'menu', 'aria-label': label });
  for (const item of items) {
    if (item) {
      list.append(
        h('button', {
          type: 'button', role: 'menuitem', class: item.danger ? 'danger' : '', text: item.text, data: item.testid ? { testid: item.testid } : {},
          onclick: () => {
            close(true);
            item.act();
          },
        }),
      );
    }
  }
  dialog.append(list);
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') {
      event.preventDefault();
    } else if (!rove(list, 'button', event) && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const found = [...list.children].find((each) => each.textContent.toLowerCase().startsWith(event.key.toLowerCase()));
      found?.focus();
    }
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    close(false);
  });
  dialog.addEventListener('pointerdown', (event) => {
    if (event.target === dialog) {
      event.preventDefault();
      close(false);
    }
  });
  document.body.append(dialog);
  const at = anchor.getBoundingClientRect(); // buttons that appear on hover disappear with the dialog
  dialog.showModal();
  place(dialog, at);
  list.firstElementChild?.focus();
}

function place(dialog, at) {
  if (matchMedia('(max-width: 699px)').matches) {
    return;
  }
  const box = dialog.getBoundingClientRect();
  const fits = at.left < innerWidth / 2 && at.width < 320;
  const left = fits ? at.left : at.right - box.width;
  const below = at.bottom + 4;
  const top = below + box.height > innerHeight - 8 ? at.top - box.height - 4 : below;
  dialog.style.left = `${Math.max(8, Math.min(left, innerWidth - box.width - 8))}px`;
  dialog.style.top = `${Math.max(8, Math.min(top, innerHeight - box.height - 8))}px`;
}
