package io.chatroom.server.session;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Limits the bytes that wait in memory for clients that do not read: answers, pages and missed
 * messages. Beyond the limit, the client that has taken nothing for longest is disconnected; it can
 * reconnect and resume. Thread-safe.
 */
public final class Unread {

  private final long maxBytes;

  /** The connections with unread bytes, the longest-waiting first. */
  private final Map<Wire, Long> waiting = new LinkedHashMap<>();

  private long bytes;

  /**
   * Makes a limit.
   *
   * @param maxBytes maximum for all sessions together
   */
  public Unread(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * The network has not taken all bytes that were sent to a session.
   *
   * @return true if no bytes of this session waited before
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

  /** The network has taken all bytes, or the connection has ended. */
  public synchronized void taken(Wire wire) {
    Long waited = waiting.remove(wire);
    bytes -= waited == null ? 0 : waited;
  }

  /** The number of waiting bytes. */
  public synchronized long bytes() {
    return bytes;
  }
}
