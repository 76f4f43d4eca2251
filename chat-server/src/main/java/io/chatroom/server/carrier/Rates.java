package io.chatroom.server.carrier;

import io.chatroom.server.front.RateLimit;
import io.chatroom.server.names.Person;

/**
 * How much sessions may say.
 *
 * @param owners those whose name is their own
 * @param guests all others
 */
public record Rates(RateLimit owners, RateLimit guests) {

  /** What counts for a session from its welcome on. */
  RateLimit of(Person person) {
    return person.owned() ? owners : guests;
  }
}
