package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;

/** Follows one room: each number comes once, in order, or a gap tells that it does not (S-50). */
final class Follower {

  private long due;

  /**
   * @param due the first number to come
   */
  Follower(long due) {
    this.due = due;
  }

  /** The next number to come. */
  long due() {
    return due;
  }

  /** The next of what has a number, or a gap. */
  void hear(Json next) throws Broken {
    boolean isGap = next.is("gap");
    if (next.number(isGap ? "from" : "seq") != due) {
      throw new Broken("number %d, the next in the room".formatted(due), "it heard " + next);
    }
    due = 1 + (isGap ? next.number("to") : due);
  }
}
