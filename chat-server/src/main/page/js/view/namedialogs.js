// Dialogs about the user's name: entering it, claiming it, and using it on another device.

import { field, open, showText } from './dialogs.js';
import { h } from './dom.js';
import { count, howLong, sentence } from './words.js';
import { visibleName } from '../model/text.js';

/**
 * Asks for a name until the server accepts one.
 *
 * @param {object} chat
 * @param {{name?: string, keep?: boolean, needsKey?: boolean, problem?: object, code?: string}} now
 * @param {(answer: {name: string, keep: boolean, key?: string, code?: string}) => Promise<void>} enter
 */
export function askName(chat, now, enter) {
  const name = h('input', { required: true, autocomplete: 'nickname', maxlength: '64', spellcheck: 'false', autocapitalize: 'off', data: { testid: 'name-input' }, value: now.name ?? '' });
  const keep = h('input', { type: 'checkbox', data: { testid: 'keep-me' }, checked: now.keep ?? false });
  const key = h('input', { type: 'password', autocomplete: 'off', maxlength: '256', data: { testid: 'key-input' } });
  const code = h('input', { autocomplete: 'one-time-code', autocapitalize: 'characters', spellcheck: 'false', maxlength: '64', data: { testid: 'code-input' }, value: now.code ?? '' });
  const keyRow = field('Access key', key, 'This server asks for an access key.');
  const codeRow = field('Link code', code, 'Shown by “Use on another device” on a device where you own this name.');
  const haveCode = h('button', { type: 'button', class: 'link', text: 'I have a link code', data: { testid: 'have-code' }, onclick: () => { reveal(codeRow, haveCode); code.focus(); } });
  const problem = h('p', { class: 'problem', role: 'alert', data: { testid: 'name-problem' } });
  const enterButton = h('button', { type: 'submit', class: 'primary', text: 'Enter', data: { testid: 'enter' } });
  keyRow.hidden = !now.needsKey;
  codeRow.hidden = !now.code;
  haveCode.hidden = Boolean(now.code);

  const showProblem = (what) => {
    if (!what) {
      problem.textContent = '';
      return;
    }
    if (what.code === 'name-owned') {
      problem.textContent = 'This name is taken. Choose another one. If it is yours, enter a link code from one of your devices.';
    } else if (what.code === 'token-wrong' && !codeRow.hidden) {
      problem.textContent = 'This code does not work for this name. A code works once, within ten minutes. Get a new one on the other device.';
    } else {
      problem.textContent = sentence(what.text ?? String(what));
    }
    if (what.code === 'key-wrong') {
      keyRow.hidden = false;
      key.required = true;
      key.focus();
    } else if (what.code === 'token-wrong' && codeRow.hidden === false) {
      code.focus();
      code.select();
    } else {
      if (what.code === 'name-owned') {
        reveal(codeRow, haveCode);
      }
      name.focus();
      name.select();
    }
  };

  const form = h('form', {
    method: 'dialog',
    onsubmit: async (event) => {
      event.preventDefault();
      const wanted = name.value.trim();
      if (wanted === '') {
        name.focus();
        return;
      }
      showProblem(null);
      enterButton.disabled = true;
      enterButton.textContent = 'Entering…';
      try {
        await enter({ name: wanted, keep: keep.checked, key: key.value || undefined, code: codeRow.hidden ? undefined : code.value.trim() || undefined });
        shown.close();
      } catch (refused) {
        showProblem(refused);
      } finally {
        enterButton.disabled = false;
        enterButton.textContent = 'Enter';
      }
    },
  },
    field('Your name', name, 'Others see this name.'),
    codeRow,
    keyRow,
    h('div', {}, h('label', { class: 'check' }, keep, 'Remember me on this device'), h('p', { class: 'faint keeping', text: 'Only on your own device: this browser stores your token and recent messages.' })),
    problem,
    h('div', { class: 'buttons' }, haveCode, enterButton),
  );
  const shown = open('Choose a name', [form], { testid: 'name-dialog', closable: Boolean(now.closable) });
  name.focus();
  if (now.problem) {
    showProblem(now.problem);
  }
  return shown;
}

function reveal(row, button) {
  row.hidden = false;
  button.hidden = true;
}

