package io.chatroom.client.conformance;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One raw connection to the server under test. It can do what a client never would: send half a
 * header, stop reading, hang up in the middle of a word.
 *
 * <p>Unless told otherwise it reads all the time, on a thread of its own, so that it never counts
 * as slow; what it hears waits in its {@link Inbox}. Every wait and every write is bounded: a
 * server that does not read must not hold up its judge.
 */
final class Peer implements AutoCloseable {

  private static final int SMALL_BUFFER_BYTES = 4096;
  private static final int LARGE_BUFFER_BYTES = 1 << 20;

  private final String role;
  private final Bytes name;
  private final Duration timeout;
  private final ScheduledExecutorService watchdog;
  private final Socket socket = new Socket();
  private final Inbox inbox;

  private boolean registered;

  /** What has come of a pair that is not complete yet. */
  private final AtomicInteger unfinishedBytes = new AtomicInteger();

  private Peer(
      String role, Tag tag, Bytes name, Duration timeout, ScheduledExecutorService watchdog) {
    this.role = role;
    this.name = name;
    this.timeout = timeout;
    this.watchdog = watchdog;
    this.inbox = new Inbox(tag);
  }

  /** What a peer does with what it is sent. */
  enum Hearing {
    /** Reads it all, at once, and remembers it. */
    ATTENTIVE,
    /** Reads it all and forgets it. */
    HEEDLESS,
    /** Has little room, and reads nothing until {@link Peer#listen()}. */
    DEAF
  }

  static Peer connect(
      InetSocketAddress server,
      String role,
      Hearing hearing,
      Tag tag,
      Bytes name,
      Duration timeout,
      ScheduledExecutorService watchdog)
      throws Broken {
    Peer peer = new Peer(role, tag, name, timeout, watchdog);
    if (hearing == Hearing.DEAF) {
      peer.shrinkWindow();
    }
    peer.connect(server);
    switch (hearing) {
      case ATTENTIVE -> peer.read(peer::readToEnd);
      case HEEDLESS -> peer.read(peer::readOn);
      case DEAF -> {}
    }
    return peer;
  }

  private void shrinkWindow() {
    try {
      socket.setReceiveBufferSize(SMALL_BUFFER_BYTES);
    } catch (SocketException e) {
      throw new IllegalStateException("the receive buffer cannot be set: " + e.getMessage(), e);
    }
  }

  private void connect(InetSocketAddress server) throws Broken {
    try {
      socket.setTcpNoDelay(true);
      socket.connect(server, Math.toIntExact(timeout.toMillis()));
    } catch (SocketTimeoutException e) {
      close();
      throw new Broken("a connection for " + role, "no answer within " + seconds(timeout));
    } catch (IOException e) {
      close();
      throw new Broken("a connection for " + role, reason(e));
    }
  }

  /** A deaf one begins to read, and quickly; once. */
  void listen() {
    try {
      socket.setReceiveBufferSize(LARGE_BUFFER_BYTES);
    } catch (SocketException e) {
      inbox.end(reason(e)); // it is gone already
    }
    read(this::readToEnd);
  }

  private void read(Runnable task) {
    start(task, "conformance-" + role);
  }

