package io.chatroom.client.terminal;

import io.chatroom.protocol.ChatMessage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

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
   * Writes one message.
   *
   * @throws IOException if the stream takes no more, for instance a pipe whose reader has gone
   */
  public void print(ChatMessage message) throws IOException {
    out.write(format(message));
    out.write('\n');
  }

  /** Hands over what was printed. */
  public void flush() throws IOException {
    out.flush();
  }
}
