import { offline, Refusal } from './refusal.js';

/**
 * A session over WebSocket that comes back for ever (SESSIONS.md, S-05, S-60 to S-63): connects,
 * says hello, hands on what it hears, notices by itself when the other side is gone. Knows nothing
 * of rooms.
 *
 * @typedef {object} Owner what the session asks for and tells
 * @property {() => object} hello the hello of this moment
 * @property {(welcome: object) => void} welcomed
 * @property {(object: object) => void} heard all else that is no answer to a request
 * @property {(object: object, request: object) => void} answered an answer, before its promise has it
 * @property {() => void} lost nothing that was asked will be answered
 * @property {() => void} changed `state` or `reason` is another one
 */

const PROTOCOL = 'chatroom.2';

/** From opening a connection until the welcome. */
const WELCOME_MILLIS = 15_000;

const RETRY_MILLIS = 1_000;
const LONGEST_WAIT_MILLIS = 30_000;

/** A server that wants to be left alone for longer is asked again after this. */
const LONGEST_AFTER_MILLIS = 3_600_000;

/** A request is sent again after a wait up to this; a longer one fails. */
const LONGEST_RETRY_MILLIS = 30_000;

/** A session this old is none that fails at once. */
const STEADY_MILLIS = 5_000;

const TICK_MILLIS = 2_000;

/** Timers that come so late were asleep, or the clock was set; as when they come before their time. */
const SLEEP_MILLIS = 10_000;

/** So long after something was said that has an answer the server is asked whether it is there. */
const OWED_MILLIS = 5_000;

/** So long it may take to answer then, or after a sleep. */
const WAKE_MILLIS = 4_000;

const PING_SECONDS = 30;

/** What a server says of a connection when it can say nothing else (S-61). */
const FIRST_STOP = 4500;
const FIRST_RECONNECT = 4000;

export class Session {
  /** 'offline' | 'connecting' | 'live' | 'stopped' */
  state = 'stopped';

  /** Why it is not live: {code, do, text, retryAt?}, or null. */
  reason = null;

  #env;
  #owner;
  #socket = null;
  #timer = null;
  #ticker = null;
  #failures = 0;
  #notBefore = 0;
  #dialedAt = 0;
  #heardAt = 0;
  #saidAt = 0;
  #owedSince = 0;
  #judge = null;
  #patience = 0;
  #tickedAt = 0;
  #pingSeconds = PING_SECONDS;
  #asked = new Map();
  #count = 0;

  /**
   * @param {import('./env.js').Env} env
   * @param {Owner} owner
   */
  constructor(env, owner) {
    this.#env = env;
    this.#owner = owner;
  }

  /** Begins, or begins anew. */
  start() {
    this.#drop();
    this.#failures = 0;
    this.#notBefore = 0;
    this.#dial();
  }

  /** Ends it, until it is started again. */
  stop(reason = null) {
    this.#drop(this.state === 'live');
    this.#set('stopped', reason);
  }

  /** The browser has news of its network, or was woken. */
  notice(what) {
    if (this.state === 'stopped') {
      return;
    }
    if (what === 'offline') {
      this.#lose({ code: 'offline', text: 'This device is offline.' });
    } else if (this.state === 'live') {
      this.check();
    } else if (this.state === 'offline' && this.#env.now() >= this.#notBefore) {
      this.#dial();
    } else if (this.state === 'connecting' && this.#env.now() - this.#dialedAt > WAKE_MILLIS) {
      this.#drop();
      this.#dial();
    }
  }

  /** Asks whether the server is there, and judges within a few seconds. */
  check() {
    this.#ping(WAKE_MILLIS);
  }

  /** The server has broken a rule, or has lost something: comes back and resumes. */
  resume(text) {
    this.#failures = Math.max(this.#failures, 1);
    this.#lose({ code: 'protocol', text });
  }

  /** @returns {boolean} whether it went out */
  send(object) {
    if (this.state !== 'live') {
      return false;
    }
    this.#write(object);
    this.#owedSince ||= this.#env.now();
    return true;
  }

  /** Asks with a `q`. @returns {Promise<object>} the answer; a Refusal if there is none */
  request(object) {
    return new Promise((resolve, reject) => {
      if (this.state !== 'live') {
        reject(offline());
        return;
      }
      const q = `q${++this.#count}`;
      const asked = { request: { ...object, q }, resolve, reject };
      this.#asked.set(q, asked);
      this.send(asked.request);
    });
  }

  /**
   * Answers the oldest request for which that is so; the answers to some are what everybody hears.
   */
  answerWhere(isAnswer, object) {
    for (const [q, asked] of this.#asked) {
      if (isAnswer(asked.request)) {
        this.#asked.delete(q);
        asked.resolve(object);
        return;
      }
    }
  }

