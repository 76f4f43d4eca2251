import { isRoomName } from './names.js';

/** Parses commands. Pure functions. */

/**
 * @typedef {object} Command
 * @property {string} word
 * @property {string} argument what follows the word; in brackets if it is optional
 * @property {string} purpose
 * @property {string} [feature] the feature that the server must have
 */

/** @type {Command[]} */
export const COMMANDS = [
  { word: 'help', argument: '', purpose: 'show this list' },
  { word: 'join', argument: 'ROOM', purpose: 'join a room, or create it' },
  { word: 'leave', argument: '[ROOM]', purpose: 'leave this room or another one' },
  { word: 'rooms', argument: '', purpose: 'list the rooms', feature: 'rooms' },
  { word: 'who', argument: '', purpose: 'list who is in this room', feature: 'members' },
  { word: 'topic', argument: '[TEXT]', purpose: 'show or set the topic of this room', feature: 'topic' },
  { word: 'msg', argument: 'NAME TEXT', purpose: 'send a private message', feature: 'private' },
  { word: 'search', argument: 'WORDS', purpose: 'find the newest messages with all of these words', feature: 'search' },
  { word: 'name', argument: '[NAME]', purpose: 'change your name' },
  { word: 'claim', argument: '', purpose: 'claim your name, so that nobody else can use it here', feature: 'claim' },
  { word: 'link', argument: '', purpose: 'show a code to use your name on another device', feature: 'link' },
  { word: 'delete', argument: '[N]', purpose: 'delete your newest message here, or the Nth newest', feature: 'delete' },
  { word: 'block', argument: 'NAME', purpose: 'hide the messages of somebody', feature: 'block' },
  { word: 'unblock', argument: 'NAME', purpose: 'show the messages of somebody again', feature: 'block' },
  { word: 'blocked', argument: '', purpose: 'list the people you have blocked', feature: 'block' },
  { word: 'mute', argument: 'NAME [TIME] [WHY]', purpose: 'stop somebody from posting; TIME is 30s, 10m, 2h or 7d', feature: 'moderate' },
  { word: 'unmute', argument: 'NAME', purpose: 'let somebody post again', feature: 'moderate' },
  { word: 'kick', argument: 'NAME [WHY]', purpose: 'remove somebody from this room', feature: 'moderate' },
  { word: 'ban', argument: 'NAME [TIME] [WHY]', purpose: 'remove somebody and keep them out', feature: 'moderate' },
  { word: 'unban', argument: 'NAME', purpose: 'let somebody join again', feature: 'moderate' },
  { word: 'op', argument: 'NAME', purpose: 'make somebody an operator of this room', feature: 'moderate' },
  { word: 'deop', argument: 'NAME', purpose: 'remove somebody as an operator', feature: 'moderate' },
  { word: 'close', argument: '[TIME] [WHY]', purpose: 'close this room to newcomers', feature: 'moderate' },
  { word: 'open', argument: '', purpose: 'open this room to everybody', feature: 'moderate' },
  { word: 'invite', argument: 'NAME', purpose: 'let somebody join while the room is closed', feature: 'moderate' },
  { word: 'uninvite', argument: 'NAME', purpose: 'withdraw an invitation', feature: 'moderate' },
  { word: 'restrict', argument: '[TIME] [WHY]', purpose: 'let only operators post', feature: 'moderate' },
  { word: 'unrestrict', argument: '', purpose: 'let everybody post again', feature: 'moderate' },
  { word: 'slow', argument: 'TIME|off', purpose: 'let each person post only once per TIME', feature: 'moderate' },
];

const BY_WORD = new Map(COMMANDS.map((command) => [command.word, command]));
const TAKES_TIME = new Set(['mute', 'ban', 'close', 'restrict', 'slow']);
const FLAGS = new Set(['server', 'address']);
const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * Parses a line: a message to post, a command, or neither.
 *
 * @returns {{post: string} | {verb: string} | {wrong: string}} a verb comes with its arguments: room,
 *     name, text, query, which. Commands of operators have the verb `moderate`, with action, target?,
 *     seconds?, why?, address? and room: 'here' or 'server'. `wrong` is a sentence
 */
