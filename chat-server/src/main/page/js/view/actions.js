// What commands and menus do.

import { askLine, confirm, showText } from './dialogs.js';
import { showHelp } from './help.js';
import { menu } from './menu.js';
import { askClaim, askName, showLink } from './namedialogs.js';
import { askRoom } from './roomdialog.js';
import { isolated } from './names.js';

export class Actions {
  /**
   * @param {object} chat the model
   * @param {object} ui the page: room(), open(name), toast(text), problem(error), search(query), composer
   */
  constructor(chat, ui) {
    this.chat = chat;
    this.ui = ui;
  }

  has(feature) {
    return this.ui.has(feature);
  }

  async attempt(promise, done) {
    try {
      const answer = await promise;
      if (done) {
        this.ui.toast(typeof done === 'function' ? done(answer) : done);
      }
      return answer;
    } catch (problem) {
      this.ui.problem(problem);
      return undefined;
    }
  }

  /** Runs a command. */
  run(command, line) {
    const room = this.ui.room();
    switch (command.verb) {
      case 'join':
        return this.ui.open(command.room);
      case 'leave':
        return this.leave(command.room ?? room?.key);
      case 'topic':
        return command.text === undefined ? this.changeTopic() : this.attempt(this.chat.setTopic(room, command.text));
      case 'msg':
        return this.privately(command.name, command.text);
      case 'who':
        return this.ui.showMembers();
      case 'rooms':
        return askRoom(this.chat, (name) => this.ui.open(name));
      case 'name':
        return command.name ? this.attempt(this.chat.rename(command.name)) : this.changeName();
      case 'claim':
        return this.claim();
      case 'link':
        return showLink(this.chat);
      case 'block':
        return this.block(command.name, true);
      case 'unblock':
        return this.block(command.name, false);
      case 'blocked':
        return this.showBlocked();
      case 'search':
        return this.ui.search(command.query);
      case 'delete':
        return this.deleteOwn(command.which ?? 1);
      case 'help':
        return showHelp(this.chat);
      default:
        if (command.action) {
          return this.moderate(command.action, command);
        }
        this.ui.toast('This command is not available here.');
        this.ui.composer.put(line);
        return undefined;
    }
  }

  async moderate(action, { target, seconds, why, room, address }) {
    const isServer = room === 'server';
    if (!isServer && !this.ui.room()) {
      this.ui.toast('You are not in a room.');
      return;
    }
    await this.attempt(
      this.chat.moderate(action, { room: isServer ? undefined : this.ui.room(), target, seconds, why, address }),
      isServer ? 'This applies to the whole server.' : undefined,
    );
  }

  async leave(room) {
    await this.attempt(this.chat.leave(room));
    this.ui.left();
  }

  async privately(name, text) {
    const room = await this.attempt(Promise.resolve(this.ui.open(`@${name}`)));
    if (text) {
      Promise.resolve(this.chat.post(room ?? `@${name}`, text)).catch(() => {}); // the message itself shows that it failed
    }
  }

  async block(name, on) {
    await this.attempt(this.chat.block(name, on), on ? `You blocked ${isolated(name)}.` : `You unblocked ${isolated(name)}.`);
  }

  async showBlocked() {
    const names = await this.attempt(this.chat.blocked());
    if (names) {
      showText('Blocked people', names.length === 0 ? 'You have not blocked anybody.' : `You have blocked ${names.map(isolated).join(', ')}.`);
    }
  }

  claim() {
    return askClaim(this.chat, () => this.ui.claimed());
  }

  async changeTopic() {
    const room = this.ui.room();
    const text = await askLine('Topic', { label: `Topic of ${room.name}`, value: room.topic ?? '', note: 'Everybody can see it. Leave it empty to remove it.' });
    if (text !== null) {
      this.attempt(this.chat.setTopic(room, text));
    }
  }

  changeName(problem) {
    askName(this.chat, { name: this.chat.me.name, keep: this.chat.me.keep, closable: true, problem }, async (answer) => {
      if (answer.code) {
        await this.chat.useCode(answer.name, answer.code);
      } else {
        await this.chat.rename(answer.name);
      }
      if (answer.keep !== this.chat.me.keep) {
        this.chat.keep(answer.keep);
      }
    });
  }

  deleteOwn(which) {
    const room = this.ui.room();
    const mine = (room?.entries ?? []).filter((entry) => entry.kind === 'message' && entry.mine && !entry.deleted);
    const entry = mine[mine.length - which];
    if (!entry) {
      this.ui.toast('You have no such message here.');
      return undefined;
    }
    return this.attempt(this.chat.del(room, entry.seq));
  }

  async delete(room, entry) {
    const whose = entry.mine ? 'your message' : `the message from ${isolated(entry.from)}`;
    if (await confirm('Delete message', `This deletes ${whose} for everybody. It cannot be undone.`, 'Delete')) {
      this.attempt(this.chat.del(room, entry.seq));
    }
  }

