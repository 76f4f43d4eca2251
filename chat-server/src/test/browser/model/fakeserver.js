/**
 * A server on a fake clock, as SESSIONS.md describes it: rooms with dense sequence numbers,
 * acknowledgements, recognised duplicates, history. It can fail in all ways that networks and servers
 * do.
 */
export class FakeServer {
  rooms = new Map();
  isDown = false;
  latency = () => 5;
  pingSeconds = 30;
  limits = { maxMessageBytes: 1_000, maxRooms: 50 };
  features = ['history', 'search', 'rooms', 'members', 'read', 'delete', 'topic', 'claim', 'block', 'link', 'private', 'moderate'];

  /** Called with (connection, object) first; returns true if it has handled the object. */
  before = () => false;

  /** Every object that was received, in order. */
  received = [];
  tokens = new Map();
  connections = new Set();
  #clock;
  #epochs = 0;

  constructor(clock) {
    this.#clock = clock;
    const server = this;
    this.WebSocket = class {
      onopen = null;
      onmessage = null;
      onclose = null;

      constructor(url, protocols) {
        this.protocols = protocols;
        this.connection = new Connection(server, clock, this);
      }

      send(text) {
        this.connection.fromClient(text);
      }

      close() {
        this.connection.closedByClient();
      }
    };
  }

  room(name) {
    const key = name.toLowerCase();
    if (!this.rooms.has(key)) {
      this.rooms.set(key, {
        key,
        name,
        epoch: `e${++this.#epochs}`,
        first: 1,
        log: [],
        ids: new Map(),
        topic: '',
      });
    }
    return this.rooms.get(key);
  }

  /** Somebody else posts in a room. */
  post(name, from, text, more = {}) {
    return this.add(this.room(name), { type: 'message', from, text, ...more });
  }

  event(name, kind, by, more = {}) {
    const room = this.room(name);
    if (kind === 'deleted') {
      const target = room.log.find(({ seq }) => seq === more.target);
      if (target) {
        target.deleted = true;
        delete target.text;
      }
    }
    if (kind === 'topic') {
      room.topic = more.text;
    }
    return this.add(room, { type: 'event', kind, by, ...more });
  }

  add(room, what, poster = null, id = null) {
    const seq = (room.log[room.log.length - 1]?.seq ?? room.first - 1) + 1;
    const { type, ...fields } = what;
    const entry = { type, room: room.name, seq, at: this.#clock.now, ...fields };
    room.log.push(entry);
    for (const connection of this.connections) {
      if (connection.rooms.has(room.key)) {
        const isOwn = connection === poster;
        connection.send(isOwn ? { type: 'ack', id, room: room.name, seq, at: entry.at } : { ...entry });
        connection.rooms.set(room.key, seq);
      }
    }
    return entry;
  }

  newest(room) {
    return room.log[room.log.length - 1]?.seq ?? room.first - 1;
  }

  /** Removes all but the newest messages. */
  retain(name, most) {
    const room = this.room(name);
    const cut = Math.max(0, room.log.length - most);
    if (cut > 0 && most > 0) {
      room.log.splice(0, cut);
      room.first = room.log[0].seq;
    }
  }

  /** Replaces the log by another one, which has only the oldest messages. */
  reset(name, kept = 0) {
    const room = this.room(name);
    room.epoch = `e${++this.#epochs}`;
    room.log = room.log.slice(0, kept);
    room.gaps = new Set();
    room.lagged = [];
    room.ids = new Map([...room.ids].filter(([, { seq }]) => room.log.some((e) => e.seq === seq)));
    for (const connection of [...this.connections]) {
      if (connection.rooms.has(room.key)) {
        connection.bye('log-reset', 'reconnect', 100);
      }
    }
  }

  /** A session was too slow, and missed messages. */
  lag(connection, name, count) {
    const room = this.room(name);
    connection.rooms.delete(room.key);
    const from = this.newest(room) + 1;
    for (let i = 0; i < count; i++) {
      this.post(name, 'eve', `lagged ${from + i}`);
    }
    const to = this.newest(room);
    connection.send({ type: 'gap', room: room.name, from, to, why: 'lagged' });
    connection.rooms.set(room.key, to);
    this.#gap(room, from, to);
    room.lagged = [...(room.lagged ?? []), ...Array.from({ length: count }, (_, i) => from + i)];
  }

  #gap(room, from, to) {
    room.gaps ??= new Set();
    for (let seq = from; seq <= to; seq++) {
      room.gaps.add(seq);
    }
  }

