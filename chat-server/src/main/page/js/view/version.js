// Keeps the page for times without a network, and tells when the server has a newer one.

/** What this page was built from stands in its address: /assets/HASH/js/view/version.js. */
const MINE = /^\/assets\/[^/]+\//.exec(new URL(import.meta.url).pathname)?.[0] ?? '';

/** Lets the one script through that may become a service worker. */
function worker() {
  const path = '/sw.js';
  const policy = window.trustedTypes?.createPolicy('worker', {
    createScriptURL: (url) => {
      if (url !== path) {
        throw new TypeError(`only ${path} is a worker here`);
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
    // private windows and some settings forbid it: the page works, but not offline
  }
}

/** @returns {Promise<boolean>} whether the server has another version of this page */
export async function isOutdated() {
  try {
    const answer = await fetch('/', { cache: 'no-cache', credentials: 'omit' });
    return answer.ok && MINE !== '' && !(await answer.text()).includes(MINE);
  } catch {
    return false;
  }
}