/** Explains what it means to own a name, and claims it. */
export function askClaim(chat, then) {
  const keep = h('input', { type: 'checkbox', checked: chat.me.keep, data: { testid: 'claim-keep' } });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const go = h('button', { type: 'submit', class: 'primary', text: 'Claim', data: { testid: 'claim-yes' } });
  let isDone = false;
  const form = h('form', {
    method: 'dialog',
    onsubmit: async (event) => {
      event.preventDefault();
      if (isDone) {
        shown.close();
        return;
      }
      go.disabled = true;
      problem.textContent = '';
      try {
        if (keep.checked !== chat.me.keep) {
          chat.keep(keep.checked);
        }
        const owned = await chat.claim();
        form.replaceChildren(
          h('p', { text: `${visibleName(chat.me.name)} is yours on this server.` }),
          h('p', { text: owned?.keepDays ? `If you do not use it for ${count(owned.keepDays, 'day')}, it becomes free again.` : 'It stays yours as long as this server keeps its data.' }),
          keep.checked
            ? h('p', { text: 'This browser stores the token. Add a second device now: choose “Use on another device” in the menu of your name. If you lose all your devices, only an operator can free the name.' })
            : h('p', { text: 'The token is in this tab only, and is lost when you close it. Add another device before that.' }),
          h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'primary', text: 'Done' })),
        );
        isDone = true;
        form.querySelector('button').focus();
        then?.();
      } catch (refused) {
        problem.textContent = refused.text ?? 'Something went wrong.';
        go.disabled = false;
      }
    },
  },
    h('p', { text: `Once ${visibleName(chat.me.name)} is yours, nobody else can use it, or a name that looks like it. You can delete your messages, write privately, and sync what you have read across your devices.` }),
    h('p', { text: 'You need no password and no email address: this browser gets a secret token as proof.' }),
    h('div', {}, h('label', { class: 'check' }, keep, 'Remember me on this device'), h('p', { class: 'faint keeping', text: 'This browser stores the token. Otherwise it is lost when you close this tab.' })),
    problem,
    h('div', { class: 'buttons' }, go),
  );
  const shown = open('Claim this name', [form], { testid: 'claim-dialog' });
  return shown;
}

/** Shows a code, and the same as a QR code, for another device. */
export async function showLink(chat) {
  let link;
  try {
    link = await chat.link();
  } catch (refused) {
    return showText('Use on another device', refused.text ?? 'Something went wrong.');
  }
  const address = `${location.origin}/#link=${encodeURIComponent(chat.me.name)}/${encodeURIComponent(link.code)}`;
  const left = h('p', { class: 'faint' });
  const picture = h('img', { class: 'qr', width: '232', height: '232', alt: 'QR code for the camera of the other device', hidden: true, data: { testid: 'link-qr' } });
  const shown = open('Use on another device', [
    h('p', { text: 'On the other device, open this page, choose “I have a link code”, and enter your name and this code:' }),
    h('p', { class: 'code', data: { testid: 'link-code' }, text: link.code }),
    h('p', { text: 'Or scan this with its camera:' }),
    h('div', { class: 'qr-frame' }, picture),
    left,
    h('p', { class: 'faint', text: 'Keep it secret: anyone who has this code can take your name.' }),
  ], { testid: 'link-dialog' });
  const until = Date.now() + link.seconds * 1000;
  const tick = () => {
    const seconds = Math.round((until - Date.now()) / 1000);
    left.textContent = seconds > 0 ? `It works once, within ${howLong(seconds)}.` : 'This code has expired. Close this dialog and open it again for a new one.';
    picture.hidden ||= seconds <= 0;
  };
  tick();
  const timer = setInterval(tick, 10_000);
  let url = null;
  shown.closed.then(() => {
    clearInterval(timer);
    if (url) {
      URL.revokeObjectURL(url);
    }
  });
  try {
    const answer = await fetch('/api/qr', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: address, credentials: 'omit', cache: 'no-store' });
    picture.parentElement.previousElementSibling.hidden = !answer.ok;
    if (answer.ok) {
      url = URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: 'image/svg+xml' }));
      picture.src = url;
      picture.hidden = false;
    }
  } catch {
    picture.parentElement.previousElementSibling.hidden = true; // the code alone is enough
  }
  return shown;
}
