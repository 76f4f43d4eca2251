// The help. PageGuideTest compares it with page.md.

import { open } from './dialogs.js';
import { h } from './dom.js';
import { COMMANDS } from '../model/commands.js';

const KEYS = [
  ['Enter', 'send the message; Shift Enter starts a new line'],
  ['Ctrl K', 'go to a room (⌘ K on a Mac; also Alt K)'],
  ['Alt ↑ ↓', 'go to the room above or below'],
  ['Ctrl F', 'search'],
  ['↑', 'in an empty message box: go to the messages; ↑ ↓ Home End move between them'],
  ['R', 'on a message: reply; Enter opens its menu'],
  ['Esc', 'close what is open and return to the message box'],
];

/** Shows the keys and commands. */
export function showHelp(chat) {
  return open('Help', [
    h('h3', { text: 'Keys' }),
    h('dl', { class: 'help' }, ...KEYS.flatMap(([key, what]) => [h('dt', {}, h('kbd', { text: key })), h('dd', { text: what })])),
    h('h3', { text: 'Commands' }),
    h('dl', { class: 'help' }, ...COMMANDS.filter((each) => !each.feature || chat.has(each.feature)).flatMap((each) => [h('dt', {}, h('code', { text: `/${each.word} ${each.argument ?? ''}`.trim() })), h('dd', { text: each.purpose })])),
    h('p', { class: 'faint', text: 'To post a line that begins with a slash, type two. Put `code` between backquotes, and a block of code between lines of three.' }),
  ], { testid: 'help-dialog', wide: true });
}
