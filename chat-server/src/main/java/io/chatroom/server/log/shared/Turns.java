package io.chatroom.server.log.shared;

import java.util.List;

/** Takes some of a list at a time, and begins again behind the last. For one thread. */
final class Turns {

  private final int most;
  private int taken;

  /**
   * @param most how many to take at a time
   */
  Turns(int most) {
    this.most = most;
  }

  /** The next ones of a list, which may be a little longer or shorter than before. */
  <T> List<T> next(List<T> all) {
    int from = taken < all.size() ? taken : 0;
    taken = Math.min(all.size(), from + most);
    return all.subList(from, taken);
  }
}
