package io.chatroom.server.names;

import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;

/** The parts of moderation: rules, present people, and changes. Thread-safe. */
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
   * Reads the stored rules.
   *
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  public static Guard open(Facts facts, InstantSource clock, Owners owners) throws IOException {
    return new Guard(facts, clock, owners);
  }

  /** A guard without rules and without a store. */
  static Guard ofNothing(Owners owners) {
    try {
      return open(new MemoryFacts(), InstantSource.system(), owners);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // reading memory cannot fail
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
