package io.chatroom.client.terminal;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.session.FromServer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages, one per line, such that nothing in them can end the line or control a terminal.
 * Buffered: call {@link #flush()} when there are no more for the moment. Not thread-safe.
 */
public abstract class MessagePrinter {

  private static final int BUFFER_CHARS = 64 * 1024;

  private final Writer out;

  MessagePrinter(OutputStream out) {
    this.out =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER_CHARS);
  }

  /** The message in one line, without its end, safe to show. */
  abstract String format(ChatMessage message);

  /**
   * The same for a message that has a place in a room.
   *
   * @param mark a mark in front of its name, for people; may be empty
   */
  abstract String format(FromServer.Message message, String mark, String epoch);

  /** A line about a deleted message, or null for none. */
  abstract @Nullable String format(FromServer.Event deletion, String epoch);

  /** A line about a gap. */
  abstract String format(FromServer.Gap gap, String epoch);

  /**
   * Writes one message of a room.
   *
   * @param mark a mark in front of its name, for people; may be empty
   * @param epoch the epoch of its number
   * @throws IOException as for {@link #print(ChatMessage)}
   */
  public void print(FromServer.Message message, String mark, String epoch) throws IOException {
    line(format(message, mark, epoch));
  }

  /** Writes about a deleted message, if there is a line for it; otherwise as for messages. */
  public void print(FromServer.Event deletion, String epoch) throws IOException {
    String line = format(deletion, epoch);
    if (line != null) {
      line(line);
    }
  }

  /** Writes about a gap; otherwise as for messages. */
  public void print(FromServer.Gap gap, String epoch) throws IOException {
    line(format(gap, epoch));
  }

  /**
   * Writes one message.
   *
   * @throws IOException if the stream takes no more, for instance a pipe whose reader has gone
   */
  public void print(ChatMessage message) throws IOException {
    line(format(message));
  }

  private void line(String text) throws IOException {
    out.write(text);
    out.write('\n');
  }

  /** Flushes the output. */
  public void flush() throws IOException {
    out.flush();
  }
}
