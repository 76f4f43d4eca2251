import { isRoomName } from './names.js';

/** What a line can ask for instead of being said. Pure functions. */

/**
 * @typedef {object} Command
 * @property {string} word
 * @property {string} argument what follows it, in brackets if it may be missing
 * @property {string} purpose
 * @property {string} [feature] what the server must have
 */

/** @type {Command[]} */
export const COMMANDS = [
  { word: 'help', argument: '', purpose: 'this list' },
  { word: 'join', argument: 'ROOM', purpose: 'go into a room, which is made if there is none' },
  { word: 'leave', argument: '[ROOM]', purpose: 'leave this room, or another one' },
  { word: 'rooms', argument: '', purpose: 'which rooms there are', feature: 'rooms' },
  { word: 'who', argument: '', purpose: 'who is in this room', feature: 'members' },
  { word: 'topic', argument: '[TEXT]', purpose: 'what this room is about; with TEXT, say so', feature: 'topic' },
  { word: 'msg', argument: 'NAME TEXT', purpose: 'say something to one person alone', feature: 'private' },
  { word: 'search', argument: 'WORDS', purpose: 'the newest messages that have all of these words', feature: 'search' },
  { word: 'name', argument: '[NAME]', purpose: 'go by another name' },
  { word: 'claim', argument: '', purpose: 'make your name your own, so that nobody else can have it here', feature: 'claim' },
  { word: 'link', argument: '', purpose: 'a code that brings your name to another device', feature: 'link' },
  { word: 'delete', argument: '[N]', purpose: 'take back your newest message here, or the Nth', feature: 'delete' },
  { word: 'block', argument: 'NAME', purpose: 'hear nothing more of somebody', feature: 'block' },
  { word: 'unblock', argument: 'NAME', purpose: 'hear somebody again', feature: 'block' },
  { word: 'blocked', argument: '', purpose: 'whom you have blocked', feature: 'block' },
  { word: 'mute', argument: 'NAME [TIME] [WHY]', purpose: 'let somebody hear, and not talk; a TIME is 30s, 10m, 2h or 7d', feature: 'moderate' },
  { word: 'unmute', argument: 'NAME', purpose: 'let somebody talk again', feature: 'moderate' },
  { word: 'kick', argument: 'NAME [WHY]', purpose: 'put somebody out of this room', feature: 'moderate' },
  { word: 'ban', argument: 'NAME [TIME] [WHY]', purpose: 'put somebody out, and not let them come back', feature: 'moderate' },
  { word: 'unban', argument: 'NAME', purpose: 'let somebody come back', feature: 'moderate' },
  { word: 'op', argument: 'NAME', purpose: 'let somebody keep order in this room', feature: 'moderate' },
  { word: 'deop', argument: 'NAME', purpose: 'let somebody keep order no more', feature: 'moderate' },
  { word: 'close', argument: '[TIME] [WHY]', purpose: 'let nobody new into this room', feature: 'moderate' },
  { word: 'open', argument: '', purpose: 'let everybody into this room again', feature: 'moderate' },
  { word: 'invite', argument: 'NAME', purpose: 'let somebody into this room, although it is closed', feature: 'moderate' },
  { word: 'uninvite', argument: 'NAME', purpose: 'take that back', feature: 'moderate' },
  { word: 'restrict', argument: '[TIME] [WHY]', purpose: 'let only those talk who keep order', feature: 'moderate' },
  { word: 'unrestrict', argument: '', purpose: 'let everybody talk again', feature: 'moderate' },
  { word: 'slow', argument: 'TIME|off', purpose: 'let each person talk once in this time', feature: 'moderate' },
];

const BY_WORD = new Map(COMMANDS.map((command) => [command.word, command]));
const TAKES_TIME = new Set(['mute', 'ban', 'close', 'restrict', 'slow']);
const FLAGS = new Set(['server', 'address']);
const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * What was typed: something to say, something to do, or neither.
 *
 * @returns {{say: string} | {verb: string} | {wrong: string}} a verb comes with what it needs:
 *     room, name, text, query, which; those that keep order are the verb `moderate` with action,
 *     target?, seconds?, why?, address? and room: 'here' or 'server'
 */
export function parse(typed) {
  if (!typed.startsWith('/')) {
    return { say: typed };
  }
  if (typed.startsWith('//')) {
    return { say: typed.slice(1) };
  }
  const [, word, rest] = /^\/(\S*)\s*([^]*)$/.exec(typed);
  const argument = rest.trim();
  const command = BY_WORD.get(word.toLowerCase());
  if (command === undefined) {
    return wrong(`/${word} is not a command, see /help; // says a line that begins with /`);
  }
  if (command.argument === '' && argument !== '') {
    return wrong(`/${command.word} takes nothing after it`);
  }
  const needsArgument = command.argument !== '' && !command.argument.startsWith('[');
  if (needsArgument && argument === '') {
    return expected(command);
  }
  if (argument.includes('\n') && command.word !== 'msg') {
    return wrong(`/${command.word} takes one line; // says a line that begins with /`);
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
      return isRoomName(`@${who}`) ? { verb, name: who, text } : wrong(`nobody is called ${name}`);
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
      return wrong(`--${flag[1]} is not known, expected /${command.word} ${command.argument}`);
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
      return wrong('expected /slow TIME or /slow off, a time as 30s or 5m');
    }
  }
  if (argument !== '') {
    order.why = argument;
  }
  return order;
}

/** So many seconds as `30s`, `10m`, `2h` or `7d` say, or null. */
function secondsOf(word) {
  const time = /^([1-9][0-9]{0,5})([smhd])$/.exec(word);
  return time === null ? null : Number(time[1]) * UNITS[time[2]];
}

/** A name is one word, or stands in quotes. */
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

/** Rooms are often written with a number sign. */
function plain(room) {
  return room.replace(/^#/, '');
}

function notARoom(argument) {
  return wrong(`"${argument}" is no room: expected up to 64 letters, digits, ".", "_" and "-"`);
}

function expected(command) {
  return wrong(`expected /${command.word} ${command.argument}`);
}

function wrong(sentence) {
  return { wrong: sentence };
}
