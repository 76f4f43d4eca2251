package io.chatroom.client.conformance;

import static io.chatroom.client.conformance.Defect.*;

import io.chatroom.client.conformance.ReferenceFrame.Violation;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One peer of a {@link ReferenceServer}: its reading thread runs {@link #serve}, its writing thread
 * {@link #write}.
 */
final class ReferenceConnection {

  private static final int MAX_BACKLOG_BYTES = 1 << 20;
  private static final int MOST_AT_ONCE_BYTES = 1 << 14;

  /**
   * Bytes that come without a pause of this length count as one read, however a busy machine splits
   * them.
   */
  private static final long ONE_READ_NANOS = 5_000_000_000L;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration PATIENCE_IN_ALL = Duration.ofSeconds(3);

  private final ReferenceServer server;

  private final Socket socket;
  private final InputStream in;
  private final Deque<byte[]> backlog = new ArrayDeque<>();
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
  private final long accepted = System.nanoTime();
  private ReferenceFrame name = ReferenceFrame.of(new byte[0]);
  private boolean registered;
  private volatile boolean gone;
  private int backlogBytes;
  private boolean lagging;
  private boolean torn;
  private long stuckSince;
  private long patienceNanos = PATIENCE_IN_ALL.toNanos();
  private int sent;
  private int ofThisRead;
  private final Deque<ReferenceFrame> kept = new ArrayDeque<>();
  private long deliveredBytes;
  private byte @Nullable [] held;
  private @Nullable ReferenceConnection heldFrom;

  ReferenceConnection(ReferenceServer server, Socket socket) throws IOException {
    this.server = server;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    socket.setTcpNoDelay(true);
    ReferenceServer.start("write", this::write);
    if (has(MEMBER_BEFORE_REGISTRATION)) {
      server.add(this);
    }
  }

  ReferenceFrame name() {
    return name;
  }

  boolean hasTheNameOf(ReferenceConnection other) {
    return registered && name.text().equals(other.name.text());
  }

  private boolean has(Defect one) {
    return server.has(one);
  }

  void serve() {
    register();
    serveMember();
  }

  void registerThenServe() {
    register();
    ReferenceServer.start("read", this::serveMember);
  }

  private void register() {
    try {
      ReferenceFrame first = read(nameLimit());
      if (first == null) {
        end(null);
        return;
      }
      if (has(REJECTS_EMPTY_NAMES) && first.payload().length == 0) {
        throw new Violation("empty name");
      }
      name = first;
      registered = true;
      socket.setSoTimeout(0);
      if (has(DROPS_WHAT_FOLLOWS_REGISTRATION)) {
        in.skipNBytes(in.available());
      }
      if (has(TIMES_MEMBERS_OUT)) {
        server.later(this::close, server.registrationTimeout());
      }
      if (has(CLOSES_MEMBERS_WHO_STAY)) {
        server.later(this::close, server.registrationTimeout().multipliedBy(2));
      }
      server.join(this);
    } catch (Violation e) {
      end(e);
    } catch (IOException e) {
      end(null);
    }
  }

  private int nameLimit() {
    return has(TINY_LIMITS) ? 63 : has(SHORT_LIMITS) ? 64 : has(WRAPS_NAMES_AT_256) ? 65_536 : 128;
  }

  private void serveMember() {
    if (!registered) {
      return;
    }
    boolean goesOn = true;
    while (goesOn) {
      Violation violation = null;
      try {
        long waiting = System.nanoTime();
        ReferenceFrame message =
            read(has(TINY_LIMITS) ? 1_023 : has(SHORT_LIMITS) ? 16_384 : 65_536);
        if (System.nanoTime() - waiting > ONE_READ_NANOS) {
          ofThisRead = 0;
        }
        if (message == null) {
          break;
        }
        if (has(DOES_NOT_READ_FROM_SLOW_MEMBERS)) {
          awaitRoom();
        }
        if (++ofThisRead > mostOfRead()) {
          continue;
        }
        if (has(FORGETS_WHAT_LEAVERS_SAID) || has(FLUSHES_64_KIB)) {
          keep(message);
        } else if (has(TEARS_PAIRS) && message.payload().length >= 300) {
          tear(message);
        } else {
          server.relay(this, message);
        }
      } catch (Violation e) {
        violation = e;
        goesOn = has(GOES_ON_AFTER_VIOLATIONS);
      } catch (IOException | InterruptedException e) {
        goesOn = false;
      }
      if (!goesOn) {
        end(violation);
        return;
      }
    }
    end(null);
  }

  private int mostOfRead() {
    return has(KEEPS_512_OF_A_READ) ? 512 : has(KEEPS_4096_OF_A_READ) ? 4096 : Integer.MAX_VALUE;
  }

  /**
   * Keeps messages until their sender sends a control message of the kit, or leaves. So the outcome
   * does not depend on how busy the machine is.
   */
  private void keep(ReferenceFrame message) {
    kept.add(message);
    if (message.text().contains("~")) {
      flush(Integer.MAX_VALUE);
    }
  }

  private void flush(int mostBytes) {
    int bytes = 0;
    for (ReferenceFrame message : kept) {
      bytes += message.payload().length;
      if (bytes <= mostBytes) {
        server.relay(this, message);
      }
    }
    kept.clear();
  }

  /** Returns true on the first call only. */
  boolean isNew() {
    return sent++ == 0;
  }

  void deliver(ReferenceConnection sender, byte[] pair, String text, boolean swap) {
    if (swap && held == null) {
      held = pair;
      heldFrom = sender;
      return;
    }
    deliveredBytes += pair.length;
    if (has(SENDS_16_MIB_TO_EACH) && deliveredBytes > 16L << 20) {
      return;
    }
    send(pair);
    if (has(REPEATS_A_MESSAGE) && text.startsWith("message 9")) {
      send(pair);
    }
    byte[] before = held;
    if (before != null && (has(SWAPS_MESSAGES) || heldFrom != sender)) {
      held = null;
      send(before);
    }
  }

  private void tear(ReferenceFrame message) throws InterruptedException {
    sendApart(name);
    server.meetAnotherThatTears();
    sendApart(message);
  }

  private void sendApart(ReferenceFrame part) {
    byte[] bytes = server.wire().pair(part, ReferenceFrame.of(new byte[0]));
    server.others(this, Arrays.copyOf(bytes, bytes.length - 10));
  }

  private void end(@Nullable Violation violation) {
    gone = true;
    flush(has(FLUSHES_64_KIB) ? 65_536 : 0);
    if (has(RELAYS_THE_UNFINISHED) && violation == null && unfinished.size() > 10) {
      byte[] bytes = unfinished.toByteArray();
      ReferenceFrame payload = ReferenceFrame.of(Arrays.copyOfRange(bytes, 10, bytes.length));
      if (registered) {
        server.relay(this, payload);
      } else {
        name = payload;
        server.relay(this, ReferenceFrame.of(new byte[0]));
      }
    }
    if (violation != null) {
      server.violated(this, violation);
    }
    server.leave(this);
    if (violation != null ? !has(NEVER_CLOSES) : !has(KEEPS_ITS_SIDE_OPEN)) {
      close();
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    synchronized (backlog) {
      gone = true;
      backlog.notifyAll();
    }
  }

  // Reading

  private @Nullable ReferenceFrame read(int limit) throws IOException, Violation {
    unfinished.reset();
    byte[] header = read(10L);
    while (has(SKIPS_LINE_ENDS) && header.length == 10 && header[0] == '\n') {
      System.arraycopy(header, 1, header, 0, 9);
      header[9] = read(1L)[0];
    }
    if (header.length < 10 && !has(ONE_READ_A_FRAME)) {
      return null;
    }
    if (header.length == 0) {
      return null;
    }
    long length =
        header.length < 10
            ? server.wire().length(Arrays.copyOf(header, 10))
            : server.wire().length(header);
    if (length > limit && !has(NO_LIMIT)) {
      throw new Violation("too long");
    }
    byte[] payload;
    if (has(READS_IN_THE_ROOM) && registered) {
      synchronized (server.room()) {
        payload = read(length);
      }
    } else {
      payload = read(length);
    }
    if (payload.length < length && !has(ONE_READ_A_FRAME)) {
      return null;
    }
    unfinished.reset();
    server.wire().checkUtf8(payload);
    if (has(ONE_FRAME_A_READ)) {
      in.skipNBytes(in.available());
    }
    ReferenceFrame frame = new ReferenceFrame(header, payload);
    if (has(REJECTS_CONTROL_CHARACTERS) && frame.text().indexOf('\0') >= 0) {
      throw new Violation("control character");
    }
    return frame;
  }

  /** Returns fewer bytes only at the end of the stream, and then keeps them as unfinished. */
  private byte[] read(long count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    while (bytes.size() < count) {
      limitTime();
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, count - bytes.size()));
      if (read < 0) {
        break;
      }
      int total =
          bytes.size() + read; // several such sizes, because a busy machine may join two pieces
      boolean full = total < count && total % 128 == 0 && in.available() == 0;
      bytes.write(buffer, 0, has(LOSES_ITS_PLACE_AT_128) && full ? read - 1 : read);
      unfinished.write(buffer, 0, read);
      if (has(ONE_READ_A_FRAME)) {
        break;
      }
    }
    return bytes.toByteArray();
  }

  private void limitTime() throws IOException {
    if (registered || has(NO_REGISTRATION_TIMEOUT)) {
      return;
    }
    long since = has(BYTES_EXTEND_THE_TIMEOUT) ? System.nanoTime() : accepted;
    long left = server.registrationTimeout().toMillis() - (System.nanoTime() - since) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException();
    }
    socket.setSoTimeout((int) left);
  }

  // Writing

  /**
   * Queues a pair. If a member does not drain, waits for it, then skips messages for it until it
   * has caught up. Each member's wait is counted from when its backlog was full, so many members
   * cost no more than one.
   */
  void send(byte[] pair) {
    synchronized (backlog) {
      if (lagging && backlogBytes == 0 && !has(SKIPS_SLOW_MEMBERS_FOR_EVER)) {
        lagging = false;
        torn = false;
      }
      if (has(WAITS_FOR_EACH_SLOW_MEMBER)) {
        stuckSince = System.nanoTime();
      }
      while (!lagging && !gone && backlogBytes > MAX_BACKLOG_BYTES) {
        awaitProgress();
      }
      byte[] whole = pair;
      if (lagging && has(TEARS_PAIRS_OF_SLOW_MEMBERS) && !torn) {
        torn = true;
        whole = Arrays.copyOf(pair, pair.length / 2);
      } else if (lagging) {
        return;
      }
      if (backlogBytes <= MAX_BACKLOG_BYTES) {
        stuckSince = System.nanoTime();
      }
      backlog.add(whole);
      backlogBytes += whole.length;
      backlog.notifyAll();
    }
  }

  private void awaitProgress() {
    long start = System.nanoTime();
    long left = Math.min(patienceNanos, stuckSince + PATIENCE.toNanos() - start);
    if (left <= 0 && !has(WAITS_FOR_SLOW_MEMBERS)) {
      lagging = true;
      return;
    }
    try {
      backlog.wait(Math.max(1, left / 1_000_000));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    patienceNanos -= System.nanoTime() - start;
  }

  void sendNow(byte[] pair) {
    try {
      socket.getOutputStream().write(pair);
    } catch (IOException e) {
      gone = true;
    }
  }

  private void awaitRoom() throws InterruptedException {
    synchronized (backlog) {
      while (backlogBytes > MAX_BACKLOG_BYTES / 2 && !gone) {
        backlog.wait();
      }
    }
  }

  private void write() {
    try {
      while (true) {
        ByteArrayOutputStream next = new ByteArrayOutputStream();
        synchronized (backlog) {
          while (backlog.isEmpty()) {
            if (gone) {
              return;
            }
            backlog.wait();
          }
          while (!backlog.isEmpty() && next.size() < MOST_AT_ONCE_BYTES) {
            next.writeBytes(backlog.remove());
          }
        }
        next.writeTo(socket.getOutputStream());
        synchronized (backlog) {
          backlogBytes -= next.size();
          stuckSince = System.nanoTime();
          if (backlogBytes == 0) {
            patienceNanos = PATIENCE_IN_ALL.toNanos();
          }
          backlog.notifyAll();
        }
      }
    } catch (IOException | InterruptedException e) {
      synchronized (backlog) {
        gone = true;
        backlog.notifyAll();
      }
    }
  }
}
