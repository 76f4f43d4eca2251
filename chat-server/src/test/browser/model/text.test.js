import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mentionAt } from '../../../main/page/js/model/names.js';
import { tokens, visible, visibleName } from '../../../main/page/js/model/text.js';

const kinds = (text, name) => tokens(text, name).map(({ kind, text: shown }) => `${kind}: ${shown}`);
const hrefs = (text) => tokens(text).filter(({ kind }) => kind === 'link').map(({ href }) => href);

test('the tokens hold the whole text', () => {
  for (const text of ['plain', ' a  b ', 'x\n\ny', '<b>&amp;</b>', '`', '``', '```', '@', '@.', 'http://', '* # >']) {
    assert.deepEqual(kinds(text), [`text: ${text}`]);
  }
  assert.deepEqual(tokens(''), []);
});

test('only http and https are links', () => {
  assert.deepEqual(hrefs('see https://example.org/a?b=c#d and HTTP://EXAMPLE.ORG'), [
    'https://example.org/a?b=c#d',
    'http://example.org/',
  ]);
  const none = [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org',
    'vbscript:x',
    'xhttp://example.org',
    'http://',
    'http://@',
    'https://bank.example@evil.example/',
    'https://bank.example:x@evil.example/',
    'http://[::1',
    'java\nscript:alert(1)',
  ];
  none.forEach((text) => assert.deepEqual(hrefs(text), [], text));
});

test('punctuation and brackets around a link belong to the sentence', () => {
  const link = 'https://example.org/x';
  for (const [around, href] of [
    [`${link}.`, link],
    [`${link}?!`, link],
    [`(${link})`, link],
    [`(see ${link}).`, link],
    [`${link}_(y)`, `${link}_(y)`],
    [`[${link}]`, link],
    [`"${link}"`, link],
    [`<${link}>`, link],
    [`**${link}**`, link],
    [`“${link}”`, link],
    [`${link},${link}`, `${link},${link}`],
    [`${link}…`, link],
  ]) {
    assert.deepEqual(hrefs(around), [href], around);
  }
});

test('control characters are visible in a link, too', () => {
  const [{ kind, text }] = tokens('https://example.org/\u202egpj.exe');
  assert.equal(kind, 'link');
  assert.ok(!text.includes('\u202e'));
});

test('code in lines and in blocks', () => {
  assert.deepEqual(kinds('run `rm -rf @bob https://x.y` now'), ['text: run ', 'code: rm -rf @bob https://x.y', 'text:  now']);
  assert.deepEqual(kinds('a ` b\nc ` d'), ['text: a ` b\nc ` d'], 'code in a line ends with it');
  assert.deepEqual(tokens('see\n```js\nlet a = `b`;\n\nhttp://x.y\n```\nend'), [
    { kind: 'text', text: 'see' },
    { kind: 'block', text: 'let a = `b`;\n\nhttp://x.y', lang: 'js' },
    { kind: 'text', text: 'end' },
  ]);
  assert.deepEqual(tokens('```one line```'), [{ kind: 'block', text: 'one line' }]);
  assert.deepEqual(kinds('```\nnever closed'), ['text: ```\nnever closed']);
  assert.deepEqual(tokens('```\n\tindented\n```'), [{ kind: 'block', text: '\tindented' }]);
});

test('a link whose host looks like another one shows the real host', () => {
  for (const [text, leads] of [
    ['http://\u0430pple.example/', 'xn--pple-43d.example'],
    ['http://good.example\u2044path.evil.example/', 'good.xn--examplepath-lx3f.evil.example'],
    ['http://good.example\u3002evil.example', 'good.example.evil.example'],
    ['https://0x7f000001/', '127.0.0.1'],
    ['HTTPS://Example.ORG:8443/\u00e9', undefined],
    ['http://[::1]:3306/#lobby', undefined],
  ]) {
    assert.equal(tokens(text)[0].leads, leads, text);
  }
});

test('searching a name is linear in the length of the text', (t) => {
  const looks = t.mock.method(RegExp.prototype, 'test');
  for (const [part, name] of [
    [`${',bob'.repeat(74)}/`, 'bob'],
    [`${',a'.repeat(149)}/`, 'a'],
    [`/${',a'.repeat(149)}`, 'a'],
  ]) {
    const text = part.repeat(Math.floor(65_536 / part.length));
    looks.mock.resetCalls();
    assert.equal(mentionAt(text, name), -1);
    assert.ok(looks.mock.callCount() < 10 * text.length, `${looks.mock.callCount()} looks`);
  }
});

