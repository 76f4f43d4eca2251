// All clients in one room.

import assert from 'node:assert/strict';
import { scenario, server } from './lib/scenario.js';
import { Seed, Terminal } from './lib/server.js';
import { eventually } from './lib/wait.js';

scenario('two browsers, a terminal, the programs of the seed and curl share a room', async (scene) => {
  const own = await scene.server();
  const alice = await scene.person('alice', { server: own, room: null });
  const bob = await scene.person('bob', { server: own, room: 'lobby' });
  const carol = new Terminal(own, 'carol', 'lobby');
  scene.end(() => carol.close());
  await carol.open();
  const seed = new Seed(own);
  scene.end(() => seed.end());
  seed.listen();
  await carol.shows('connected to');
  await eventually(async () => assert.match(await alice.at('members').innerText(), /bob[^]*carol[^]*msg_screen/)); // the listener of the seed, too

  await alice.post('hello from alice');
  await bob.post('hello from bob');
  await carol.shows('hello from bob');
  await carol.type('hello from carol');
  await own.post('lobby', 'ci', 'the build is green');
  seed.send('old', 'hello from the seed');

  for (const person of [alice, bob]) {
    for (const text of ['hello from alice', 'hello from bob', 'hello from carol', 'the build is green', 'hello from the seed']) {
      await person.sees(text);
    }
  }
  await carol.shows('the build is green');
  await carol.shows('hello from the seed');
  await seed.receives('hello from carol');
  await seed.receives('the build is green');
  assert.deepEqual(await alice.texts(), await bob.texts(), 'one order');
  const page = JSON.parse(await own.curl('/api/rooms/lobby/messages?limit=50'));
  assert.deepEqual(page.messages.filter((m) => m.type === 'message').map((m) => m.seq), await alice.seqs(), 'the same as curl sees');
});
