// The message box. An unfinished message stays with its room until it is sent, and is never lost.

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
   * @param {object} ui run(command, line), problem(error), sent(), focusMessages(), proven(entry)
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
    /** @type {Map<string, object>} room key → the message that the draft replies to */
    this.replies = new Map();
    this.completion = new Completion(this.field, chat, () => this.room);

    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener('input', () => this.typed());
    this.field.addEventListener('keydown', (event) => this.key(event));
    // Pressing the button must not move the focus: on a phone, that would close the keyboard.
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
    this.showReply();
    this.typed(false);
  }

  reply(entry) {
    if (this.room) {
      this.replies.set(this.room.key, entry);
      this.showReply();
      this.field.focus();
    }
  }

  cancelReply() {
    const had = this.room && this.replies.delete(this.room.key);
    this.showReply();
    return had;
  }

  showReply() {
    const entry = this.room ? this.replies.get(this.room.key) : undefined;
    this.strip.hidden = !entry;
    this.strip.replaceChildren();
    if (entry) {
      const cancel = iconButton('close', 'Cancel the reply', { data: { testid: 'reply-cancel' }, onclick: () => { this.cancelReply(); this.field.focus(); } });
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

  /** Makes the box as high as its text, up to the maximum in style.css. */
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
        return; // a new line of code; Ctrl Enter sends
      }
      event.preventDefault();
      this.send();
    } else if (event.key === 'Escape') {
      if (this.cancelReply()) {
        event.stopPropagation();
      }
    } else if (event.key === 'ArrowUp' && this.field.value === '') {
      event.preventDefault();
      this.ui.focusMessages();
    }
  }

  /** True if the cursor is in an open block of code. */
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
    const replied = this.replies.get(room.key);
    this.clear(room);
    if (command.post === undefined) {
      this.ui.run(command, text);
      return;
    }
    this.replies.delete(room.key);
    this.showReply();
    this.chat.post(room, command.post, replied?.seq).catch((problem) => this.restore(room, text, problem));
    this.ui.sent();
  }

  /** The message could not even be queued: puts it back. */
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

  /** Inserts text at the cursor. */
  insert(text) {
    this.field.focus();
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, 'end');
    this.typed();
  }

  /** Replaces the text. */
  put(text) {
    this.field.value = text;
    this.typed();
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }
}
