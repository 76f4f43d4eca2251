import { offline, Refusal } from './refusal.js';

/**
 * A session over WebSocket that reconnects forever (SESSIONS.md, S-05, S-60 to S-63): it connects,
 * sends the hello, passes on what it receives, and detects a dead connection. It knows nothing about
 * rooms.
 *
 * @typedef {object} Callbacks
 * @property {() => object} hello returns the hello to send
 * @property {(welcome: object) => void} welcomed
 * @property {(object: object) => void} received takes every other object that answers no request
 * @property {(object: object, request: object) => void} answered takes an answer, before its promise
 *     is resolved
 * @property {() => void} lost called when the connection is lost; all open requests have failed
 * @property {() => void} changed called when `state` or `reason` changes
 */

const PROTOCOL = 'chatroom.2';

/** Time limit from opening a connection to the welcome. */
const WELCOME_MILLIS = 15_000;

const RETRY_MILLIS = 1_000;
const LONGEST_WAIT_MILLIS = 30_000;

/** Upper bound for the pause that a server may ask for. */
const LONGEST_AFTER_MILLIS = 3_600_000;

/** A request is sent again if the server asks for a pause up to this; otherwise it fails. */
const LONGEST_RETRY_MILLIS = 30_000;

/** A session that lasts this long resets the count of failures. */
const STEADY_MILLIS = 5_000;

const TICK_MILLIS = 2_000;

/** A timer this late has slept, or the clock was set. */
const SLEEP_MILLIS = 10_000;

/** If the server is silent for this long after an object that it must answer, it gets a ping. */
const ANSWER_MILLIS = 5_000;

/** Time limit for the pong after a sleep, or a change of the network. */
const WAKE_MILLIS = 4_000;

const PING_SECONDS = 30;

/** Close codes of WebSocket (S-61): from 4000, reconnect; from 4500, stop. */
const FIRST_STOP = 4500;
const FIRST_RECONNECT = 4000;

export class Session {
  /** 'offline' | 'connecting' | 'live' | 'stopped' */
  state = 'stopped';

  /** Why it is not live: {code, do, text, retryAt?}, or null. */
  reason = null;

  #env;
  #callbacks;
  #socket = null;
  #timer = null;
  #ticker = null;
  #failures = 0;

  /** Until then, the server wants no connection, even if the browser has news of its network. */
  #notBefore = 0;
  #connectingSince = 0;
  #receivedAt = 0;
  #sentAt = 0;

  /** When the first object was sent that the server must answer, or 0. */
  #unansweredSince = 0;
  #pongTimer = null;
  #pongMillis = 0;
  #tickedAt = 0;
  #pingSeconds = PING_SECONDS;

  /** Requests without an answer, by q. */
  #requests = new Map();
  #count = 0;

  /**
   * @param {import('./env.js').Env} env
   * @param {Callbacks} callbacks
   */
  constructor(env, callbacks) {
    this.#env = env;
    this.#callbacks = callbacks;
  }

  /** Connects, or drops the connection and connects anew. */
  start() {
    this.#drop();
    this.#failures = 0;
    this.#notBefore = 0;
    this.#connect();
  }

  /** Ends the session until it is started again. */
  stop(reason = null) {
    this.#drop(this.state === 'live');
    this.#set('stopped', reason);
  }

  /** The network of the browser has changed, or the tab was woken. */
  notice(what) {
    if (this.state === 'stopped') {
      return;
    }
    if (what === 'offline') {
      this.#lose({ code: 'offline', text: 'This device is offline.' });
    } else if (this.state === 'live') {
      this.check();
    } else if (this.state === 'offline' && this.#env.now() >= this.#notBefore) {
      this.#connect();
    } else if (this.state === 'connecting' && this.#env.now() - this.#connectingSince > WAKE_MILLIS) {
      this.#drop();
      this.#connect();
    }
  }

  /** Sends a ping, and drops the connection if there is no answer within a few seconds. */
  check() {
    this.#ping(WAKE_MILLIS);
  }

