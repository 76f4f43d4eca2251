package io.chatroom.client.cli;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatListener;
import io.chatroom.client.terminal.MessagePrinter;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.session.FromServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Prints the wanted messages until there are enough. Each one appears at once, but a flood is not
 * flushed line by line. A failing output ends the connection, with an {@link UncheckedIOException}.
 */
final class WantedMessages implements ChatListener {

  private final Stdio stdio;
  private final MessagePrinter printer;
  private final @Nullable TextFilter filter;
  private final long most;
  private final CompletableFuture<Void> enough = new CompletableFuture<>();
  private final AtomicLong printed = new AtomicLong();
  private boolean hasReportedGivingUp;

  /**
   * @param filter selects messages, or null for all
   * @param most the number of messages that is enough
   */
  WantedMessages(Stdio stdio, MessagePrinter printer, @Nullable TextFilter filter, long most) {
    this.stdio = stdio;
    this.printer = printer;
    this.filter = filter;
    this.most = most;
  }

  /** Completes when enough messages were printed and flushed. */
  CompletableFuture<Void> enough() {
    return enough;
  }

  /** Number of printed messages. For any thread. */
  long printed() {
    return printed.get();
  }

  /** An action that prints. */
  private interface Line {
    void print() throws IOException;
  }

  @Override
  public void onMessage(ChatClient client, ChatMessage message) {
    take(message.text(), () -> printer.print(message));
  }

  /**
   * Prints a message with a place in a room.
   *
   * @param mark the mark in front of its name
   */
  void take(FromServer.Message message, String mark, String epoch) {
    String text = message.text();
    if (text != null) { // null: deleted
      take(text, () -> printer.print(message, mark, epoch));
    }
  }

  /** Prints a gap, which is not filtered and does not count. */
  void take(FromServer.Gap gap, String epoch) {
    if (printed.get() != most) {
      print(() -> printer.print(gap, epoch));
    }
  }

  /** Prints a deletion, which is not filtered and does not count. */
  void take(FromServer.Event deletion, String epoch) {
    if (printed.get() != most) {
      print(() -> printer.print(deletion, epoch));
    }
  }

  private void take(String text, Line line) {
    if (printed.get() == most || !wanted(text)) {
      return;
    }
    print(line);
    if (printed.incrementAndGet() == most) {
      onPause();
      enough.complete(null);
    }
  }

  @Override
  public void onPause() {
    print(printer::flush);
  }

  private static void print(Line line) {
    try {
      line.print();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private boolean wanted(String text) {
    if (filter == null) {
      return true;
    }
    TextFilter.Verdict verdict = filter.judge(text);
    if (verdict == TextFilter.Verdict.GAVE_UP && !hasReportedGivingUp) {
      hasReportedGivingUp = true; // once only: a stranger can cause many
      stdio.complain(
          "a message of "
              + text.length()
              + " characters takes --match too long; it and others like it are not printed");
    }
    return verdict == TextFilter.Verdict.WANTED;
  }
}
