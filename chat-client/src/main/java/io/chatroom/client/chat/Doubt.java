package io.chatroom.client.chat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * The messages sent over one connection that may not have arrived: those that the server's system
 * has not acknowledged, and those sent so recently that the server may not have read them. If the
 * local system does not expose acknowledgements, all messages of the last {@link #UNKNOWN} count,
 * for which a vanished server can go unnoticed. Bounded; the oldest are forgotten first. For one
 * thread.
 */
final class Doubt {

  /** A message sent this shortly before the end may not have been read. */
  static final Duration UNREAD = Duration.ofSeconds(10);

  /** Other systems keep sending to a vanished server for this long. */
  static final Duration UNKNOWN = Duration.ofMinutes(15);

  private static final int MAX_MESSAGES = 100_000;
  private static final int MAX_CHARS = 8 << 20;

  private record Gone(String text, long number, long nanos) {}

  private final Deque<Gone> gone = new ArrayDeque<>();
  private long number;
  private int chars;

  /** The next message was sent. */
  void add(String text, long nowNanos, OptionalLong acknowledged) {
    forget(nowNanos, acknowledged, UNKNOWN);
    gone.add(new Gone(text, ++number, nowNanos));
    chars += text.length();
    while (gone.size() > MAX_MESSAGES || chars > MAX_CHARS) {
      removeFirst();
    }
  }

  /**
   * The messages that may not have arrived, after the end of the connection.
   *
   * @param acknowledged the number of acknowledged messages, if known
   * @param byServer whether the server ended the connection, which shows that it was alive
   */
  List<String> texts(long nowNanos, OptionalLong acknowledged, boolean byServer) {
    forget(nowNanos, acknowledged, byServer ? UNREAD : UNKNOWN);
    return gone.stream().map(Gone::text).toList();
  }

  /** Starts over for the next connection. */
  void clear() {
    gone.clear();
    chars = 0;
    number = 0;
  }

  private void forget(long nowNanos, OptionalLong acknowledged, Duration whenUnknown) {
    while (!gone.isEmpty()) {
      Gone first = gone.getFirst();
      long age = nowNanos - first.nanos;
      boolean arrived =
          acknowledged.isPresent()
              ? first.number <= acknowledged.getAsLong()
              : age > whenUnknown.toNanos();
      if (age <= UNREAD.toNanos() || !arrived) {
        return;
      }
      removeFirst();
    }
  }

  private void removeFirst() {
    chars -= gone.removeFirst().text.length();
  }
}
