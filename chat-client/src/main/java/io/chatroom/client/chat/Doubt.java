package io.chatroom.client.chat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * What has gone over one connection and may not have arrived: everything that the server's system
 * has not acknowledged, and what went so shortly before that the server may not have read it. Where
 * this system does not tell what is acknowledged, it is everything of a longer time, in which a
 * vanished server goes unnoticed there. Bounded; the oldest is forgotten first. For one thread.
 */
final class Doubt {

  /** What went so shortly before the end may not have been read. */
  static final Duration UNREAD = Duration.ofSeconds(10);

  /** How long systems that do not tell go on sending to a server that has vanished. */
  static final Duration UNKNOWN = Duration.ofMinutes(15);

  private static final int MAX_MESSAGES = 100_000;
  private static final int MAX_CHARS = 8 << 20;

  private record Gone(String text, long number, long nanos) {}

  private final Deque<Gone> gone = new ArrayDeque<>();
  private long number;
  private int chars;

  /** The next message has gone. */
  void add(String text, long nowNanos, OptionalLong acknowledged) {
    forget(nowNanos, acknowledged, UNKNOWN);
    gone.add(new Gone(text, ++number, nowNanos));
    chars += text.length();
    while (gone.size() > MAX_MESSAGES || chars > MAX_CHARS) {
      removeFirst();
    }
  }

  /**
   * What may not have arrived, now that the connection has ended.
   *
   * @param acknowledged how many messages were, if that is known
   * @param byServer the server ended it, so that it was there
   */
  List<String> texts(long nowNanos, OptionalLong acknowledged, boolean byServer) {
    forget(nowNanos, acknowledged, byServer ? UNREAD : UNKNOWN);
    return gone.stream().map(Gone::text).toList();
  }

  /** For the next connection. */
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
