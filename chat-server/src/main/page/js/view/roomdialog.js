// The dialog that asks for a room.

import { open } from './dialogs.js';
import { h, rove } from './dom.js';

/** Asks for a room: one of the user's, one of the server's, or any name. */
export function askRoom(chat, go) {
  const input = h('input', { type: 'search', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: '64', 'aria-label': 'Room name', placeholder: 'Room name', data: { testid: 'room-input' } });
  const list = h('ul', { class: 'pick' });
  const note = h('p', { class: 'faint', role: 'status' });
  let known = [...chat.rooms.values()].map((room) => ({ name: room.name, isIn: true, unread: room.unread, topic: room.topic }));
  const choose = (name) => {
    shown.close();
    go(name);
  };
  const row = (each) =>
    h('li', {}, h('button', { type: 'button', data: { testid: 'room-choice' }, onclick: () => choose(each.name) },
      h('bdi', { class: 'room-name', text: each.name }),
      h('span', { class: 'faint', text: each.isNew ? 'create this room' : [each.count ? `${each.count.toLocaleString()} here` : '', each.topic ?? ''].filter(Boolean).join(' · ') })));
  const sync = () => {
    const typed = input.value.trim().replace(/^#/, '');
    const folded = typed.toLowerCase();
    const fits = known.filter((each) => each.name.toLowerCase().includes(folded)).slice(0, 50);
    const exact = known.some((each) => each.name.toLowerCase() === folded);
    list.replaceChildren(...fits.map(row), ...(typed !== '' && !exact ? [row({ name: typed, isNew: !typed.startsWith('@') })] : []));
    note.textContent = known.length === 0 ? 'No rooms found.' : '';
  };
  const form = h('form', { method: 'dialog', onsubmit: (event) => { event.preventDefault(); list.querySelector('button')?.click(); } }, input);
  const shown = open('Go to a room', [form, list, note], { testid: 'room-dialog', wide: true });
  input.addEventListener('input', sync);
  shown.dialog.addEventListener('keydown', (event) => {
    if (event.target === input && event.key === 'ArrowDown') {
      event.preventDefault();
      list.querySelector('button')?.focus();
    } else if (event.target !== input && event.key === 'ArrowUp' && event.target.closest('li') === list.firstElementChild) {
      event.preventDefault();
      input.focus();
    } else if (event.target !== input) {
      rove(list, 'button', event);
    }
  });
  sync();
  input.focus();
  if (chat.state === 'live') {
    Promise.resolve(chat.listRooms()).then((all) => {
      const { rooms } = all;
      const names = new Set(rooms.map((each) => each.room));
      known = [...rooms.map((each) => ({ name: each.room, count: each.count, topic: each.topic })), ...known.filter((each) => !names.has(each.name))];
      sync();
    }).catch(() => {});
  }
  return shown;
}
