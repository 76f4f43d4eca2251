package io.chatroom.server.session;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bounds what waits in memory for sessions that do not read: answers, pages, and what brings them
 * up. Each may leave some of it unread; when all together leave too much, the one that has taken
 * nothing for longest is cut off, and may come back and resume. Thread-safe.
 */
public final class Unread {

  private final long maxBytes;

  /** Those of which the network has not taken all; who has waited longest first. */
  private final Map<Wire, Long> waiting = new LinkedHashMap<>();

  private long bytes;

  /**
   * Makes a bound.
   *
   * @param maxBytes how much may wait for all sessions together
   */
  public Unread(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * The network has not taken all of what was sent.
   *
   * @return whether nothing waited for this session before
   */
  public boolean add(Wire wire, long sentBytes) {
    boolean first;
    List<Wire> cutOff = new ArrayList<>(0);
    synchronized (this) {
      first = waiting.merge(wire, sentBytes, Long::sum) == sentBytes;
      bytes += sentBytes;
      Iterator<Map.Entry<Wire, Long>> longest = waiting.entrySet().iterator();
      while (bytes > maxBytes && longest.hasNext()) {
        Map.Entry<Wire, Long> stalled = longest.next();
        bytes -= stalled.getValue();
        cutOff.add(stalled.getKey());
        longest.remove();
      }
    }
    cutOff.forEach(Wire::cutOff);
    return first;
  }

  /** The network has taken all, or the connection has gone. */
  public synchronized void taken(Wire wire) {
    Long waited = waiting.remove(wire);
    bytes -= waited == null ? 0 : waited;
  }

  /** How much waits. */
  public synchronized long bytes() {
    return bytes;
  }
}
