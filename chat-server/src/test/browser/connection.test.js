// Bad connections.

import assert from 'node:assert/strict';
import { scenario, server } from './lib/scenario.js';
import { scratch } from './lib/server.js';
import { numbered, Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

/** No message is missing, duplicated or out of order. */
async function sameAsServer(person, own, room) {
  const page = JSON.parse(await own.curl(`/api/rooms/${room}/messages?limit=200`));
  const there = page.messages.filter((m) => m.type === 'message').map(({ seq, text }) => ({ seq, text }));
  await eventually(async () => {
    const here = await person.texts();
    assert.deepEqual(here, there.slice(-here.length));
    assert.ok(here.length >= Math.min(there.length, 50), `${here.length} of ${there.length}`);
  });
}

scenario('a lost server is noticed at once, and posts are sent once after reconnecting', async (scene) => {
  const own = await scene.server('--data', scratch());
  const alice = await scene.person('alice', { server: own });
  const bob = await scene.person('bob', { server: own });
  await alice.post('before');
  await own.kill();
  await alice.at('state').waitFor({ state: 'visible' });
  assert.match(await alice.at('state').innerText(), /No connection since \d/);
  await alice.write('posted while offline');
  await alice.write('and another');
  await eventually(async () => assert.equal(await alice.at('pending').count(), 2));
  await own.start();
  await alice.at('state').waitFor({ state: 'hidden' });
  await eventually(async () => assert.equal(await alice.at('pending').count(), 0));
  for (const person of [alice, bob]) {
    await person.sees('and another');
    assert.deepEqual((await person.texts()).map((m) => m.text), ['before', 'posted while offline', 'and another']);
  }
  await sameAsServer(alice, own, scene.room);
});

scenario('a post made without a server survives a closed tab', async (scene) => {
  const own = await scene.server('--data', scratch());
  const alice = await scene.person('alice', { server: own, keep: true });
  await alice.post('before');
  await own.kill();
  await alice.at('state').waitFor({ state: 'visible' });
  await alice.write('written to a closed tab');
  await eventually(async () => assert.equal(await alice.at('pending').count(), 1));
  await alice.page.close();
  await own.start();
  await alice.reopen();
  await alice.live();
  await alice.sees('written to a closed tab');
  await eventually(async () => assert.equal(await alice.at('pending').count(), 0));
  const other = await alice.tab();
  await other.live();
  await sameAsServer(alice, own, scene.room);
  const all = (await alice.texts()).map((m) => m.text);
  assert.deepEqual(all, ['before', 'written to a closed tab']);
});

scenario('the page connects only after a name is given', async (scene) => {
  let sockets = 0;
  const alice = await scene.person(`alice${scene.room}`, { enter: false, prepare: (page) => page.on('websocket', () => sockets++) });
  await alice.at('name-dialog').waitFor();
  await alice.page.evaluate(() => {
    ['online', 'pageshow', 'focus'].forEach((what) => window.dispatchEvent(new Event(what)));
    document.dispatchEvent(new Event('visibilitychange'));
  });
  assert.equal(sockets, 0);
  await alice.enter();
  await alice.inside(scene.room);
  assert.equal(sockets, 1);
});

scenario('a draft survives the tab', async (scene) => {
  const alice = await scene.person('alice', { keep: true });
  await alice.at('composer').fill('half a thou');
  await alice.page.goto('about:blank');
  await alice.goto();
  await alice.live();
  await eventually(async () => assert.equal(await alice.at('composer').inputValue(), 'half a thou'));
});

scenario('nothing is duplicated or missing after the server was killed and restarted, while others post', async (scene) => {
  const own = await scene.server('--data', scratch(), '--messages-per-second', '0');
  const alice = await scene.person('alice', { server: own });
  const first = await Talker.in(own, 'bob', scene.room);
  await first.posts(scene.room, numbered('before', 1, 20));
  await alice.sees('before 20');
  for (const round of [1, 2]) {
    await own.kill();
    await alice.at('state').waitFor({ state: 'visible' });
    await own.start();
    const bob = await Talker.in(own, `bob${round}`, scene.room);
    await bob.posts(scene.room, numbered(`round ${round} line`, 1, 30));
    await alice.sees(`round ${round} line 30`);
    bob.close();
  }
  await sameAsServer(alice, own, scene.room);
});

scenario('nothing is duplicated or missing after the network was lost', async (scene) => {
  const alice = await scene.person('alice');
  const bob = await Talker.in(await server(), 'bob', scene.room);
  scene.end(() => bob.close());
  await bob.posts(scene.room, numbered('before', 1, 10));
  await alice.sees('before 10');
  await alice.context.setOffline(true);
  await alice.at('state').waitFor({ state: 'visible' });
  assert.match(await alice.at('state').innerText(), /offline|No connection/i);
  await alice.write('from the tunnel');
  await bob.posts(scene.room, numbered('during', 1, 40));
  await alice.context.setOffline(false);
  await alice.at('state').waitFor({ state: 'hidden' });
  await alice.sees('from the tunnel');
  await sameAsServer(alice, await server(), scene.room);
});

scenario('nothing is duplicated or missing after a tab was frozen', async (scene) => {
  const alice = await scene.person('alice');
  const bob = await Talker.in(await server(), 'bob', scene.room);
  scene.end(() => bob.close());
  await bob.posts(scene.room, ['before']);
  await alice.sees('before');
  const cdp = await alice.cdp();
  await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
  await bob.posts(scene.room, numbered('asleep', 1, 150));
  await cdp.send('Page.setWebLifecycleState', { state: 'active' });
  await alice.sees('asleep 150');
  await sameAsServer(alice, await server(), scene.room);
});

scenario('two tabs share waiting posts, and send each once', async (scene) => {
  const own = await scene.server('--data', scratch());
  const alice = await scene.person('alice', { server: own, keep: true });
  const other = await alice.tab();
  await other.live();
  await own.kill();
  for (const tab of [alice, other]) {
    await tab.at('state').waitFor({ state: 'visible' });
  }
  await alice.write('from one tab');
  await other.write('from the other');
  await own.start();
  for (const tab of [alice, other]) {
    await tab.at('state').waitFor({ state: 'hidden' });
    await tab.sees('from one tab');
    await tab.sees('from the other');
    await eventually(async () => assert.equal(await tab.at('pending').count(), 0));
    await sameAsServer(tab, own, scene.room);
  }
  assert.equal((await alice.texts()).length, 2);
});

scenario('reconnecting never stops', async (scene) => {
  const own = await scene.server();
  let tries = 0;
  const prepare = async (page) => {
    await page.clock.install();
    page.on('websocket', () => tries++);
  };
  const alice = await scene.person('alice', { server: own, prepare });
  await own.stop();
  await alice.at('state').waitFor({ state: 'visible' });
  const waits = () => alice.page.evaluate(() => document.documentElement.dataset.state === 'offline');
  const aMinute = async () => {
    if (await waits()) {
      await alice.page.clock.runFor('01:00'); // longer than the longest pause
    }
  };
  for (let failures = 0; failures < 30; failures++) {
    const before = tries;
    await eventually(async () => {
      await aMinute();
      return tries > before;
    }, `another attempt after ${failures} failures`);
  }
  await own.start();
  await eventually(async () => {
    await aMinute();
    assert.equal(await alice.page.evaluate(() => document.documentElement.dataset.state), 'live');
  });
});

scenario('a message that is too long is reported, not posted', async (scene) => {
  const own = await scene.server('--max-message-bytes', '1024');
  const alice = await scene.person('alice', { server: own });
  await alice.write('x'.repeat(1025));
  await eventually(async () => {
    const waits = (await alice.at('pending').count()) > 0 && (await alice.at('pending').getAttribute('data-state')) === 'failed';
    const refused = /1,?\d{3}|long/.test(await alice.page.locator('#hint').innerText());
    assert.ok(waits || refused, 'reported as too long');
  });
  assert.equal(await alice.at('message').count(), 0);
});
