// The cost of the page: bytes over the wire, and memory in a busy room.

import assert from 'node:assert/strict';
import { scenario } from './lib/scenario.js';
import { Talker } from './lib/talker.js';
import { eventually } from './lib/wait.js';

const WIRE_BYTES = 100_000;
const HEAP_BYTES = 150 * 1024 * 1024;
const MESSAGES = 50_000;
const BATCH = 1_000;

scenario('the first visit takes at most 100 KB, and the second next to nothing', async (scene) => {
  let bytes = 0;
  const asked = [];
  const prepare = async (page) => {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Network.enable');
    cdp.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  };
  const alice = await scene.person('alice', { prepare, keep: true });
  await alice.post('hello');
  console.log(`first visit: ${bytes} bytes in ${asked.length} requests: ${asked.join(' ')}`);
  assert.ok(bytes > 5_000, 'something was measured');
  assert.ok(bytes <= WIRE_BYTES, `${bytes} bytes`);
  bytes = 0;
  asked.length = 0;
  await alice.goto();
  await alice.page.reload();
  await alice.live();
  console.log(`second visit: ${bytes} bytes in ${asked.length} requests`);
  assert.ok(bytes < 15_000, `${bytes} bytes`);
});

scenario(`the page stays small in a room with ${MESSAGES} messages`, async (scene) => {
  const own = await scene.server('--messages-per-second', '0', '--new-rooms-per-hour', '0');
  const alice = await scene.person('alice', { server: own });
  const bob = await Talker.in(own, 'bob', scene.room);
  scene.end(() => bob.close());
  for (let sent = 0; sent < MESSAGES; sent += BATCH) {
    await bob.posts(scene.room, Array.from({ length: BATCH }, (_, i) => `message ${sent + i + 1} with \`code\` and https://example.org/${i}`));
    await eventually(async () => assert.ok((await alice.seqs()).at(-1) > sent), 'the page keeps up');
  }
  await alice.sees(`message ${MESSAGES} `);
  const cdp = await alice.cdp();
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  console.log(`after ${MESSAGES} messages: ${Math.round(usedSize / 1024)} KiB of heap, ${nodes} nodes, ${jsEventListeners} listeners`);
  assert.ok(usedSize <= HEAP_BYTES, `${usedSize} bytes of heap`);
  assert.ok((await alice.page.evaluate(() => document.querySelectorAll('*').length)) < 10_000);
  assert.ok(nodes < 30_000, `${nodes} nodes`);
}, { timeout: 400_000 });
