// Where one writes. What is written stays with its room until it is sent, and is never lost.

import { byId, h, iconButton, setText } from './dom.js';
import { excerpt } from './messages/rows.js';
import { nameNode } from './names.js';
import { Completion } from './completion.js';
import { parse } from '../model/commands.js';
import { visibleName } from '../model/text.js';

const encoder = new TextEncoder();

export class Composer {
  /**
   * @param {object} chat the model
   * @param {object} ui run(command), problem(error), focusMessages(), proven(entry)
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
    this.form = byId('compose');
    this.field = byId('composer');
    this.sendButton = byId('send');
    this.hint = byId('hint');
    this.strip = byId('reply-to');
    this.room = null;
    /** @type {Map<string, object>} what a room's draft answers */
    this.answers = new Map();
    this.completion = new Completion(this.field, chat, () => this.room);

    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener('input', () => this.typed());
    this.field.addEventListener('keydown', (event) => this.key(event));
    // A press on the button leaves the focus, and the keyboard of a phone, where they are.
    this.sendButton.addEventListener('pointerdown', (event) => event.preventDefault());
    new ResizeObserver(() => this.fit()).observe(this.form);
  }

  open(room) {
    this.room = room;
    this.field.value = room?.draft ?? '';
    this.field.disabled = !room;
    this.sendButton.disabled = !room;
    const what = room ? (room.private ? `Message ${visibleName(room.with)}` : `Message ${visibleName(room.name)}`) : 'Message';
    this.field.placeholder = room ? what : '';
    setText(byId('composer-label'), what);
    this.tellAnswer();
    this.typed(false);
  }

  answer(entry) {
    if (this.room) {
      this.answers.set(this.room.key, entry);
      this.tellAnswer();
      this.field.focus();
    }
  }

  cancelAnswer() {
    const had = this.room && this.answers.delete(this.room.key);
    this.tellAnswer();
    return had;
  }

  tellAnswer() {
    const entry = this.room ? this.answers.get(this.room.key) : undefined;
    this.strip.hidden = !entry;
    this.strip.replaceChildren();
    if (entry) {
      const cancel = iconButton('close', 'Cancel the reply', { data: { testid: 'reply-cancel' }, onclick: () => { this.cancelAnswer(); this.field.focus(); } });
      this.strip.append(
        h('p', {}, h('span', { text: 'Replying to ' }), nameNode(entry.from, this.ui.proven(entry)), ' ', h('bdi', { class: 'excerpt', text: excerpt(entry.text) })),
        cancel,
      );
    }
  }

  typed(isNew = true) {
    this.fit();
    const text = this.field.value;
    const max = this.chat.server.limits.maxMessageBytes ?? 65536;
    let hint = '';
    if (text.length * 3 > max) {
      const bytes = encoder.encode(text).length;
      if (bytes > max) {
        hint = `${(bytes - max).toLocaleString()} bytes too long: the limit is ${max.toLocaleString()}.`;
      }
    }
    this.tooLong = hint !== '';
    setText(this.hint, hint);
    this.sendButton.classList.toggle('ready', text.trim() !== '' && !this.tooLong);
    if (isNew && this.room) {
      this.chat.draft(this.room, text);
    }
  }

  /** As high as what is written, up to a part of the window; style.css says how much. */
  fit() {
    this.field.style.height = 'auto';
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229 || this.completion.key(event)) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      if (this.isInCode() && !event.ctrlKey && !event.metaKey) {
        return; // a line of code; Control-Enter sends
      }
      event.preventDefault();
      this.send();
    } else if (event.key === 'Escape') {
      if (this.cancelAnswer()) {
        event.stopPropagation();
      }
    } else if (event.key === 'ArrowUp' && this.field.value === '') {
      event.preventDefault();
      this.ui.focusMessages();
    }
  }

  /** Whether the cursor stands in a block of code that is not closed. */
  isInCode() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    return (before.split('```').length - 1) % 2 === 1;
  }

  send() {
    const room = this.room;
    const text = this.field.value;
    if (!room || text.trim() === '' || this.tooLong) {
      return;
    }
    const command = parse(text);
    if (command.wrong) {
      setText(this.hint, command.wrong);
      return;
    }
    const answered = this.answers.get(room.key);
    this.clear(room);
    if (command.say === undefined) {
      this.ui.run(command, text);
      return;
    }
    this.answers.delete(room.key);
    this.tellAnswer();
    this.chat.post(room, command.say, answered?.seq).catch((problem) => this.restore(room, text, problem));
    this.ui.sent();
  }

  /** It is not even among those that wait. */
  restore(room, text, problem) {
    this.ui.problem(problem);
    if (this.room === room && this.field.value === '') {
      this.put(text);
    } else if (room.draft === '') {
      this.chat.draft(room, text);
    }
  }

  clear(room) {
    this.field.value = '';
    this.completion.close();
    this.chat.draft(room, '');
    this.typed(false);
  }

  /** Puts a few words where the cursor is. */
  insert(text) {
    this.field.focus();
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, 'end');
    this.typed();
  }

  /** Puts a text where it can be changed and sent. */
  put(text) {
    this.field.value = text;
    this.typed();
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }
}
