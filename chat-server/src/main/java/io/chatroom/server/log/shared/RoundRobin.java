package io.chatroom.server.log.shared;

import java.util.List;

/** Takes the elements of a list in turns, a slice at a time. For one thread. */
final class RoundRobin {

  private final int most;
  private int taken;

  /**
   * @param most the maximum size of a slice
   */
  RoundRobin(int most) {
    this.most = most;
  }

  /** Returns the next slice of a list, whose length may have changed since the last call. */
  <T> List<T> next(List<T> all) {
    int from = taken < all.size() ? taken : 0;
    taken = Math.min(all.size(), from + most);
    return all.subList(from, taken);
  }
}
