import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS, parse } from '../../../main/page/js/model/commands.js';

test('a line without a slash is posted, and so is one with two', () => {
  assert.deepEqual(parse('hello\n/join x'), { post: 'hello\n/join x' });
  assert.deepEqual(parse('//usr/bin'), { post: '/usr/bin' });
  assert.deepEqual(parse(' /join x'), { post: ' /join x' });
});

test('an unknown command is an error, never posted', () => {
  for (const typed of ['/usr/bin/x', '/', '/ join', '/jion lobby', '/toString', '/__proto__ x']) {
    assert.match(parse(typed).wrong ?? '', /is not a command/, typed);
  }
});

test('commands and their arguments', () => {
  for (const [typed, expected] of [
    ['/help', { verb: 'help' }],
    ['/JOIN Garden', { verb: 'join', room: 'Garden' }],
    ['/join #garden', { verb: 'join', room: 'garden' }],
    ['/leave', { verb: 'leave' }],
    ['/leave den', { verb: 'leave', room: 'den' }],
    ['/topic', { verb: 'topic' }],
    ['/topic  tea at five ', { verb: 'topic', text: 'tea at five' }],
    ['/msg bob hi  there\nyou', { verb: 'msg', name: 'bob', text: 'hi  there\nyou' }],
    ['/msg @bob hi', { verb: 'msg', name: 'bob', text: 'hi' }],
    ['/search from:bob tea', { verb: 'search', query: 'from:bob tea' }],
    ['/name', { verb: 'name' }],
    ['/name Ann Lee', { verb: 'name', name: 'Ann Lee' }],
    ['/delete', { verb: 'delete', which: 1 }],
    ['/delete 3', { verb: 'delete', which: 3 }],
    ['/block "Ann Lee"', { verb: 'block', name: 'Ann Lee' }],
    ['/mute eve', { verb: 'moderate', action: 'mute', room: 'here', target: 'eve' }],
    ['/mute eve 10m be nice', { verb: 'moderate', action: 'mute', room: 'here', target: 'eve', seconds: 600, why: 'be nice' }],
    ['/ban --server --address "Ann Lee" 7d', { verb: 'moderate', action: 'ban', room: 'server', address: true, target: 'Ann Lee', seconds: 604_800 }],
    ['/kick eve 10m ago she was rude', { verb: 'moderate', action: 'kick', room: 'here', target: 'eve', why: '10m ago she was rude' }],
    ['/close', { verb: 'moderate', action: 'close', room: 'here' }],
    ['/slow 30s', { verb: 'moderate', action: 'slow', room: 'here', seconds: 30 }],
    ['/slow off', { verb: 'moderate', action: 'unslow', room: 'here' }],
  ]) {
    assert.deepEqual(parse(typed), expected, typed);
  }
});

test('a missing or wrong argument is an error that names what was expected', () => {
  for (const [typed, sentence] of [
    ['/join', 'Expected /join ROOM'],
    ['/join a b', '"a b" is not a room name: expected up to 64 letters, digits, ".", "_" and "-".'],
    ['/msg bob', 'Expected /msg NAME TEXT'],
    ['/who me', '/who takes no argument.'],
    ['/delete x', 'Expected /delete [N]'],
    ['/slow eve', 'Expected /slow TIME or /slow off; TIME is 30s, 5m or similar.'],
    ['/kick --all eve', 'Unknown option --all: expected /kick NAME [WHY]'],
    ['/topic a\nb', '/topic takes a single line. To post a line that begins with /, type //.'],
  ]) {
    assert.deepEqual(parse(typed), { wrong: sentence });
  }
});

test('every listed command can be parsed', () => {
  for (const { word, argument } of COMMANDS) {
    const example = argument.replace('TIME|off', '5m').replaceAll(/[[\]]/g, '').replace('N', '3');
    const typed = `/${word} ${argument.startsWith('[') ? '' : example.toLowerCase()}`.trim();
    assert.equal(parse(typed).wrong, undefined, typed);
  }
});
