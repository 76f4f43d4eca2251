import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const MODEL = new URL('../../../main/page/js/model/', import.meta.url);
const GLOBALS = /(?<![#.\w])(?:document|window|localStorage|navigator|location|fetch)\b[.(]/;

test('the model imports no view, and only env.js uses the browser', () => {
  for (const name of readdirSync(MODEL)) {
    const source = readFileSync(new URL(name, MODEL), 'utf8');
    for (const [, path] of source.matchAll(/^import [^']*'([^']*)';$/gm)) {
      assert.match(path, /^\.\/\w+\.js$/, `${name} imports ${path}`);
    }
    if (name !== 'env.js') {
      const code = source.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
      assert.doesNotMatch(code, GLOBALS, name);
    }
  }
});
