// The main path in Debian's Firefox.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Firefox } from './lib/firefox.js';
import { scenario } from './lib/scenario.js';
import { OUT, scratch } from './lib/server.js';
import { numbered, Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

scenario('Firefox: enter, post, lose the server, reconnect, reload', async (scene) => {
  const own = await scene.server('--data', scratch());
  const bob = await Talker.in(own, 'bob', scene.room);
  await bob.posts(scene.room, numbered('before', 1, 5));
  const alice = await Firefox.open();
  scene.end(() => alice.close());
  try {
    await alice.goto(`${own.url}/#${scene.room}`);
    await eventually(async () => (await alice.count('name-input')) === 1, 'the name dialog');
    await alice.click('name-input');
    await alice.type('alice');
    await alice.enter();
    await alice.sees('before 5');
    await alice.click('composer');
    await alice.type('hello from Firefox');
    await alice.enter();
    await alice.sees('hello from Firefox');
    bob.post(scene.room, 'hello `Firefox`, see https://example.org/');
    await bob.acknowledged();
    await alice.sees('hello Firefox, see https://example.org/');

    bob.close();
    await own.kill();
    await eventually(async () => assert.notEqual(await alice.state(), 'live'));
    await eventually(async () => assert.match(await alice.text(), /No connection since/));
    await alice.click('composer');
    await alice.type('posted while offline');
    await alice.enter();
    await eventually(async () => assert.equal(await alice.count('pending'), 1));
    await own.start();
    await alice.sees('posted while offline');
    await eventually(async () => assert.equal(await alice.count('pending'), 0));

    await alice.goto(`${own.url}/`);
    await eventually(async () => assert.equal(await alice.state(), 'live'));
    await alice.sees('posted while offline');
    const page = JSON.parse(await own.curl(`/api/rooms/${scene.room}/messages`));
    assert.deepEqual(page.messages.map((each) => each.text), [...numbered('before', 1, 5), 'hello from Firefox', 'hello `Firefox`, see https://example.org/', 'posted while offline']);
    const wrong = alice.console.filter((line) => /^(error|warn)/.test(line) && !/connection to|can.t establish/i.test(line));
    assert.deepEqual(wrong, []);
  } catch (e) {
    writeFileSync(join(OUT, 'firefox.png'), await alice.picture().catch(() => ''));
    console.error(await alice.text().catch(String), alice.console.join('\n'), alice.stderr.slice(-2000));
    throw e;
  }
});
