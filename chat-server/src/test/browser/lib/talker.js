// A minimal session over TCP (SESSIONS.md), to post many messages.

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { eventually } from './wait.js';

const HEADER = 10;

export class Talker {
  #socket;
  #rest = Buffer.alloc(0);
  #waiting = new Map();
  #unanswered = 0;
  #drained = [];
  #number = 0;
  name;

  constructor(name) {
    this.name = name;
  }

  /** Joins a room; waits for the name, which a previous test may still hold. */
  static in(server, name, room, more = {}) {
    return eventually(async () => {
      const talker = new Talker(name);
      await talker.#open(server, room, more);
      return talker;
    });
  }

  #open(server, room, more) {
    return new Promise((done, failed) => {
      this.#socket = connect(server.port, '127.0.0.1', () => {
        this.#socket.write('CHATROOM/2');
        this.#send({ type: 'hello', v: 2, name: this.name, client: randomBytes(16).toString('hex'), rooms: [{ room }], ...more });
      });
      this.#socket.on('error', failed);
      this.#waiting.set('joined', done);
      this.#waiting.set('error', (object) => {
        this.#socket.destroy();
        failed(new Error(JSON.stringify(object)));
      });
      this.#socket.on('data', (data) => this.#take(data));
    });
  }

  #take(data) {
    this.#rest = Buffer.concat([this.#rest, data]);
    while (this.#rest.length >= HEADER) {
      const length = Number(this.#rest.subarray(0, HEADER).toString());
      if (this.#rest.length < HEADER + length) {
        return;
      }
      const object = JSON.parse(this.#rest.subarray(HEADER, HEADER + length).toString());
      this.#rest = this.#rest.subarray(HEADER + length);
      this.#receive(object);
    }
  }

  #receive(object) {
    if (object.type === 'ack') {
      this.#unanswered--;
      if (this.#unanswered === 0) {
        this.#drained.splice(0).forEach((done) => done());
      }
    } else if (this.#waiting.has(object.type)) {
      this.#waiting.get(object.type)(object);
      this.#waiting.delete(object.type);
    } else if (object.type === 'error') {
      throw new Error(JSON.stringify(object));
    }
  }

  #send(object) {
    const json = Buffer.from(JSON.stringify(object));
    this.#socket.write(Buffer.concat([Buffer.from(String(json.length).padEnd(HEADER)), json]));
  }

  /** Posts without waiting. */
  post(room, text, more = {}) {
    this.#unanswered++;
    this.#send({ type: 'post', id: String(++this.#number), room, text, ...more });
  }

  /** Claims the name. */
  claim() {
    return new Promise((done) => {
      this.#waiting.set('owned', done);
      this.#send({ type: 'claim', q: 'c' });
    });
  }

  /** Sets the topic, and waits for the event. */
  topic(room, text) {
    return new Promise((done) => {
      this.#waiting.set('event', done);
      this.#send({ type: 'topic', q: 't', room, text });
    });
  }

  /** Waits until all posts are acknowledged. */
  acknowledged() {
    return this.#unanswered === 0 ? Promise.resolve() : new Promise((done) => this.#drained.push(done));
  }

  /** Posts many messages, and waits for their acknowledgements. */
  async posts(room, texts) {
    for (const text of texts) {
      this.post(room, text);
    }
    await this.acknowledged();
  }

  close() {
    this.#socket.destroy();
  }
}

/** Texts with numbers: `line 1`, `line 2`, … */
export function numbered(word, from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => `${word} ${from + i}`);
}
