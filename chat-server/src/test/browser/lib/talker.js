// A session over TCP in the fewest lines, for those who say much: SESSIONS.md, without a library.

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

  /** In the room; waits for the name, which the test before may still have. */
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
        this.#say({ type: 'hello', v: 2, name: this.name, client: randomBytes(16).toString('hex'), rooms: [{ room }], ...more });
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
      this.#hear(object);
    }
  }

  #hear(object) {
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

  #say(object) {
    const json = Buffer.from(JSON.stringify(object));
    this.#socket.write(Buffer.concat([Buffer.from(String(json.length).padEnd(HEADER)), json]));
  }

  /** Says it, and goes on. */
  post(room, text, more = {}) {
    this.#unanswered++;
    this.#say({ type: 'post', id: String(++this.#number), room, text, ...more });
  }

  /** Makes the name its own. */
  claim() {
    return new Promise((done) => {
      this.#waiting.set('owned', done);
      this.#say({ type: 'claim', q: 'c' });
    });
  }

  /** Until the room has it. */
  topic(room, text) {
    return new Promise((done) => {
      this.#waiting.set('event', done);
      this.#say({ type: 'topic', q: 't', room, text });
    });
  }

  /** All that was said is with the server. */
  acknowledged() {
    return this.#unanswered === 0 ? Promise.resolve() : new Promise((done) => this.#drained.push(done));
  }

  /** Says many things, and waits until the server has them. */
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

/** Numbered messages. */
export function numbered(word, from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => `${word} ${from + i}`);
}
