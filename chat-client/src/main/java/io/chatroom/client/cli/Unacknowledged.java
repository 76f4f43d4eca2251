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

  /** How many messages were sent before the first kept text. */
  private long before;

  /** How many of those, the last ones, were not acknowledged when their texts were dropped. */
  private long forgotten;

  /**
   * @param maxMessages how many texts are kept
   */
  Unacknowledged(int maxMessages) {
    this.maxMessages = maxMessages;
  }

  /**
   * The next message was sent.
   *
   * @param acknowledged how many are acknowledged by now, if the system tells
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
   * @param acknowledged how many are acknowledged; if the system does not tell, there is nothing to
   *     list
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
