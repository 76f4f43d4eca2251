/**
 * What the model needs from the browser. Tests pass a fake; nothing else in this directory uses a
 * global.
 *
 * @typedef {object} Env
 * @property {string} url the WebSocket address of the server
 * @property {new (url: string, protocols: string[]) => WebSocket} WebSocket
 * @property {Storage|null} storage null where there is none
 * @property {(bytes: number) => string} random returns random bytes in hex
 * @property {(fn: () => void, millis: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} now milliseconds since 1970
 * @property {() => number} chance a random number from 0 up to 1
 * @property {(fn: () => void) => void} frame calls a function before one of the next frames is drawn
 * @property {() => boolean} hidden true if the page is not visible
 * @property {(fn: (what: 'online'|'offline'|'wake'|'hide'|'storage', detail?: any) => void) => void} listen
 */

/** A hidden tab draws no frames: the function is called after this time. */
const LONGEST_FRAME_MILLIS = 250;

/**
 * Minimum time between two frames. Drawing is the cost of a busy room, and nobody can read more than
 * five frames a second. A single change is drawn at once.
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

/** If storage is disabled, reading the property throws. */
function storageOf(w) {
  try {
    return w.localStorage;
  } catch {
    return null;
  }
}
