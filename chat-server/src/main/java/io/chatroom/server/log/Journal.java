package io.chatroom.server.log;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All messages that the logs of a server keep, of all rooms, in the order of storing. Beside its
 * {@code seq} in its room, each message has a number {@code n} in that order. Both only grow, and
 * are valid as long as the journal keeps its name. For one thread at a time.
 */
public interface Journal extends AutoCloseable {

  /**
   * A message or an event, with its place.
   *
   * @param n its number among all rooms
   * @param room the key of its room's name
   */
  record Line(long n, String room, Message message) {}

  /** Opens a journal for one thread. */
  interface Source {

    /**
     * Opens it.
     *
     * @throws IOException if it cannot be read; the message is one sentence for people
     */
    Journal open() throws IOException;
  }

  /** The name of the journal, which changes when it is restored or repaired. */
  String name() throws IOException;

  /** The number of the newest line; 0 if there never was one. */
  long newest() throws IOException;

  /**
   * Reads the next lines, in order.
   *
   * @param n the number after which to begin
   * @param limit maximum number of lines; returns fewer, but at least one, if they are large
   */
  List<Line> after(long n, int limit) throws IOException;

  /** Returns the lines that are still kept, in any order. */
  List<Line> at(List<Long> ns) throws IOException;

  /**
   * The number {@code n} of the first kept message of a room at or after a seq; 0 if there is none.
   */
  long numberFrom(String room, long seq) throws IOException;

  /**
   * For each room the highest {@code seq} that retention has deleted; 0 if none. A room that keeps
   * nothing at all may be missing.
   */
  Map<String, Long> forgotten() throws IOException;

  /** Like {@link #forgotten()}, for some rooms only. */
  default Map<String, Long> forgotten(Collection<String> rooms) throws IOException {
    Map<String, Long> some = new HashMap<>(forgotten());
    some.keySet().retainAll(rooms);
    return some;
  }

  @Override
  void close() throws IOException;
}
