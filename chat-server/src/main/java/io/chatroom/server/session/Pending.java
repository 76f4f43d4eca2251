package io.chatroom.server.session;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The requests of one session that wait for a result from outside its event loop, such as a stored
 * claim. Each is known by the task that refuses it if the server stops first. Belongs to the
 * session's event loop.
 */
final class Pending {

  private final Set<Runnable> refusals = new LinkedHashSet<>(2);

  int size() {
    return refusals.size();
  }

  /**
   * A request begins to wait.
   *
   * @param refusal refuses the request because the server is stopping; a new object each time
   * @return the same, for {@link #end}
   */
  Runnable begin(Runnable refusal) {
    refusals.add(refusal);
    return refusal;
  }

  /**
   * The result of a request has arrived.
   *
   * @return false if the request was refused before, and must not be answered again
   */
  boolean end(Runnable refusal) {
    return refusals.remove(refusal);
  }

  /** The server is stopping: refuses all waiting requests. */
  void giveUp() {
    List<Runnable> waiting = List.copyOf(refusals);
    refusals.clear();
    waiting.forEach(Runnable::run);
  }
}
