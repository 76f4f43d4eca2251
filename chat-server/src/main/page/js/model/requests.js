import { cutBytes, nameKey } from './names.js';
import { offline, refuse } from './refusal.js';

/** Requests to the server, and their answers. Their promises are rejected with a Refusal. */

const MAX_LISTED = 200;
const MAX_TOPIC_BYTES = 512;

export class Requests {
  #session;
  #rooms;
  #events;
  #has;

  /**
   * @param {import('./session.js').Session} session
   * @param {import('./rooms.js').Rooms} rooms
   * @param {import('./events.js').Events} events
   * @param {(feature: string) => boolean} has tells if the server has a feature
   */
  constructor(session, rooms, events, has) {
    this.#session = session;
    this.#rooms = rooms;
    this.#events = events;
    this.#has = has;
  }

  async ask(feature, request) {
    if (this.#session.state !== 'live') {
      throw offline();
    }
    if (!this.#has(feature)) {
      return refuse('unknown-type', `This server does not support “${feature}”.`);
    }
    return this.#session.request(request);
  }

  async members(room) {
    const found = this.#rooms.known(room);
    const request = { type: 'members', room: found.name, limit: MAX_LISTED };
    const { members, count } = await this.ask('members', request);
    found.members = members;
    found.count = count;
    this.#events.touch(found, 'members');
    return { members, count };
  }

  async rooms(after) {
    const request = { type: 'rooms', room: after, limit: MAX_LISTED };
    const { rooms, complete } = await this.ask('rooms', request);
    return { rooms, complete };
  }

  async claim() {
    const { keepDays } = await this.ask('claim', { type: 'claim' });
    return { keepDays };
  }

  async link() {
    const { code, seconds } = await this.ask('link', { type: 'link' });
    return { code, seconds };
  }

  async block(name, on) {
    const { names } = await this.ask('block', { type: 'block', name, on });
    return names;
  }

  async blocked() {
    const { names } = await this.ask('block', { type: 'block' });
    return names;
  }

  async topic(room, text) {
    const topic = cutBytes(text, MAX_TOPIC_BYTES);
    await this.ask('topic', { type: 'topic', room: this.#rooms.known(room).name, text: topic });
  }

  async delete(room, seq) {
    await this.ask('delete', { type: 'delete', room: this.#rooms.known(room).name, seq });
  }

  async moderate(action, { room, target, seconds, address, why }) {
    const where = room === undefined || room === null ? undefined : this.#rooms.known(room).name;
    await this.ask('moderate', { type: 'moderate', action, room: where, target, seconds, address, why });
  }

  /** Answers the request that has caused an event of ours. */
  answerBy(event, room) {
    this.#session.answerWhere((request) => isAnswer(event, request, room.key), event);
  }
}

/** A topic, a deletion and a moderation are answered by the event that everybody receives. */
function isAnswer(event, request, key) {
  if (request.room === undefined || nameKey(request.room) !== key) {
    return false;
  }
  const text = event.text ?? '';
  switch (request.type) {
    case 'topic':
      return event.kind === 'topic' && request.text === text;
    case 'delete':
      return event.kind === 'deleted' && request.seq === event.target;
    case 'moderate':
      return (
        event.kind === 'moderated' &&
        `${text} `.startsWith(`${request.action} `) &&
        (event.target === undefined ||
          (request.target !== undefined && nameKey(event.target) === nameKey(request.target)))
      );
    default:
      return false;
  }
}