  async copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
      this.ui.toast(`${what} copied.`);
    } catch {
      showText(what, text); // no permission: the user can select and copy it there
    }
  }

  address(room) {
    return `${location.origin}/#${encodeURIComponent(room.name)}`;
  }

  /** The menu of a message. */
  messageMenu(entry, anchor) {
    const room = this.ui.room();
    if (!room) {
      return;
    }
    const isOp = room.role === 'op' && this.has('moderate');
    menu(anchor, 'Message', [
      !entry.deleted && { text: 'Reply', testid: 'menu-reply', act: () => this.ui.reply(entry) },
      entry.replyTo && { text: 'Go to the original message', act: () => this.ui.follow(entry.replyTo) },
      !entry.deleted && { text: 'Copy text', testid: 'menu-copy', act: () => this.copy(entry.text, 'Text') },
      ...this.personItems(entry.from, entry.mine, room),
      !entry.deleted && this.has('delete') && ((entry.mine && this.chat.me.owned) || isOp) && { text: 'Delete…', danger: true, testid: 'menu-delete', act: () => this.delete(room, entry) },
    ]);
  }

  /** The menu of a person. */
  personMenu(name, anchor) {
    menu(anchor, name, [
      { text: `Mention ${isolated(name)}`, testid: 'menu-mention', act: () => this.ui.composer.insert(`@${name} `) },
      ...this.personItems(name, name === this.chat.me.name, this.ui.room()),
    ]);
  }

  personItems(name, isMe, room) {
    if (isMe) {
      return [];
    }
    const blocked = this.chat.blockedNames.has(name);
    const who = isolated(name);
    const items = [];
    if (this.has('private') && !(room?.private && (room.with ?? '') === name)) {
      items.push({ text: `Message ${who} privately`, testid: 'menu-private', act: () => this.writePrivately(name) });
    }
    if (this.has('block') && this.chat.me.owned) {
      items.push({ text: blocked ? `Unblock ${who}` : `Block ${who}`, testid: 'menu-block', act: () => this.block(name, !blocked) });
    }
    if (room && !room.private && room.role === 'op' && this.has('moderate')) {
      items.push(
        { text: `Mute ${who} for 10 minutes`, testid: 'menu-mute', act: () => this.moderate('mute', { target: name, seconds: 600 }) },
        { text: `Unmute ${who}`, testid: 'menu-unmute', act: () => this.moderate('unmute', { target: name }) },
        { text: `Kick ${who}`, danger: true, testid: 'menu-kick', act: () => this.moderate('kick', { target: name }) },
        { text: `Ban ${who}…`, danger: true, testid: 'menu-ban', act: async () => {
          if (await confirm('Ban', `This removes ${who} from ${room.name}. They cannot come back until you lift the ban with /unban.`, 'Ban')) {
            this.moderate('ban', { target: name });
          }
        } },
      );
    }
    return items;
  }

  writePrivately(name) {
    if (!this.chat.me.owned) {
      showText('Private messages', `You need to own your name to write privately, so that nobody else can read your messages under it. To claim ${isolated(this.chat.me.name)}, press “Claim name” below the rooms.`);
      return;
    }
    this.ui.open(`@${name}`);
  }

  /** The menu of the user's own name. */
  myMenu(anchor) {
    const me = this.chat.me;
    const isLive = this.chat.state === 'live';
    menu(anchor, 'You', [
      isLive && !me.owned && this.has('claim') && { text: 'Claim this name…', testid: 'menu-claim', act: () => this.claim() },
      isLive && me.owned && this.has('link') && { text: 'Use on another device…', testid: 'menu-link', act: () => showLink(this.chat) },
      { text: 'Change your name…', testid: 'menu-name', act: () => this.changeName() },
      me.owned && this.has('block') && { text: 'Blocked people', act: () => this.showBlocked() },
      this.ui.canAskToNotify() && { text: 'Notify me of mentions', act: () => this.ui.askToNotify() },
      { text: 'Help', testid: 'menu-help', act: () => showHelp(this.chat) },
      { text: 'Forget me on this device…', danger: true, testid: 'menu-forget', act: () => this.forget() },
    ]);
  }

  async forget() {
    const note = this.chat.me.owned
      ? 'This removes your name, its token, your drafts and stored messages from this browser. If no other device of yours has a token, only an operator can free the name.'
      : 'This removes your name, your drafts and stored messages from this browser.';
    if (await confirm('Forget me on this device', note, 'Forget me')) {
      await this.chat.forgetMe();
      location.replace('/');
    }
  }

  /** The menu of the open room. */
  roomMenu(anchor) {
    const room = this.ui.room();
    if (!room) {
      return;
    }
    const isOp = room.role === 'op' && this.has('moderate') && !room.private;
    menu(anchor, room.name, [
      !room.private && { text: 'Copy the link to this room', testid: 'copy-link', act: () => this.copy(this.address(room), 'Link') },
      !room.private && this.has('topic') && { text: 'Change the topic…', testid: 'menu-topic', act: () => this.changeTopic() },
      isOp && { text: 'Close to newcomers', act: () => this.moderate('close', {}) },
      isOp && { text: 'Open to everybody', act: () => this.moderate('open', {}) },
      isOp && { text: 'Let only operators post', act: () => this.moderate('restrict', {}) },
      isOp && { text: 'Let everybody post', act: () => this.moderate('unrestrict', {}) },
      { text: 'Help', act: () => showHelp(this.chat) },
      !(room.private && !room.joined) && { text: room.private ? 'Close this conversation' : 'Leave this room', danger: true, testid: 'menu-leave', act: () => this.leave(room.key) },
    ]);
  }
}
