package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;

/**
 * Checks the order of one room: each seq comes exactly once and in order, or a gap covers it
 * (S-50).
 */
final class Follower {

  private long due;

  /**
   * @param due the first seq to expect
   */
  Follower(long due) {
    this.due = due;
  }

  /** Returns the next seq to expect. */
  long due() {
    return due;
  }

  /** Checks the next object with a seq, or the next gap. */
  void check(Json next) throws Broken {
    boolean isGap = next.is("gap");
    if (next.number(isGap ? "from" : "seq") != due) {
      throw new Broken("seq %d, the next in the room".formatted(due), "it received " + next);
    }
    due = 1 + (isGap ? next.number("to") : due);
  }
}
