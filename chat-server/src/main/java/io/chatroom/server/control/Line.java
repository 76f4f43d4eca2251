package io.chatroom.server.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Reads and writes one line over a socket, with a bound and a timeout. */
final class Line {

  /** The longest line, in bytes. */
  static final int MOST_BYTES = 1024 * 1024;

  private Line() {}

  /** Reads up to the end of a line. */
  static String read(SocketChannel channel, long seconds) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (line.size() <= MOST_BYTES) {
      await(channel, SelectionKey.OP_READ, deadline);
      if (channel.read(bytes) < 0) {
        throw new EOFException("the other side ended");
      }
      bytes.flip();
      while (bytes.hasRemaining()) {
        byte next = bytes.get();
        if (next == '\n') {
          return line.toString(StandardCharsets.UTF_8);
        }
        line.write(next);
      }
      bytes.clear();
    }
    throw new IOException("a line is longer than " + MOST_BYTES + " bytes");
  }

  static void write(SocketChannel channel, String line, long seconds) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (bytes.hasRemaining()) {
      await(channel, SelectionKey.OP_WRITE, deadline);
      channel.write(bytes);
    }
  }

  private static void await(SocketChannel channel, int what, long deadlineNanos)
      throws IOException {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, what);
      long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (left <= 0 || selector.select(left) == 0) {
        throw new SocketTimeoutException("nothing came in time");
      }
    }
  }
}