  /** Cuts every connection, as if the process were killed. */
  kill() {
    [...this.connections].forEach((connection) => connection.cut());
  }

  take(connection, object) {
    this.received.push(object);
    if (this.before(connection, object)) {
      return;
    }
    switch (object.type) {
      case 'hello':
        return this.#hello(connection, object);
      case 'ping':
        return connection.send({ type: 'pong', q: object.q, heads: this.#heads(connection) });
      case 'join':
        return this.#join(connection, object, object.q);
      case 'leave':
        connection.rooms.delete(object.room.toLowerCase());
        return connection.send({ type: 'left', q: object.q, room: object.room });
      case 'post':
        return this.#post(connection, object);
      case 'history':
        return this.#history(connection, object);
      case 'read':
        return connection.send({ type: 'read', room: object.room, seq: object.seq });
      case 'block':
        return connection.send({ type: 'blocked', q: object.q, names: object.name ? [object.name] : [] });
      case 'claim': {
        const token = `token-of-${connection.name}`;
        this.tokens.set(connection.name, token);
        return connection.send({ type: 'owned', q: object.q, token });
      }
      case 'bye':
        return connection.end(1000);
      default:
        return connection.error(object.q, 'unknown-type', 'change', 'unknown');
    }
  }

  #heads(connection) {
    return Object.fromEntries(
      [...connection.rooms].map(([key, seq]) => [this.rooms.get(key).name, seq]),
    );
  }

  #hello(connection, { name, client, token, rooms = [] }) {
    const owned = this.tokens.has(name);
    if (owned && token === undefined) {
      connection.send({ type: 'error', code: 'name-owned', do: 'ask', text: 'This name is taken.' });
      return;
    }
    if (token !== undefined && this.tokens.get(name) !== token) {
      connection.send({ type: 'error', code: 'token-wrong', do: 'ask', text: 'Wrong token.' });
      return;
    }
    Object.assign(connection, { name, client, isWelcome: true, owned });
    const { limits, features, pingSeconds } = this;
    connection.send({ type: 'welcome', v: 2, name, owned, server: 'fake/1', limits, features, pingSeconds, seedRoom: 'lobby' });
    rooms.forEach((wish) => this.#join(connection, wish, undefined));
  }

  #join(connection, { room: name, after, last }, q) {
    const room = this.room(name);
    const seq = this.newest(room);
    const joined = { type: 'joined', q, room: room.name, epoch: room.epoch, seq, first: room.first, count: 1, members: [connection.name], topic: room.topic || undefined, read: connection.owned ? room.read : undefined, role: 'member' };
    if (connection.rooms.has(room.key)) {
      connection.send(joined);
      return;
    }
    const missed = [];
    if (after) {
      const isKnown = after.epoch === room.epoch && after.seq <= seq;
      if (!isKnown) {
        joined.resume = 'gap';
        missed.push({ type: 'gap', room: room.name, from: 1, to: room.first - 1, why: 'epoch' });
        missed.push(...room.log);
      } else {
        joined.resume = after.seq + 1 < room.first ? 'gap' : 'complete';
        if (joined.resume === 'gap') {
          missed.push({ type: 'gap', room: room.name, from: after.seq + 1, to: room.first - 1, why: 'retention' });
          this.#gap(room, after.seq + 1, room.first - 1);
        }
        missed.push(...room.log.filter((entry) => entry.seq > after.seq));
      }
    } else if (last) {
      missed.push(...room.log.slice(-last));
    }
    if (joined.resume === undefined || after.epoch !== room.epoch) {
      connection.socket.tab?.loaded.set(room.epoch, seq);
    }
    connection.send(joined);
    missed.forEach((object) => connection.send({ ...object }));
    connection.rooms.set(room.key, seq);
  }