  private static void start(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void readToEnd() {
    try {
      InputStream in = counting(new BufferedInputStream(socket.getInputStream(), 1 << 16));
      while (true) {
        Framing.Frame first = Framing.read(in);
        if (first == null) {
          inbox.closed("the server closed the connection");
          return;
        }
        Framing.Frame second = Framing.read(in);
        if (second == null) {
          inbox.closed("the server closed the connection between a name and its message");
          return;
        }
        unfinishedBytes.set(0);
        inbox.add(new Pair(first, second));
      }
    } catch (Framing.CutShortException e) {
      inbox.cutShort(Objects.requireNonNullElse(e.getMessage(), "the stream was cut short"));
    } catch (Framing.OutOfStepException e) {
      inbox.garbled(Objects.requireNonNullElse(e.getMessage(), "the stream is out of step"));
      readOn();
    } catch (IOException e) {
      broke(e);
    }
  }

  private InputStream counting(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] buffer, int from, int length) throws IOException {
        int read = super.read(buffer, from, length);
        unfinishedBytes.addAndGet(Math.max(0, read));
        return read;
      }
    };
  }

  /** Reads what cannot be understood any more: whether the server closes still counts. */
  private void readOn() {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      inbox.closed("the server closed the connection");
    } catch (IOException e) {
      broke(e);
    }
  }

  private void broke(IOException e) {
    String how = "the connection broke: " + reason(e);
    if (socket.isClosed()) {
      inbox.end(how);
    } else {
      inbox.closed(how);
    }
  }

  String role() {
    return role;
  }

  Bytes name() {
    return name;
  }

  // What it does

  /** Sends bytes as they are; the server must take them. */
  void send(Bytes bytes) throws Broken {
    String failure = write(bytes);
    if (failure != null) {
      throw new Broken("the server reads what %s sends".formatted(role), failure);
    }
  }

  /** Sends bytes that the server may have stopped taking, because it has closed the connection. */
  void sendAnyway(Bytes bytes) {
    write(bytes);
  }

  private @Nullable String write(Bytes bytes) {
    Future<?> guard = watchdog.schedule(this::close, timeout.toMillis(), TimeUnit.MILLISECONDS);
    try {
      socket.getOutputStream().write(bytes.toArray());
      return null;
    } catch (IOException e) {
      String end = inbox.end();
      return guard.isDone()
          ? "it took nothing more for " + seconds(timeout)
          : end != null ? end : reason(e);
    } finally {
      guard.cancel(false);
    }
  }

  /** Sends its name. */
  void register() throws Broken {
    send(Framing.frame(name));
    registered = true;
  }

  /** Sends its name to a server that may have had enough members, and has closed the connection. */
  void registerAnyway() {
    sendAnyway(Framing.frame(name));
    registered = true;
  }

  /**
   * Sends bytes in the background, for as long as that takes: a server may delay one who says too
   * much by not reading (P-18).
   */
  void sendPatiently(Bytes bytes) {
    Runnable sending =
        () -> {
          try {
            socket.getOutputStream().write(bytes.toArray());
          } catch (IOException e) {
            inbox.end(reason(e)); // what was not heard will be missed
          }
        };
    start(sending, "conformance-sends-" + role);
  }

  /** Sends a message, and says what the others should hear. */
  Said say(String text) throws Broken {
    return say(Bytes.utf8(text));
  }

  Said say(Bytes message) throws Broken {
    send(Framing.frame(message));
    return said(message);
  }

  /** What others hear if it says {@code message}. */
  Said said(Bytes message) {
    return new Said(name, message);
  }

  /** Ends its stream by FIN; it still reads. */
  void finish() throws Broken {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new Broken("the connection of %s is open until it ends it".formatted(role), reason(e));
    }
  }

  /** Hangs up by RST. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      inbox.end(reason(e)); // it is gone already
    }
    close();
  }

  /** Whether it has registered and is still there to hear the others. */
  boolean listens() {
    return registered && !isClosed() && !hasEnded();
  }

  /** Whether it was closed from this side. */
  boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      inbox.end(reason(e)); // there is nothing left to close
    }
  }

  // What it hears

  List<Pair> take(int count) throws InterruptedException {
    return inbox.take(count, timeout);
  }

  List<Pair> take(int count, Duration patience) throws InterruptedException {
    return inbox.take(count, patience);
  }

  @Nullable List<Pair> takeUntil(Bytes control) throws InterruptedException {
    return inbox.takeUntil(control, timeout);
  }

  boolean awaitControl(Bytes control, Duration patience) throws InterruptedException {
    return inbox.awaitControl(control, patience);
  }

  List<Said> takeStrangers() {
    return inbox.takeStrangers();
  }

  boolean awaitClosed(Duration patience) throws InterruptedException {
    return inbox.awaitClosed(patience);
  }

  boolean hasEnded() {
    return inbox.end() != null;
  }

  /** All that is there to be taken, without waiting. */
  List<Pair> heard() throws InterruptedException {
    return inbox.take(Integer.MAX_VALUE, Duration.ZERO);
  }

  boolean isCutShort() {
    return inbox.isCutShort();
  }

  boolean isGarbled() {
    return inbox.isGarbled();
  }

  /** Why nothing more came, as a phrase: the stream ended, or nothing arrived for so long. */
  String silence() {
    String end = inbox.end();
    if (end != null) {
      return end;
    }
    int bytes = unfinishedBytes.get();
    return "nothing came within "
        + seconds(timeout)
        + (bytes == 0 ? "" : " but " + bytes + " bytes of an unfinished pair of frames");
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3g s", duration.toMillis() / 1000.0);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : Visible.bytes(Bytes.utf8(message));
  }
}
