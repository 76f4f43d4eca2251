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
 * One raw connection to the server under test. It can do what a client never does: send half a
 * header, stop reading, or disconnect within a frame.
 *
 * <p>By default it reads continuously, on its own thread, so that it never counts as slow; what it
 * receives waits in its {@link Inbox}. Every wait and every write has a time limit, so that a
 * server that does not read cannot hold up the kit.
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

  /** Bytes received of a pair that is not complete yet. */
  private final AtomicInteger unfinishedBytes = new AtomicInteger();

  private Peer(
      String role, Tag tag, Bytes name, Duration timeout, ScheduledExecutorService watchdog) {
    this.role = role;
    this.name = name;
    this.timeout = timeout;
    this.watchdog = watchdog;
    this.inbox = new Inbox(tag);
  }

  /** The ways to treat the bytes that a peer is sent. */
  enum Reading {
    /** Reads and keeps everything. */
    KEEP,
    /** Reads and discards everything. */
    DISCARD,
    /** Has a small receive buffer, and reads nothing until {@link Peer#startReading()}. */
    PAUSED
  }

  static Peer connect(
      InetSocketAddress server,
      String role,
      Reading reading,
      Tag tag,
      Bytes name,
      Duration timeout,
      ScheduledExecutorService watchdog)
      throws Broken {
    Peer peer = new Peer(role, tag, name, timeout, watchdog);
    if (reading == Reading.PAUSED) {
      peer.shrinkWindow();
    }
    peer.connect(server);
    switch (reading) {
      case KEEP -> peer.read(peer::readToEnd);
      case DISCARD -> peer.read(peer::readOn);
      case PAUSED -> {}
    }
    return peer;
  }

  private void shrinkWindow() {
    try {
      socket.setReceiveBufferSize(SMALL_BUFFER_BYTES);
    } catch (SocketException e) {
      throw new IllegalStateException(
          "cannot set the size of the receive buffer: " + e.getMessage(), e);
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

  /** Makes a peer that has not read so far start reading; may be called once. */
  void startReading() {
    try {
      socket.setReceiveBufferSize(LARGE_BUFFER_BYTES);
    } catch (SocketException e) {
      inbox.end(reason(e)); // already closed
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

  /** Discards a stream that is out of step, because whether the server closes it still counts. */
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

  // Sending

  /** Sends raw bytes, which the server must read. */
  void send(Bytes bytes) throws Broken {
    String failure = write(bytes);
    if (failure != null) {
      throw new Broken("the server reads what %s sends".formatted(role), failure);
    }
  }

  /** Sends raw bytes that the server need not read, because it may have closed the connection. */
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
          ? "it read nothing for " + seconds(timeout)
          : end != null ? end : reason(e);
    } finally {
      guard.cancel(false);
    }
  }

  /** Sends the registration. */
  void register() throws Broken {
    send(Framing.frame(name));
    registered = true;
  }

  /** Sends the registration to a server that may be full and have closed the connection. */
  void registerAnyway() {
    sendAnyway(Framing.frame(name));
    registered = true;
  }

  /**
   * Sends bytes in the background without a time limit, because a server may delay a member that
   * sends too much by not reading from it (P-18).
   */
  void sendPatiently(Bytes bytes) {
    Runnable sending =
        () -> {
          try {
            socket.getOutputStream().write(bytes.toArray());
          } catch (IOException e) {
            inbox.end(reason(e)); // the case will miss what was not relayed
          }
        };
    start(sending, "conformance-sends-" + role);
  }

  /** Sends a message and returns what the others must receive. */
  Post post(String text) throws Broken {
    return post(Bytes.utf8(text));
  }

  Post post(Bytes message) throws Broken {
    send(Framing.frame(message));
    return postOf(message);
  }

  /** Returns what the others must receive if this peer sends {@code message}. */
  Post postOf(Bytes message) {
    return new Post(name, message);
  }

  /** Ends its own stream by FIN; it still reads. */
  void finish() throws Broken {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new Broken(
          "the connection of %s stays open until %1$s ends it".formatted(role), reason(e));
    }
  }

  /** Disconnects by RST. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      inbox.end(reason(e)); // already closed
    }
    close();
  }

  /** Returns true if it has registered and neither side has closed the connection. */
  boolean isPresent() {
    return registered && !isClosed() && !hasEnded();
  }

  /** Returns true if it was closed from this side. */
  boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      inbox.end(reason(e)); // nothing is left to close
    }
  }

  // Receiving

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

  List<Post> takeStrangers() {
    return inbox.takeStrangers();
  }

  boolean awaitClosed(Duration patience) throws InterruptedException {
    return inbox.awaitClosed(patience);
  }

  boolean hasEnded() {
    return inbox.end() != null;
  }

  /** Takes everything that has arrived, without waiting. */
  List<Pair> received() throws InterruptedException {
    return inbox.take(Integer.MAX_VALUE, Duration.ZERO);
  }

  boolean isCutShort() {
    return inbox.isCutShort();
  }

  boolean isGarbled() {
    return inbox.isGarbled();
  }

  /**
   * Returns why nothing more came, as a phrase: the stream ended, or nothing arrived within the
   * timeout.
   */
  String silence() {
    String end = inbox.end();
    if (end != null) {
      return end;
    }
    int bytes = unfinishedBytes.get();
    return "nothing came within "
        + seconds(timeout)
        + (bytes == 0 ? "" : " except " + bytes + " bytes of an unfinished pair of frames");
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3g s", duration.toMillis() / 1000.0);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : Printable.bytes(Bytes.utf8(message));
  }
}
