package io.chatroom.server.carrier;

import io.chatroom.server.front.RateLimit;
import io.chatroom.server.names.Person;

/**
 * The rate limits of sessions.
 *
 * @param owners for owned names
 * @param guests for all others
 */
public record Rates(RateLimit owners, RateLimit guests) {

  /** The limit of a session, from its welcome on. */
  RateLimit of(Person person) {
    return person.owned() ? owners : guests;
  }
}
