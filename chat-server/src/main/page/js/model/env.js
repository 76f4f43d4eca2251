/**
 * What the model needs of the browser. Tests hand in another one; nothing else in this directory
 * touches a global.
 *
 * @typedef {object} Env
 * @property {string} url where the server takes sessions
 * @property {new (url: string, protocols: string[]) => WebSocket} WebSocket
 * @property {Storage|null} storage null where there is none
 * @property {(bytes: number) => string} random so many random bytes, as hex
 * @property {(fn: () => void, millis: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} now milliseconds since 1970
 * @property {() => number} chance from 0 up to 1
 * @property {(fn: () => void) => void} frame calls before one of the next pictures is drawn
 * @property {() => boolean} hidden whether nobody can see the page
 * @property {(fn: (what: 'online'|'offline'|'wake'|'hide'|'storage', detail?: any) => void) => void} listen
 */

/** A picture that is not drawn, because the tab is hidden, is not waited for longer than this. */
const LONGEST_FRAME_MILLIS = 250;

/**
 * Between two changes of the page. Drawing is what a busy room costs: nobody reads more than five
 * pictures a second, and what comes alone is drawn at once.
 */
const CALM_MILLIS = 200;

/** @returns {Env} */
export function browserEnv(w = globalThis) {
  let nextMillis = 0;
  const scheme = w.location.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    url: `${scheme}//${w.location.host}/ws`,
    WebSocket: w.WebSocket,
    storage: storageOf(w),
    random(bytes) {
      const all = w.crypto.getRandomValues(new Uint8Array(bytes));
      return Array.from(all, (b) => b.toString(16).padStart(2, '0')).join('');
    },
    setTimeout: (fn, millis) => w.setTimeout(fn, millis),
    clearTimeout: (timer) => w.clearTimeout(timer),
    now: () => Date.now(),
    chance: () => Math.random(),
    frame(fn) {
      let isDone = false;
      const once = () => {
        if (!isDone) {
          isDone = true;
          nextMillis = w.performance.now() + CALM_MILLIS;
          fn();
        }
      };
      const draw = () => {
        w.requestAnimationFrame(once);
        w.setTimeout(once, LONGEST_FRAME_MILLIS);
      };
      const wait = nextMillis - w.performance.now();
      if (wait > 0) {
        w.setTimeout(draw, wait);
      } else {
        draw();
      }
    },
    hidden: () => w.document.visibilityState === 'hidden',
    listen(fn) {
      w.addEventListener('online', () => fn('online'));
      w.addEventListener('offline', () => fn('offline'));
      w.addEventListener('pageshow', () => fn('wake'));
      w.addEventListener('pagehide', () => fn('hide'));
      w.document.addEventListener('visibilitychange', () =>
        fn(w.document.visibilityState === 'hidden' ? 'hide' : 'wake'),
      );
      w.addEventListener('storage', (event) => fn('storage', event));
    },
  };
}

/** Reading the property alone throws where a browser keeps nothing. */
function storageOf(w) {
  try {
    return w.localStorage;
  } catch {
    return null;
  }
}