  /** Reconnects after the server has broken the protocol, or an object was lost. */
  resume(text) {
    this.#failures = Math.max(this.#failures, 1);
    this.#lose({ code: 'protocol', text });
  }

  /** @returns {boolean} false if there is no connection */
  send(object) {
    if (this.state !== 'live') {
      return false;
    }
    this.#write(object);
    this.#unansweredSince ||= this.#env.now();
    return true;
  }

  /** Sends a request with a `q`. @returns {Promise<object>} the answer; rejected with a Refusal */
  request(object) {
    return new Promise((resolve, reject) => {
      if (this.state !== 'live') {
        reject(offline());
        return;
      }
      const q = `q${++this.#count}`;
      const asked = { request: { ...object, q }, resolve, reject };
      this.#requests.set(q, asked);
      this.send(asked.request);
    });
  }

  /** Resolves the oldest request that matches: some are answered by an event that everybody receives. */
  answerWhere(isAnswer, object) {
    for (const [q, asked] of this.#requests) {
      if (isAnswer(asked.request)) {
        this.#requests.delete(q);
        asked.resolve(object);
        return;
      }
    }
  }

  /** Calls a function later, unless the connection is another one by then. */
  later(millis, fn) {
    const now = this.#socket;
    this.#env.setTimeout(() => {
      if (this.#socket === now && this.state === 'live') {
        fn();
      }
    }, millis);
  }

  // The connection.

  #connect() {
    this.#drop();
    this.#connectingSince = this.#env.now();
    this.#set('connecting', this.reason);
    let socket;
    try {
      socket = new this.#env.WebSocket(this.#env.url, [PROTOCOL]);
    } catch {
      this.#lose({ code: 'unreachable', text: 'The server cannot be reached.' });
      return;
    }
    this.#socket = socket;
    socket.onopen = () => this.#write({ type: 'hello', v: 2, ...this.#callbacks.hello() });
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#timer = this.#env.setTimeout(
      () => this.#lose({ code: 'unreachable', text: 'The server is not responding.' }),
      WELCOME_MILLIS,
    );
  }

  #write(object) {
    this.#sentAt = this.#env.now();
    this.#socket.send(JSON.stringify(object));
  }

  #closed(code) {
    if (code >= FIRST_STOP && code < 5000) {
      const text = `The server closed the connection for good (code ${code}).`;
      this.stop({ code: `closed-${code}`, do: 'stop', text });
    } else {
      const text =
        code >= FIRST_RECONNECT
          ? 'The server closed the connection.'
          : this.state === 'live'
            ? 'The connection to the server was lost.'
            : 'The server cannot be reached.';
      this.#lose({ code: this.state === 'live' ? 'lost' : 'unreachable', text });
    }
  }

  /** Drops the connection, and schedules the next attempt. */
  #lose(reason, afterMillis) {
    this.#drop();
    const first = Math.min(afterMillis ?? RETRY_MILLIS, LONGEST_AFTER_MILLIS);
    const doubled = first * 2 ** Math.min(this.#failures, 10);
    const longest = Math.max(LONGEST_WAIT_MILLIS, first);
    const wait = Math.round(Math.min(longest, doubled) * (0.5 + this.#env.chance()));
    this.#failures++;
    const retryAt = this.#env.now() + wait;
    this.#notBefore = afterMillis === undefined ? 0 : retryAt;
    this.#timer = this.#env.setTimeout(() => this.#connect(), wait);
    this.#set('offline', { do: 'reconnect', ...reason, retryAt });
  }

  /** Drops the connection, and fails all open requests. */
  #drop(politely = false) {
    for (const timer of [this.#timer, this.#ticker, this.#pongTimer]) {
      this.#env.clearTimeout(timer);
    }
    this.#timer = this.#ticker = this.#pongTimer = null;
    this.#unansweredSince = 0;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) {
      return;
    }
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      if (politely) {
        socket.send(JSON.stringify({ type: 'bye' }));
      }
      socket.close();
    } catch {
      // it was not open yet
    }
    const open = [...this.#requests.values()];
    this.#requests.clear();
    open.forEach(({ reject }) => reject(offline()));
    this.#callbacks.lost();
  }

  #set(state, reason) {
    if (this.state !== state || this.reason !== reason) {
      this.state = state;
      this.reason = reason;
      this.#callbacks.changed();
    }
  }

  // Receiving.

  #take(data) {
    this.#receivedAt = this.#env.now();
    this.#unansweredSince = 0;
    this.#env.clearTimeout(this.#pongTimer);
    this.#pongTimer = null;
    let object;
    try {
      object = JSON.parse(data);
    } catch {
      object = null;
    }
    if (object === null || typeof object !== 'object' || typeof object.type !== 'string') {
      this.resume('The server sent something that is not part of the protocol.');
    } else if (object.type === 'bye') {
      this.#act(object);
    } else if (object.type === 'error' && (object.do === 'reconnect' || object.do === 'stop')) {
      this.#act(object);
    } else if (this.state === 'live') {
      this.#receive(object);
    } else if (object.type === 'welcome') {
      this.#welcome(object);
    } else if (object.type === 'error') {
      this.#act(object);
    }
  }

  #act({ code, do: act, text, afterMillis }) {
    const reason = { code, do: act, text };
    if (act === 'reconnect') {
      this.#lose(reason, afterMillis ?? RETRY_MILLIS);
    } else if (act === 'retry') {
      this.#lose(reason, afterMillis ?? RETRY_MILLIS);
    } else {
      this.stop(reason);
    }
  }

  #welcome(welcome) {
    this.#env.clearTimeout(this.#timer);
    this.#pingSeconds = welcome.pingSeconds > 0 ? welcome.pingSeconds : PING_SECONDS;
    const socket = this.#socket;
    this.#timer = this.#env.setTimeout(() => {
      this.#failures = 0;
    }, STEADY_MILLIS);
    this.#tickedAt = this.#env.now();
    this.#tick();
    this.state = 'live';
    this.reason = null;
    this.#callbacks.welcomed(welcome);
    if (this.#socket === socket) {
      this.#callbacks.changed();
    }
  }

  #receive(object) {
    const asked = object.q === undefined ? undefined : this.#requests.get(object.q);
    if (asked === undefined) {
      this.#callbacks.received(object);
    } else if (object.type !== 'error') {
      this.#requests.delete(object.q);
      this.#callbacks.answered(object, asked.request);
      asked.resolve(object);
    } else if (object.do === 'retry' && (object.afterMillis ?? RETRY_MILLIS) <= LONGEST_RETRY_MILLIS) {
      this.later(Math.max(1, object.afterMillis ?? RETRY_MILLIS), () => this.send(asked.request));
    } else {
      this.#requests.delete(object.q);
      asked.reject(new Refusal(object));
    }
  }

  // Detecting a dead connection.

  #tick() {
    const now = this.#env.now();
    const half = Math.max(1_000, this.#pingSeconds * 500);
    if (now < this.#tickedAt || now - this.#tickedAt > TICK_MILLIS + SLEEP_MILLIS) {
      this.check();
    } else if (this.#unansweredSince > 0 && now - this.#unansweredSince >= ANSWER_MILLIS) {
      this.#ping(ANSWER_MILLIS);
    } else if (now - this.#receivedAt >= half || now - this.#sentAt >= this.#pingSeconds * 1_000) {
      this.#ping(Math.max(WAKE_MILLIS, half));
    }
    this.#tickedAt = now;
    this.#ticker = this.#env.setTimeout(() => this.#tick(), Math.min(TICK_MILLIS, half));
  }

  #ping(millis) {
    if (this.state !== 'live') {
      return;
    }
    const fail = () => this.#lose({ code: 'lost', text: 'The server has stopped responding.' });
    if (this.#pongTimer === null || millis < this.#pongMillis) {
      this.#env.clearTimeout(this.#pongTimer);
      this.#pongMillis = millis;
      this.#write({ type: 'ping' });
      this.#pongTimer = this.#env.setTimeout(fail, millis);
    }
  }
}
