package io.chatroom.client.cli;

import io.chatroom.client.chat.InDoubt;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The messages that went over one connection and that the server's system has not acknowledged.
 * Bounded: of the oldest only the number is kept. Thread-safe.
 */
final class Unacknowledged {

  private static final int MAX_CHARS = 8 << 20;

  private final int maxMessages;
  private final Deque<String> texts = new ArrayDeque<>();
  private int chars;

  /** How many were sent before the first of the texts. */
  private long before;

  /** How many of those were not acknowledged when they were forgotten; the last ones. */
  private long forgotten;

  /**
   * @param maxMessages of how many the texts are kept
   */
  Unacknowledged(int maxMessages) {
    this.maxMessages = maxMessages;
  }

  /**
   * The next message has been sent.
   *
   * @param acknowledged how many were until now, if this system tells
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
   * Names them, now that the connection has ended.
   *
   * @param acknowledged how many were; where this system does not tell, there is nothing to name
   */
  synchronized void tell(OptionalLong acknowledged, Consumer<String> line) {
    if (acknowledged.isEmpty()) {
      return;
    }
    forget(acknowledged);
    if (forgotten > 0) {
      line.accept(
          "nobody knows whether this arrived, it had gone before: "
              + forgotten
              + (forgotten == 1 ? " message" : " messages")
              + " before what follows");
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
