package io.chatroom.server.log;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that the logs of a server keep, of all rooms, in the one order in which it was stored.
 * Each message has a number {@code n} in that order beside its {@code seq} in its room; both only
 * grow, and both have their meaning for as long as the journal has its name. For one thread at a
 * time.
 */
public interface Journal extends AutoCloseable {

  /**
   * A message, or an event, in its place.
   *
   * @param n its number among all rooms
   * @param room what its room's name is compared by
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

  /** Which journal it is: another one when it was restored or repaired. */
  String name() throws IOException;

  /** The number of its newest line; 0 if there never was one. */
  long newest() throws IOException;

  /**
   * Reads on, in order.
   *
   * @param n behind this
   * @param limit how many at most; there are fewer, but at least one, where they are large
   */
  List<Line> after(long n, int limit) throws IOException;

  /** Those of some lines that are still kept, in any order. */
  List<Line> at(List<Long> ns) throws IOException;

  /** The number of the first message of a room that is kept from a seq on; 0 if there is none. */
  long numberFrom(String room, long seq) throws IOException;

  /**
   * By room, the highest {@code seq} that it keeps no more because it was too old or too much; 0 if
   * it keeps everything. A room that keeps nothing at all may be missing.
   */
  Map<String, Long> forgotten() throws IOException;

  /** The same for some rooms alone. */
  default Map<String, Long> forgotten(Collection<String> rooms) throws IOException {
    Map<String, Long> some = new HashMap<>(forgotten());
    some.keySet().retainAll(rooms);
    return some;
  }

  @Override
  void close() throws IOException;
}
