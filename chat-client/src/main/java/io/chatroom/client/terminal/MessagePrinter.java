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
 * Writes messages, a line each, so that nothing in them can end a line or steer a terminal.
 * Buffered: whoever has no more for the moment calls {@link #flush()}. Not thread-safe.
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
   * @param mark what stands in front of its name for people; may be empty
   */
  abstract String format(FromServer.Message message, String mark, String epoch);

  /** That a message was taken back, in one line, or null for nothing. */
  abstract @Nullable String format(FromServer.Event deletion, String epoch);

  /** What will not come, in one line. */
  abstract String format(FromServer.Gap gap, String epoch);

  /**
   * Writes one message of a room.
   *
   * @param mark what stands in front of its name for people; may be empty
   * @param epoch whose number it has
   * @throws IOException as for {@link #print(ChatMessage)}
   */
  public void print(FromServer.Message message, String mark, String epoch) throws IOException {
    line(format(message, mark, epoch));
  }

  /** Writes that a message was taken back, where that can be told; the rest as for messages. */
  public void print(FromServer.Event deletion, String epoch) throws IOException {
    String line = format(deletion, epoch);
    if (line != null) {
      line(line);
    }
  }

  /** Writes what is missing; the rest as for messages. */
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

  /** Hands over what was printed. */
  public void flush() throws IOException {
    out.flush();
  }
}
