import { randomBytes } from 'node:crypto';

/** A localStorage. Several tabs can share it, and it can be full. */
export class FakeStorage {
  map = new Map();
  listeners = new Set();
  maxChars = Infinity;

  get length() {
    return this.map.size;
  }

  key(i) {
    return [...this.map.keys()][i] ?? null;
  }

  getItem(key) {
    return this.map.get(key) ?? null;
  }

  setItem(key, value) {
    const others = [...this.map].reduce((sum, [k, v]) => sum + (k === key ? 0 : k.length + v.length), 0);
    if (others + key.length + value.length > this.maxChars) {
      throw new Error('QuotaExceededError');
    }
    this.map.set(key, String(value));
  }

  removeItem(key) {
    if (this.map.delete(key)) {
      this.listeners.forEach((fn) => fn({ key, newValue: null }));
    }
  }
}

/** A clock that a test moves. */
export class Clock {
  now = 1_800_000_000_000;
  #timers = new Map();
  #count = 0;

  setTimeout(fn, millis) {
    const id = ++this.#count;
    this.#timers.set(id, { at: this.now + Math.max(0, millis), id, fn });
    return id;
  }

  clearTimeout(id) {
    this.#timers.delete(id);
  }

  get size() {
    return this.#timers.size;
  }

  /** Runs the timers that are due within a time; settles promises in between. */
  async pass(millis) {
    const until = this.now + millis;
    await settle();
    for (;;) {
      const due = [...this.#timers.values()].filter(({ at }) => at <= until);
      if (due.length === 0) {
        break;
      }
      const next = due.reduce((a, b) => (b.at < a.at || (b.at === a.at && b.id < a.id) ? b : a));
      this.#timers.delete(next.id);
      this.now = Math.max(this.now, next.at);
      next.fn();
      await settle();
    }
    this.now = until;
  }

  /** Time passes without any timer: the lid is closed. */
  sleep(millis) {
    this.now += millis;
  }

  /** The clock is set back; timers keep their remaining time. */
  setBack(millis) {
    this.now -= millis;
    this.#timers.forEach((timer) => (timer.at -= millis));
  }
}

export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A browser tab on a fake clock. */
export function fakeEnv({ clock, WebSocket, storage = new FakeStorage(), chance = () => 0.5, tab }) {
  const listeners = [];
  const sockets = [];
  const env = {
    url: 'ws://test/ws',
    WebSocket: class extends WebSocket {
      constructor(...all) {
        super(...all);
        this.tab = tab;
        sockets.push(this);
      }
    },
    storage,
    random: (bytes) => randomBytes(bytes).toString('hex'),
    setTimeout: (fn, millis) => clock.setTimeout(() => env.isOpen && fn(), millis),
    clearTimeout: (timer) => clock.clearTimeout(timer),
    now: () => clock.now,
    chance,
    frame: (fn) => env.setTimeout(fn, 16),
    hidden: () => env.isHidden,
    listen: (fn) => listeners.push(fn),

    // For tests.
    isHidden: false,
    isOpen: true,
    /** Simulates an event of the browser. */
    tell: (what, detail) => env.isOpen && listeners.forEach((fn) => fn(what, detail)),
    /** Ends the tab: its timers do not run any more. */
    close() {
      env.isOpen = false;
      sockets.forEach((socket) => {
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.connection.cut();
      });
    },
  };
  storage?.listeners.add((event) => env.tell('storage', event));
  return env;
}

/** A tab in real time, for a real server. */
export function realEnv({ url, WebSocket, storage = new FakeStorage() }) {
  const listeners = [];
  return {
    url,
    WebSocket,
    storage,
    random: (bytes) => randomBytes(bytes).toString('hex'),
    setTimeout: (fn, millis) => setTimeout(fn, millis),
    clearTimeout: (timer) => clearTimeout(timer),
    now: () => Date.now(),
    chance: () => 0,
    frame: (fn) => setTimeout(fn, 5),
    hidden: () => false,
    listen: (fn) => listeners.push(fn),
    tell: (what, detail) => listeners.forEach((fn) => fn(what, detail)),
  };
}

/** Waits for a condition, with a limit for slow machines. */
export async function until(what, condition, millis = 60_000) {
  const end = Date.now() + millis;
  for (;;) {
    const value = condition();
    if (value) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`not after ${millis} ms: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
