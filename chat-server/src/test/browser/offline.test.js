// The installed page, and the page without a server.

import assert from 'node:assert/strict';
import { scenario } from './lib/scenario.js';
import { eventually } from './lib/wait.js';

/** Waits until the service worker has stored the page. */
function kept(person) {
  return eventually(() => person.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const names = await caches.keys();
    return Boolean(registration?.active) && names.length > 0;
  }), 'the page is stored');
}

scenario('without a server, a reload shows stored messages, and that there is no connection', async (scene) => {
  const own = await scene.server();
  const alice = await scene.person('alice', { server: own, keep: true });
  await alice.post('kept for later');
  await kept(alice);
  await alice.page.reload(); // from now on served by the service worker
  await alice.sees('kept for later');
  await own.kill();
  await alice.at('state').waitFor({ state: 'visible' });

  await alice.page.reload();
  await alice.at('state').waitFor({ state: 'visible' });
  assert.match(await alice.at('state').innerText(), /No connection|offline/i);
  await alice.sees('kept for later');
  await alice.write('for when it is back');
  await alice.at('pending').waitFor();

  await own.start();
  await alice.at('state').waitFor({ state: 'hidden' });
  await alice.sees('for when it is back');
});

scenario('the page can be installed', async (scene) => {
  const alice = await scene.person('alice');
  await kept(alice);
  const cdp = await alice.cdp();
  await eventually(async () => {
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.filter((each) => each.errorId !== 'in-incognito'), []);
  });
  const { errors, data } = await cdp.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  assert.equal(manifest.display, 'standalone');
  for (const icon of manifest.icons) {
    const response = await fetch(new URL(icon.src, alice.server.url));
    assert.equal(response.status, 200, icon.src);
    assert.match(response.headers.get('content-type'), /^image\/svg\+xml/);
  }
});
