// Stores the page for use without a network, and detects a newer version on the server.

/** The version of this page is in its address: /assets/HASH/js/main.js. */
const MINE = /^\/assets\/[^/]+\//.exec(new URL(import.meta.url).pathname)?.[0] ?? '';

/** The only script that Trusted Types allow as a service worker. */
function worker() {
  const path = '/sw.js';
  const policy = window.trustedTypes?.createPolicy('worker', {
    createScriptURL: (url) => {
      if (url !== path) {
        throw new TypeError(`the service worker must be ${path}, not ${url}`);
      }
      return url;
    },
  });
  return policy ? policy.createScriptURL(path) : path;
}

export async function keepOffline() {
  if (!('serviceWorker' in navigator) || !window.isSecureContext) {
    return;
  }
  try {
    await navigator.serviceWorker.register(worker(), { updateViaCache: 'none' });
  } catch {
    // forbidden in private windows and by some settings: the page works, but not offline
  }
}

/** @returns {Promise<boolean>} true if the server has another version of this page */
export async function isOutdated() {
  try {
    const answer = await fetch('/', { cache: 'no-cache', credentials: 'omit' });
    return answer.ok && MINE !== '' && !(await answer.text()).includes(MINE);
  } catch {
    return false;
  }
}
