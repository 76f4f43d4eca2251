package io.chatroom.client.cli;

import io.chatroom.client.chat.InDoubt;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The messages of one connection that the server's system has not acknowledged. Bounded: the oldest
 * are only counted. Thread-safe.
 */
final class Unacknowledged {

  private static final int MAX_CHARS = 8 << 20;

  private final int maxMessages;
  private final Deque<String> texts = new ArrayDeque<>();
  private int chars;

  /** Number of messages sent before the first kept text. */
  private long before;

  /** Number of those, the last ones, whose texts were dropped before they were acknowledged. */
  private long forgotten;

  /**
   * @param maxMessages maximum number of kept texts
   */
  Unacknowledged(int maxMessages) {
    this.maxMessages = maxMessages;
  }

  /**
   * The next message was sent.
   *
   * @param acknowledged the number of acknowledged messages, if the system exposes it
   */
  synchronized void add(String text, OptionalLong acknowledged) {
    forget(acknowledged);
    texts.add(text);
    chars += text.length();
    while (texts.size() > maxMessages || chars > MAX_CHARS) {
      removeFirst();
      forgotten++;
    }
  }

  /**
   * Lists them, after the end of the connection.
   *
   * @param acknowledged the number of acknowledged messages; if the system does not expose it,
   *     nothing is listed
   */
  synchronized void tell(OptionalLong acknowledged, Consumer<String> line) {
    if (acknowledged.isEmpty()) {
      return;
    }
    forget(acknowledged);
    if (forgotten > 0) {
      line.accept(
          "this was sent, but may not have arrived: "
              + forgotten
              + (forgotten == 1 ? " message" : " messages")
              + " before the following");
    }
    texts.forEach(text -> line.accept(InDoubt.sentence(text)));
  }

  private void forget(OptionalLong acknowledged) {
    long arrived = acknowledged.orElse(0);
    forgotten = Math.min(forgotten, Math.max(0, before - arrived));
    while (before < arrived && !texts.isEmpty()) {
      removeFirst();
    }
  }

  private void removeFirst() {
    chars -= texts.removeFirst().length();
    before++;
  }
}
