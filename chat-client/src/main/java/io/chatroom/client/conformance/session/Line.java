package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Setting;
import io.chatroom.client.conformance.Visible;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries objects. It reads all the time, on a thread of its own, unless it was
 * opened deaf; every write is bounded, because a server that does not read must not hold up its
 * judge.
 */
final class Line implements AutoCloseable {

  private static final int SMALL_BUFFER_BYTES = 4096;
  private static final int LARGE_BUFFER_BYTES = 1 << 20;
  private static final long MOST_BYTES_AT_FIRST = 524_288;

  private final String who;
  private final Wire wire;
  private final Setting setting;
  private final Socket socket = new Socket();
  private final Heard heard = new Heard();
  private volatile long mostBytes = MOST_BYTES_AT_FIRST;

  private Line(String who, Wire wire, Setting setting) {
    this.who = who;
    this.wire = wire;
    this.setting = setting;
  }

  /** A connection on which nothing was sent. */
  static Line connect(String who, Wire wire, Setting setting, boolean deaf) throws Broken {
    Line line = new Line(who, wire, setting);
    try {
      if (deaf) {
        line.socket.setReceiveBufferSize(SMALL_BUFFER_BYTES);
      }
      line.socket.setTcpNoDelay(true);
      line.socket.connect(setting.server(), Math.toIntExact(setting.timeout().toMillis()));
    } catch (IOException e) {
      line.close();
      throw new Broken("a connection for " + who, reason(e));
    }
    if (!deaf) {
      line.start();
    }
    return line;
  }

  /** A deaf one begins to read; once. */
  void listen() {
    try {
      socket.setReceiveBufferSize(LARGE_BUFFER_BYTES);
    } catch (SocketException e) {
      heard.stop(reason(e)); // it is gone already
    }
    start();
  }

  private void start() {
    inBackground("conformance-" + who, this::read);
  }

  static void inBackground(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      try {
        wire.readOpening(in);
        Bytes object = wire.read(in, this::sendAnyway);
        while (object != null) {
          if (object.length() > mostBytes) {
            throw new Wire.WrongFrameException(
                "an object of %,d bytes came, and 8 times maxMessageBytes is %,d"
                    .formatted(object.length(), mostBytes));
          }
          heard.add(JsonReader.read(object));
          object = wire.read(in, this::sendAnyway);
        }
      } catch (SocketException e) {
        throw e;
      } catch (IOException e) {
        heard.garbled(Objects.requireNonNullElse(e.getMessage(), "the stream is out of step"));
        in.transferTo(OutputStream.nullOutputStream()); // whether the server closes still counts
      }
      heard.ended("the server ended the stream");
    } catch (IOException e) {
      String how = "the connection broke: " + reason(e);
      if (socket.isClosed()) {
        heard.stop(how);
      } else {
        heard.ended(how);
      }
    }
  }

  /** From now on an object has so many bytes at most. */
  void setMostBytes(long most) {
    mostBytes = most;
  }

  Heard heard() {
    return heard;
  }

  Wire wire() {
    return wire;
  }

  /** What the upgrade to a WebSocket was answered by, or {@code null} if nothing came in time. */
  @Nullable HttpAnswer answer(Duration patience) throws InterruptedException {
    return wire instanceof WebSocketWire webSocket ? webSocket.answer(patience) : null;
  }

  /** Sends bytes as they are; the server must take them. */
  void send(Bytes bytes) throws Broken {
    String failure = write(bytes);
    if (failure != null) {
      throw new Broken("the server reads what %s sends".formatted(who), failure);
    }
  }

  /** Sends bytes that the server may have stopped taking. */
  void sendAnyway(Bytes bytes) {
    write(bytes);
  }

  private synchronized @Nullable String write(Bytes bytes) {
    Duration timeout = setting.timeout();
    Future<?> guard;
    try {
      guard = setting.watchdog().schedule(this::close, timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return "the run is over";
    }
    try {
      socket.getOutputStream().write(bytes.toArray());
      return null;
    } catch (IOException e) {
      String end = heard.end();
      return guard.isDone()
          ? "it took nothing more for " + seconds(timeout)
          : end != null ? end : reason(e);
    } finally {
      guard.cancel(false);
    }
  }

  /** Ends its stream by FIN; it still reads. */
  void finish() throws Broken {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new Broken("the connection of %s is open until it ends it".formatted(who), reason(e));
    }
  }

  /** Hangs up by RST. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      heard.stop(reason(e)); // it is gone already
    }
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      heard.stop(reason(e)); // there is nothing left to close
    }
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3g s", duration.toMillis() / 1000.0);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : Visible.bytes(Bytes.utf8(message));
  }
}