  #post(connection, { id, room: name, text, replyTo }) {
    const room = this.room(name);
    const key = `${connection.client} ${id}`;
    const known = room.ids.get(key);
    if (!connection.rooms.has(room.key)) {
      connection.send({ type: 'error', id, code: 'not-joined', do: 'ask', text: 'Join the room first.' });
    } else if (known) {
      connection.send({ type: 'ack', id, room: room.name, seq: known.seq, at: known.at, duplicate: true });
    } else {
      const entry = this.add(room, { type: 'message', from: connection.name, text, replyTo }, connection, id);
      if (connection.owned) {
        entry.owned = true;
      }
      room.ids.set(key, { seq: entry.seq, at: entry.at });
    }
  }

  #history(connection, { q, room: name, before, after, around, limit }) {
    const room = this.room(name);
    const { log } = room;
    let messages;
    let next;
    if (before !== undefined) {
      const all = log.filter(({ seq }) => seq < before);
      messages = all.slice(-limit);
      next = all.length > messages.length ? messages[0].seq : undefined;
    } else if (after !== undefined) {
      const all = log.filter(({ seq }) => seq > after);
      messages = all.slice(0, limit);
      next = all.length > messages.length ? messages[messages.length - 1].seq : undefined;
    } else {
      const i = log.filter(({ seq }) => seq < around).length;
      messages = log.slice(Math.max(0, i - Math.floor(limit / 2)), i + Math.ceil(limit / 2));
    }
    connection.send({ type: 'page', q, room: room.name, epoch: room.epoch, messages, complete: room.first === 1, next });
  }
}

class Connection {
  rooms = new Map();
  name = '';
  client = '';
  isWelcome = false;
  isSilent = false;
  #server;
  #clock;
  #socket;
  #isOver = false;
  #lastAt = 0;

  constructor(server, clock, socket) {
    this.#server = server;
    this.#clock = clock;
    this.#socket = socket;
    this.socket = socket;
    this.#later(() => {
      if (server.isDown) {
        this.#isOver = true;
        socket.onclose?.({ code: 1006 });
      } else {
        server.connections.add(this);
        socket.onopen?.();
      }
    });
  }

  fromClient(text) {
    this.#later(() => {
      if (!this.isSilent && this.#server.connections.has(this)) {
        this.#server.take(this, JSON.parse(text));
      }
    });
  }

  send(object) {
    const data = JSON.stringify(object);
    this.#later(() => {
      if (!this.isSilent && !this.#isOver) {
        this.#socket.onmessage?.({ data });
      }
    });
  }

  error(q, code, act, text, afterMillis) {
    this.send({ type: 'error', q, code, do: act, text, afterMillis });
  }

  bye(code, act, afterMillis) {
    this.send({ type: 'bye', code, do: act, afterMillis, text: code });
    this.end(act === 'stop' ? 4503 : 4000);
  }

  /** The server closes the connection. */
  end(code) {
    this.#server.connections.delete(this);
    this.#later(() => {
      if (!this.isSilent && !this.#isOver) {
        this.#isOver = true;
        this.#socket.onclose?.({ code });
      }
    });
  }

  /** Objects in transit are lost, and both sides notice. */
  cut() {
    this.#server.connections.delete(this);
    this.#isOver = true;
    this.#clock.setTimeout(() => this.#socket.onclose?.({ code: 1006 }), 0);
  }

  closedByClient() {
    this.#isOver = true;
    this.#later(() => this.#server.connections.delete(this));
  }

  #later(fn) {
    this.#lastAt = Math.max(this.#lastAt, this.#clock.now + this.#server.latency());
    this.#clock.setTimeout(fn, this.#lastAt - this.#clock.now);
  }
}