export function parse(typed) {
  if (!typed.startsWith('/')) {
    return { post: typed };
  }
  if (typed.startsWith('//')) {
    return { post: typed.slice(1) };
  }
  const [, word, rest] = /^\/(\S*)\s*([^]*)$/.exec(typed);
  const argument = rest.trim();
  const command = BY_WORD.get(word.toLowerCase());
  if (command === undefined) {
    return wrong(`/${word} is not a command: see /help. To post a line that begins with /, type //.`);
  }
  if (command.argument === '' && argument !== '') {
    return wrong(`/${command.word} takes no argument.`);
  }
  const needsArgument = command.argument !== '' && !command.argument.startsWith('[');
  if (needsArgument && argument === '') {
    return expected(command);
  }
  if (argument.includes('\n') && command.word !== 'msg') {
    return wrong(`/${command.word} takes a single line. To post a line that begins with /, type //.`);
  }
  return read(command, argument);
}

function read(command, argument) {
  const verb = command.word;
  switch (verb) {
    case 'join':
      return isRoomName(plain(argument)) ? { verb, room: plain(argument) } : notARoom(argument);
    case 'leave':
      return argument === '' ? { verb } : { verb, room: plain(argument) };
    case 'topic':
      return argument === '' ? { verb } : { verb, text: argument };
    case 'msg': {
      const [name, text] = nameAndRest(argument);
      const who = name.replace(/^@/, '');
      if (text === '') {
        return expected(command);
      }
      return isRoomName(`@${who}`) ? { verb, name: who, text } : wrong(`"${name}" is not a name.`);
    }
    case 'search':
      return { verb, query: argument };
    case 'name':
      return argument === '' ? { verb } : { verb, name: argument };
    case 'delete':
      if (argument !== '' && !/^[1-9][0-9]{0,3}$/.test(argument)) {
        return expected(command);
      }
      return { verb, which: argument === '' ? 1 : Number(argument) };
    case 'block':
    case 'unblock':
      return { verb, name: unquoted(argument) };
    default:
      return command.feature === 'moderate' ? moderate(command, argument) : { verb };
  }
}

function moderate(command, typed) {
  const order = { verb: 'moderate', action: command.word, room: 'here' };
  let argument = typed;
  for (let flag = /^--(\w+)(?:\s+|$)/.exec(argument); flag; flag = /^--(\w+)(?:\s+|$)/.exec(argument)) {
    if (!FLAGS.has(flag[1])) {
      return wrong(`Unknown option --${flag[1]}: expected /${command.word} ${command.argument}`);
    }
    if (flag[1] === 'server') {
      order.room = 'server';
    } else {
      order.address = true;
    }
    argument = argument.slice(flag[0].length);
  }
  if (command.argument.startsWith('NAME')) {
    const [name, rest] = nameAndRest(argument);
    if (name === '') {
      return expected(command);
    }
    order.target = name;
    argument = rest;
  }
  if (TAKES_TIME.has(command.word)) {
    const [first, rest] = split(argument);
    const seconds = secondsOf(first);
    if (seconds !== null) {
      order.seconds = seconds;
      argument = rest;
    } else if (command.word === 'slow' && first.toLowerCase() === 'off') {
      order.action = 'unslow';
      argument = '';
    } else if (command.word === 'slow') {
      return wrong('Expected /slow TIME or /slow off; TIME is 30s, 5m or similar.');
    }
  }
  if (argument !== '') {
    order.why = argument;
  }
  return order;
}

/** The seconds of `30s`, `10m`, `2h` or `7d`, or null. */
function secondsOf(word) {
  const time = /^([1-9][0-9]{0,5})([smhd])$/.exec(word);
  return time === null ? null : Number(time[1]) * UNITS[time[2]];
}

/** A name is one word, or quoted. */
function nameAndRest(argument) {
  const quoted = /^"([^"]+)"\s*([^]*)$/.exec(argument);
  return quoted === null ? split(argument) : [quoted[1], quoted[2]];
}

function unquoted(argument) {
  return /^"([^"]+)"$/.exec(argument)?.[1] ?? argument;
}

function split(argument) {
  const [, first, rest] = /^(\S*)\s*([^]*)$/.exec(argument);
  return [first, rest];
}

/** Names of rooms are often written with a number sign. */
function plain(room) {
  return room.replace(/^#/, '');
}

function notARoom(argument) {
  return wrong(`"${argument}" is not a room name: expected up to 64 letters, digits, ".", "_" and "-".`);
}

function expected(command) {
  return wrong(`Expected /${command.word} ${command.argument}`);
}

function wrong(sentence) {
  return { wrong: sentence };
}