test('mentions of the reader and of others', () => {
  assert.deepEqual(tokens('@alice, ask @Bob-2.', 'bob-2'), [
    { kind: 'mention', text: '@alice', me: false },
    { kind: 'text', text: ', ask ' },
    { kind: 'mention', text: '@Bob-2', me: true },
    { kind: 'text', text: '.' },
  ]);
  assert.deepEqual(kinds('alice: hi', 'alice'), ['mention: alice', 'text: : hi']);
  assert.deepEqual(kinds('mail me@example.org', 'me'), ['text: mail me@example.org']);
});

test('a mention is a word of its own', () => {
  for (const text of ['alice', 'ALICE!', '@alice', "alice's", '(alice, bob)', 'hi alice', 'alice…', 'Alice\nx', 'bob@x and alice', 'alice--bob']) {
    assert.ok(mentionAt(text, 'alice') >= 0, text);
  }
  for (const text of ['malice', 'alice2', 'alice-2', 'alice.example.org', 'http://x/alice/y', './alice', 'alice_b', 'alice@example.org', 'bob@alice', 'alicé', '']) {
    assert.equal(mentionAt(text, 'alice'), -1, text);
  }
  assert.ok(mentionAt('frag Jürgen', 'JÜRGEN') >= 0);
  assert.ok(mentionAt('問う 太郎 さん', '太郎') >= 0);
  assert.equal(mentionAt('anything', ' '), -1);
  assert.ok(mentionAt('İİ alice', 'alice') >= 0, 'letters that grow in lower case');
});

test('control characters and direction overrides become visible', () => {
  assert.equal(visible('a\u001b[31mb\u0000'), 'a\\x1b[31mb\\x00');
  assert.equal(visible('\u202egnp.exe\u2066'), '\\u202egnp.exe\\u2066');
  assert.equal(visible('a\u2028b\u200bc\ufeffd'), 'a\\u2028b\\u200bc\\ufeffd');
  assert.equal(visible('lone \ud83d'), 'lone \\ud83d');
  assert.equal(visible('tag \u{e0041}'), 'tag \\u{e0041}');
  assert.equal(visible('a\r\nb\rc\td'), 'a\nb\nc\td');
  assert.equal(visibleName('a\nb\tc'), 'a\\nb\\tc');
});

test('characters that scripts, emoji and flags need stay', () => {
  for (const text of ['👩‍👩‍👧‍👦', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', 'می‌خواهم', 'é ñ', '1️⃣', '❤️', 'שָׁלוֹם', 'ไม่รู้', 'र्क्षि', 'שלום\u200f!', 'a\\b']) {
    assert.equal(visible(text), text);
  }
  assert.equal(visible('abc\u200f'), 'abc\\u200f', 'a mark of direction that has nothing to do');
});

test('stacked combining marks are cut', () => {
  const zalgo = `Z${'\u0351\u0343\u030a\u0329\u033c'.repeat(20)}a${'\u0301'.repeat(4)}l`;
  assert.equal(visible(zalgo), `Z\u0351\u0343\u030a\u0329a${'\u0301'.repeat(4)}l`);
  assert.equal(visible(`a${'\u0301'.repeat(3)}\u200d${'\u0301'.repeat(9)}`).length, 1 + 4 + 1);
});

test('the longest hostile text is fast, and becomes few tokens', () => {
  const parts = ['`', '`a\n', '```', '``` ', '@a ', 'http://a)', 'http://[', 'alice/ ', 'alice ', 'alice@', '(https://x.y ', '\u0301', '\u202e', '\u{e0041}', '🏴\u{e0067}', '"alice@x ', '((((', 'http://a((('];
  const begin = process.cpuUsage();
  for (const part of parts) {
    const hostile = part.repeat(Math.floor(65_536 / part.length));
    assert.ok(tokens(hostile, 'alice').length < 1_000, part);
  }
  const { user } = process.cpuUsage(begin);
  assert.ok(user < 10_000_000, `${user} µs of processor for ${parts.length} texts of 64 KiB`);
});
