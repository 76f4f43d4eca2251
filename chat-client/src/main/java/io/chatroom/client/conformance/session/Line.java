package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Printable;
import io.chatroom.client.conformance.Setting;
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
 * A connection that carries objects. It reads continuously, on its own thread, unless it was opened
 * paused. Every write has a time limit, so that a server that does not read cannot hold up the kit.
 */
final class Line implements AutoCloseable {

  private static final int SMALL_BUFFER_BYTES = 4096;
  private static final int LARGE_BUFFER_BYTES = 1 << 20;
  private static final long MOST_BYTES_AT_FIRST = 524_288;

  private final String who;
  private final Wire wire;
  private final Setting setting;
  private final Socket socket = new Socket();
  private final ObjectInbox inbox = new ObjectInbox();
  private volatile long mostBytes = MOST_BYTES_AT_FIRST;

  private Line(String who, Wire wire, Setting setting) {
    this.who = who;
    this.wire = wire;
    this.setting = setting;
  }

  /** Connects and sends nothing. */
  static Line connect(String who, Wire wire, Setting setting, boolean paused) throws Broken {
    Line line = new Line(who, wire, setting);
    try {
      if (paused) {
        line.socket.setReceiveBufferSize(SMALL_BUFFER_BYTES);
      }
      line.socket.setTcpNoDelay(true);
      line.socket.connect(setting.server(), Math.toIntExact(setting.timeout().toMillis()));
    } catch (IOException e) {
      line.close();
      throw new Broken("a connection for " + who, reason(e));
    }
    if (!paused) {
      line.start();
    }
    return line;
  }

  /** Makes a connection that has not read so far start reading; may be called once. */
  void startReading() {
    try {
      socket.setReceiveBufferSize(LARGE_BUFFER_BYTES);
    } catch (SocketException e) {
      inbox.stop(reason(e)); // already closed
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
                "an object of %,d bytes came, but 8 times maxMessageBytes is %,d"
                    .formatted(object.length(), mostBytes));
          }
          inbox.add(JsonReader.read(object));
          object = wire.read(in, this::sendAnyway);
        }
      } catch (SocketException e) {
        throw e;
      } catch (IOException e) {
        inbox.garbled(Objects.requireNonNullElse(e.getMessage(), "the stream is out of step"));
        in.transferTo(OutputStream.nullOutputStream()); // whether the server closes still counts
      }
      inbox.ended("the server ended the stream");
    } catch (IOException e) {
      String how = "the connection broke: " + reason(e);
      if (socket.isClosed()) {
        inbox.stop(how);
      } else {
        inbox.ended(how);
      }
    }
  }

  /** Sets how many bytes an object may have from now on. */
  void setMostBytes(long most) {
    mostBytes = most;
  }

  ObjectInbox inbox() {
    return inbox;
  }

  Wire wire() {
    return wire;
  }

  /** Returns the response to the upgrade to a WebSocket, or {@code null} if none came in time. */
  @Nullable HttpAnswer answer(Duration patience) throws InterruptedException {
    return wire instanceof WebSocketWire webSocket ? webSocket.answer(patience) : null;
  }

  /** Sends raw bytes, which the server must read. */
  void send(Bytes bytes) throws Broken {
    String failure = write(bytes);
    if (failure != null) {
      throw new Broken("the server reads what %s sends".formatted(who), failure);
    }
  }

  /** Sends raw bytes that the server need not read. */
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
      String end = inbox.end();
      return guard.isDone()
          ? "it read nothing for " + seconds(timeout)
          : end != null ? end : reason(e);
    } finally {
      guard.cancel(false);
    }
  }

  /** Ends its own stream by FIN; it still reads. */
  void finish() throws Broken {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new Broken(
          "the connection of %s stays open until %1$s ends it".formatted(who), reason(e));
    }
  }

  /** Disconnects by RST. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      inbox.stop(reason(e)); // already closed
    }
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      inbox.stop(reason(e)); // nothing is left to close
    }
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3g s", duration.toMillis() / 1000.0);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : Printable.bytes(Bytes.utf8(message));
  }
}
