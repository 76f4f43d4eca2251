// Service worker: stores the page for use without a network.
//
// The page and its assets belong together: index.html names the directory of its version, and no two versions share
// one. So the page comes from the network if there is one, and assets come from the cache. A newer page is stored only
// together with all its assets. No messages pass through here.

const PREFIX = 'chatroom-';
const PATIENCE_MILLIS = 4000;

/** Stores a page with all the assets that it names, or nothing. */
async function keep(page) {
  const text = await page.clone().text();
  const assets = [...new Set(text.match(/\/assets\/[A-Za-z0-9_-]+\/[A-Za-z0-9_./-]+/g) ?? [])];
  const version = /\/assets\/([A-Za-z0-9_-]+)\//.exec(text)?.[1];
  if (!version) {
    return;
  }
  const name = `${PREFIX}${version}`;
  const cache = await caches.open(name);
  const missing = [];
  for (const asset of assets) {
    if (!(await cache.match(asset))) {
      missing.push(asset);
    }
  }
  await cache.addAll(missing);
  await cache.put('/', page);
  await cache.add(new Request('/manifest.webmanifest', { cache: 'no-cache' })).catch(() => {});
  for (const each of await caches.keys()) {
    if (each.startsWith(PREFIX) && each !== name) {
      await caches.delete(each);
    }
  }
}

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      await keep(await fetch('/', { cache: 'no-cache' }));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function kept(path) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX)) {
      const found = await (await caches.open(name)).match(path);
      if (found) {
        return found;
      }
    }
  }
  return undefined;
}

async function page(event) {
  const fromNetwork = fetch(event.request, { cache: 'no-cache' }).then((answer) => {
    if (answer.ok && answer.type === 'basic') {
      event.waitUntil(keep(answer.clone()).catch(() => {}));
      return answer;
    }
    throw new Error(String(answer.status));
  });
  const old = await kept('/');
  if (!old) {
    return fromNetwork;
  }
  const tooSlow = new Promise((resolve) => setTimeout(() => resolve(old), PATIENCE_MILLIS));
  return Promise.race([fromNetwork.catch(() => old), tooSlow]);
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) {
    return;
  }
  if (url.pathname === '/' && event.request.mode === 'navigate') {
    event.respondWith(page(event));
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(kept(url.pathname).then((found) => found ?? fetch(event.request)));
  } else if (url.pathname === '/manifest.webmanifest') {
    event.respondWith(fetch(event.request).catch(() => kept(url.pathname)));
  }
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const room = event.notification.data?.room ?? '';
  event.waitUntil(
    (async () => {
      const all = await self.clients.matchAll({ type: 'window' });
      if (all.length > 0) {
        await all[0].focus();
        all[0].postMessage({ open: room });
      } else {
        await self.clients.openWindow(`/#${encodeURI(room)}`);
      }
    })(),
  );
});