  /** Does something later, if the present connection is still there then. */
  later(millis, fn) {
    const now = this.#socket;
    this.#env.setTimeout(() => {
      if (this.#socket === now && this.state === 'live') {
        fn();
      }
    }, millis);
  }

  // The connection.

  #dial() {
    this.#drop();
    this.#dialedAt = this.#env.now();
    this.#set('connecting', this.reason);
    let socket;
    try {
      socket = new this.#env.WebSocket(this.#env.url, [PROTOCOL]);
    } catch {
      this.#lose({ code: 'unreachable', text: 'The server cannot be reached.' });
      return;
    }
    this.#socket = socket;
    socket.onopen = () => this.#write({ type: 'hello', v: 2, ...this.#owner.hello() });
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#timer = this.#env.setTimeout(
      () => this.#lose({ code: 'unreachable', text: 'The server is not responding.' }),
      WELCOME_MILLIS,
    );
  }

  #write(object) {
    this.#saidAt = this.#env.now();
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

  /** The connection is gone, or as good as that: comes back after a while. */
  #lose(reason, afterMillis) {
    this.#drop();
    const first = Math.min(afterMillis ?? RETRY_MILLIS, LONGEST_AFTER_MILLIS);
    const doubled = first * 2 ** Math.min(this.#failures, 10);
    const longest = Math.max(LONGEST_WAIT_MILLIS, first);
    const wait = Math.round(Math.min(longest, doubled) * (0.5 + this.#env.chance()));
    this.#failures++;
    const retryAt = this.#env.now() + wait;
    this.#notBefore = afterMillis === undefined ? 0 : retryAt;
    this.#timer = this.#env.setTimeout(() => this.#dial(), wait);
    this.#set('offline', { do: 'reconnect', ...reason, retryAt });
  }

  /** Lets go of the connection and of all that waits for it. */
  #drop(politely = false) {
    for (const timer of [this.#timer, this.#ticker, this.#judge]) {
      this.#env.clearTimeout(timer);
    }
    this.#timer = this.#ticker = this.#judge = null;
    this.#owedSince = 0;
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
      // it was not open
    }
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    asked.forEach(({ reject }) => reject(offline()));
    this.#owner.lost();
  }

  #set(state, reason) {
    if (this.state !== state || this.reason !== reason) {
      this.state = state;
      this.reason = reason;
      this.#owner.changed();
    }
  }

  // What is heard.

  #take(data) {
    this.#heardAt = this.#env.now();
    this.#owedSince = 0;
    this.#env.clearTimeout(this.#judge);
    this.#judge = null;
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
    this.#owner.welcomed(welcome);
    if (this.#socket === socket) {
      this.#owner.changed();
    }
  }

  #receive(object) {
    const asked = object.q === undefined ? undefined : this.#asked.get(object.q);
    if (asked === undefined) {
      this.#owner.received(object);
    } else if (object.type !== 'error') {
      this.#asked.delete(object.q);
      this.#owner.answered(object, asked.request);
      asked.resolve(object);
    } else if (object.do === 'retry' && (object.afterMillis ?? RETRY_MILLIS) <= LONGEST_RETRY_MILLIS) {
      this.later(Math.max(1, object.afterMillis ?? RETRY_MILLIS), () => this.send(asked.request));
    } else {
      this.#asked.delete(object.q);
      asked.reject(new Refusal(object));
    }
  }

  // Whether anybody is there.

  #tick() {
    const now = this.#env.now();
    const half = Math.max(1_000, this.#pingSeconds * 500);
    if (now < this.#tickedAt || now - this.#tickedAt > TICK_MILLIS + SLEEP_MILLIS) {
      this.check();
    } else if (this.#owedSince > 0 && now - this.#owedSince >= OWED_MILLIS) {
      this.#ping(OWED_MILLIS);
    } else if (now - this.#heardAt >= half || now - this.#saidAt >= this.#pingSeconds * 1_000) {
      this.#ping(Math.max(WAKE_MILLIS, half));
    }
    this.#tickedAt = now;
    this.#ticker = this.#env.setTimeout(() => this.#tick(), Math.min(TICK_MILLIS, half));
  }

  #ping(patienceMillis) {
    if (this.state !== 'live') {
      return;
    }
    const judge = () => this.#lose({ code: 'lost', text: 'The server has stopped responding.' });
    if (this.#judge === null || patienceMillis < this.#patience) {
      this.#env.clearTimeout(this.#judge);
      this.#patience = patienceMillis;
      this.#write({ type: 'ping' });
      this.#judge = this.#env.setTimeout(judge, patienceMillis);
    }
  }

}
