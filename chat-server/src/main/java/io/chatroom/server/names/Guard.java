package io.chatroom.server.names;

import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;

/**
 * All that keeps order, put together: what holds, who is here, and who changes what. Thread-safe.
 */
public final class Guard {

  private final Here here = new Here();
  private final Rules rules;
  private final Order order;
  private final Moderation moderation;

  private Guard(Facts facts, InstantSource clock, Owners owners) throws IOException {
    rules = new Rules(facts, clock);
    order = new Order(rules, owners);
    moderation = new Moderation(rules, order, here, new Audit(facts), facts, owners);
    owners.whenEnded(moderation::forget);
  }

  /**
   * Goes on with what is remembered.
   *
   * @throws IOException if that cannot be read; the message is one sentence for people
   */
  public static Guard open(Facts facts, InstantSource clock, Owners owners) throws IOException {
    return new Guard(facts, clock, owners);
  }

  /** Nothing is forbidden to begin with, and nothing is remembered after the end. */
  static Guard ofNothing(Owners owners) {
    try {
      return open(new MemoryFacts(), InstantSource.system(), owners);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory can be read
    }
  }

  Here here() {
    return here;
  }

  Rules rules() {
    return rules;
  }

  Order order() {
    return order;
  }

  Moderation moderation() {
    return moderation;
  }
}
