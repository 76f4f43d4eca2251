package io.chatroom.client.conformance;

import static io.chatroom.client.conformance.Defect.*;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The protocol as plainly as it can be written: two threads a connection, one lock for the room. It
 * meets every requirement, unless it was told to have one {@link Defect}; so each case of the kit
 * is shown to fail for one reason, and to hold without it.
 */
final class ReferenceServer implements AutoCloseable {

  private static final int MAX_BACKLOG_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final byte[] SERVER = {'s', 'e', 'r', 'v', 'e', 'r'};

  private final @Nullable Defect defect;
  private final Duration registrationTimeout;
  private final ServerSocket listening;
  private final List<Connection> connections = new ArrayList<>();

  /** In the order of joining; whoever holds its lock decides the order of the room. */
  private final List<Connection> members = new ArrayList<>();

  private final Deque<byte[]> history = new ArrayDeque<>();
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private int relayed;

  ReferenceServer(@Nullable Defect defect, Duration registrationTimeout) throws IOException {
    this.defect = defect;
    this.registrationTimeout =
        defect == LATE_REGISTRATION_TIMEOUT
            ? registrationTimeout.multipliedBy(5).dividedBy(2)
            : registrationTimeout;
    this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  /** Closes every connection and takes no more. */
  void stop() throws IOException {
    listening.close();
    later.shutdownNow();
    synchronized (connections) {
      connections.forEach(Connection::close);
    }
  }

  private boolean has(Defect one) {
    return defect == one;
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, "reference-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void accept() {
    try {
      while (true) {
        Connection connection = new Connection(listening.accept());
        synchronized (connections) {
          connections.add(connection);
        }
        if (has(REGISTERS_ONE_AT_A_TIME)) {
          connection.registerThenServe();
        } else {
          start("read", connection::serve);
        }
      }
    } catch (IOException closed) {
      // by close()
    }
  }

  // The room

  private void join(Connection newcomer) {
    synchronized (members) {
      if (has(REJECTS_NAMES_IN_USE) && members.stream().anyMatch(newcomer::hasTheNameOf)) {
        newcomer.close();
      }
      if (has(RELAYS_REGISTRATIONS)) {
        everybody(pair(newcomer.name, newcomer.name));
      }
      if (has(ANNOUNCES_NEWCOMERS)) {
        everybody(notice("somebody came"));
      }
      if (!members.contains(newcomer)) {
        members.add(newcomer);
      }
      if (has(SENDS_HISTORY)) {
        history.forEach(newcomer::send);
      }
      if (has(GREETS)) {
        newcomer.send(notice("welcome"));
      }
    }
  }

  private void leave(Connection leaver) {
    synchronized (members) {
      boolean wasMember = members.remove(leaver);
      if (has(ANNOUNCES_LEAVERS) && wasMember) {
        everybody(notice("somebody left"));
      }
      if (has(LEAVING_CLOSES_A_NEIGHBOUR) && !members.isEmpty()) {
        members.get(0).close();
      }
    }
  }

  private void relay(Connection sender, Frame message) {
    byte[] pair = pair(sender.name, message);
    String text = message.text();
    synchronized (members) {
      if (has(RELAYS_NOTHING)
          || (has(DROPS_EMPTY_MESSAGES) && message.payload.length == 0)
          || (has(DROPS_A_REPEATED_NAME) && text.equals(sender.name.text()))
          || (has(DROPS_ONE_IN_A_THOUSAND) && ++relayed % 1000 == 0)) {
        return;
      }
      history.add(pair);
      for (Connection member : List.copyOf(members)) {
        boolean own = member == sender || (has(EXCLUDES_BY_NAME) && member.hasTheNameOf(sender));
        boolean forgotten =
            has(FORGETS_THE_NEWEST_MEMBER) && members.size() > 5 && member == newest();
        boolean tooNew = has(MISSES_THE_FIRST_MESSAGE) && !own && member.sent++ == 0;
        if ((!own || has(ECHOES)) && !forgotten && !tooNew) {
          send(member, sender, pair, text);
        }
      }
      if (has(CONFIRMS)) {
        sender.send(notice("ok"));
      }
    }
  }

  private Connection newest() {
    return members.get(members.size() - 1);
  }

  private void send(Connection member, Connection sender, byte[] pair, String text) {
    boolean swap =
        (has(SWAPS_MESSAGES) && text.equals("message 7"))
            || (has(ANOTHER_ORDER_FOR_SOME)
                && text.startsWith("message 7 ")
                && members.indexOf(member) % 2 == 1);
    if (swap && member.held == null) {
      member.held = pair;
      member.heldFrom = sender;
      return;
    }
    member.send(pair);
    if (has(REPEATS_A_MESSAGE) && text.startsWith("message 9")) {
      member.send(pair);
    }
    byte[] held = member.held;
    if (held != null && (has(SWAPS_MESSAGES) || member.heldFrom != sender)) {
      member.held = null;
      member.send(held);
    }
  }

  private void everybody(byte[] pair) {
    members.forEach(member -> member.send(pair));
  }

  private void violated(Connection offender, Violation violation) {
    if (has(ANSWERS_VIOLATIONS)) {
      offender.sendNow(notice("bad frame: " + violation.getMessage()));
    }
    synchronized (members) {
      for (Connection member : List.copyOf(members)) {
        if (has(VIOLATIONS_CLOSE_EVERYBODY)
            || (has(VIOLATIONS_CLOSE_NAMESAKES) && member.hasTheNameOf(offender))) {
          member.close();
        }
      }
    }
  }

  // The wire

  private byte[] pair(Frame name, Frame message) {
    ByteArrayOutputStream pair = new ByteArrayOutputStream();
    for (Frame frame : List.of(name, message)) {
      byte[] payload =
          has(TRIMS_PAYLOADS)
              ? frame.text().strip().getBytes(StandardCharsets.UTF_8)
              : frame.payload;
      int length =
          has(WRITES_LENGTH_IN_CHARACTERS)
              ? frame.text().codePointCount(0, frame.text().length())
              : payload.length;
      boolean asReceived =
          frame.payload.length == length && !has(REWRITES_HEADERS) && !has(RELAYS_THE_UNFINISHED);
      pair.writeBytes(
          asReceived
              ? frame.header
              : "%-10d".formatted(length).getBytes(StandardCharsets.US_ASCII));
      pair.writeBytes(payload);
    }
    if (has(LINE_END_AFTER_EMPTY_MESSAGE) && message.payload.length == 0) {
      pair.write('\n');
    }
    return pair.toByteArray();
  }

  private byte[] notice(String text) {
    return pair(Frame.of(SERVER), Frame.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private long length(byte[] header) throws Violation {
    String text = new String(header, StandardCharsets.ISO_8859_1);
    if (has(READS_HEADERS_LIKE_PYTHON)) {
      text = likePython(new String(header, StandardCharsets.UTF_8));
    } else if (has(READS_HEADERS_LIKE_C)) {
      text = text.replaceFirst("^[ \\t\\n\\013\\r]*\\+?([0-9]+).*", "$1");
      text = text.replaceFirst("(?s)^([0-9]+).*", "$1");
    } else if (has(TAKES_ONLY_THE_DIGITS)) {
      text = text.replaceAll("[^0-9]", "");
    } else if (has(READS_NONSENSE_AS_ZERO) && !text.matches("[-+ \\t]*[1-9].*")) {
      text = "0";
    }
    if (!text.matches(" *[0-9]{1,10} *")
        || (has(REJECTS_LEADING_SPACES) && text.startsWith(" "))
        || (has(REJECTS_NINE_SPACES) && text.endsWith(" ".repeat(9)))) {
      throw new Violation("malformed header");
    }
    String digits = text.strip();
    if (has(READS_OCTAL) && digits.startsWith("0") && digits.matches("[0-7]+")) {
      return Long.parseLong(digits, 8);
    }
    return has(WRAPS_LENGTHS) ? (int) Long.parseLong(digits) : Long.parseLong(digits);
  }

  private static String likePython(String header) {
    StringBuilder digits = new StringBuilder();
    String text = header.replaceAll("^[\\s\\u00a0\\013]+|[\\s\\u00a0\\013]+$", "");
    text.replaceFirst("^\\+", "")
        .replaceAll("(?<=\\d)_(?=\\d)", "")
        .codePoints()
        .forEach(
            c -> digits.appendCodePoint(Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
    return digits.toString();
  }

  private void checkUtf8(byte[] payload) throws Violation {
    if (has(ANY_BYTES)
        || (has(OVERLONG_FORMS_AND_SURROGATES) && hasTheShapeOfUtf8(payload))
        || (has(CARRIES_UTF8_ACROSS_FRAMES) && endsOrBeginsWithin(payload))) {
      return;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
    } catch (CharacterCodingException e) {
      throw new Violation("not UTF-8");
    }
  }

  private static boolean hasTheShapeOfUtf8(byte[] payload) {
    String bytes = new String(payload, StandardCharsets.ISO_8859_1);
    return bytes.matches(
        "(?s)([\\x00-\\x7f]|[\\xc0-\\xdf][\\x80-\\xbf]|[\\xe0-\\xef][\\x80-\\xbf]{2}"
            + "|[\\xf0-\\xf4][\\x80-\\xbf]{3})*");
  }

  private static boolean endsOrBeginsWithin(byte[] payload) {
    String bytes = new String(payload, StandardCharsets.ISO_8859_1);
    return bytes.matches(
        "(?s)[\\x80-\\xbf]?[\\x00-\\x7f]*([\\xc2-\\xdf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf])?");
  }

  private static final class Frame {

    private final byte[] header;
    private final byte[] payload;

    Frame(byte[] header, byte[] payload) {
      this.header = header;
      this.payload = payload;
    }

    static Frame of(byte[] payload) {
      return new Frame(
          "%-10d".formatted(payload.length).getBytes(StandardCharsets.US_ASCII), payload);
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  private static final class Violation extends Exception {
    Violation(String message) {
      super(message);
    }
  }

  /** One peer: its reading thread runs {@link #serve}, its writing thread {@link #write}. */
  private final class Connection {

    private final Socket socket;
    private final InputStream in;
    private final Deque<byte[]> backlog = new ArrayDeque<>();
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private final long accepted = System.nanoTime();
    private Frame name = Frame.of(new byte[0]);
    private boolean registered;
    private volatile boolean gone;
    private int backlogBytes;
    private boolean lagging;
    private long patienceNanos = PATIENCE.toNanos();
    private int sent;
    private byte @Nullable [] held;
    private @Nullable Connection heldFrom;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      socket.setTcpNoDelay(true);
      start("write", this::write);
      if (has(MEMBER_BEFORE_REGISTRATION)) {
        synchronized (members) {
          members.add(this);
        }
      }
    }

    boolean hasTheNameOf(Connection other) {
      return registered && name.text().equals(other.name.text());
    }

    void serve() {
      register();
      serveMember();
    }

    void registerThenServe() {
      register();
      start("read", this::serveMember);
    }

    private void register() {
      try {
        Frame first = read(has(TINY_LIMITS) ? 63 : has(SHORT_LIMITS) ? 64 : 128);
        if (first == null) {
          end(null);
          return;
        }
        if (has(REJECTS_EMPTY_NAMES) && first.payload.length == 0) {
          throw new Violation("empty name");
        }
        name = first;
        registered = true;
        socket.setSoTimeout(0);
        if (has(DROPS_WHAT_FOLLOWS_REGISTRATION)) {
          in.skipNBytes(in.available());
        }
        if (has(TIMES_MEMBERS_OUT)) {
          later.schedule(this::close, registrationTimeout.toMillis(), TimeUnit.MILLISECONDS);
        }
        join(this);
      } catch (Violation e) {
        end(e);
      } catch (IOException e) {
        end(null);
      }
    }

    private void serveMember() {
      if (!registered) {
        return;
      }
      boolean goesOn = true;
      while (goesOn) {
        Violation violation = null;
        try {
          Frame message = read(has(TINY_LIMITS) ? 1_023 : has(SHORT_LIMITS) ? 16_384 : 65_536);
          if (message == null) {
            break;
          }
          if (has(DOES_NOT_READ_FROM_SLOW_MEMBERS)) {
            awaitRoom();
          }
          if (has(FORGETS_WHAT_LEAVERS_SAID)) {
            later.schedule(() -> relayUnlessGone(message), 20, TimeUnit.MILLISECONDS);
          } else if (has(TEARS_PAIRS) && message.payload.length >= 300) {
            tear(message);
          } else {
            relay(this, message);
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

    private void relayUnlessGone(Frame message) {
      if (!gone) {
        relay(this, message);
      }
    }

    private void tear(Frame message) throws InterruptedException {
      for (Frame part : List.of(name, message)) {
        byte[] bytes = pair(part, Frame.of(new byte[0]));
        synchronized (members) {
          for (Connection member : members) {
            if (member != this) {
              member.send(Arrays.copyOf(bytes, bytes.length - 10));
            }
          }
        }
        Thread.sleep(1);
      }
    }

    private void end(@Nullable Violation violation) {
      gone = true;
      if (has(RELAYS_THE_UNFINISHED) && violation == null && unfinished.size() > 10) {
        byte[] bytes = unfinished.toByteArray();
        Frame payload = Frame.of(Arrays.copyOfRange(bytes, 10, bytes.length));
        if (registered) {
          relay(this, payload);
        } else {
          name = payload;
          relay(this, Frame.of(new byte[0]));
        }
      }
      if (violation != null) {
        violated(this, violation);
      }
      leave(this);
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

    private @Nullable Frame read(int limit) throws IOException, Violation {
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
      long length = header.length < 10 ? length(Arrays.copyOf(header, 10)) : length(header);
      if (length > limit && !has(NO_LIMIT)) {
        throw new Violation("too long");
      }
      byte[] payload;
      if (has(READS_IN_THE_ROOM) && registered) {
        synchronized (members) {
          payload = read(length);
        }
      } else {
        payload = read(length);
      }
      if (payload.length < length && !has(ONE_READ_A_FRAME)) {
        return null;
      }
      unfinished.reset();
      checkUtf8(payload);
      if (has(ONE_FRAME_A_READ)) {
        in.skipNBytes(in.available());
      }
      Frame frame = new Frame(header, payload);
      if (has(REJECTS_CONTROL_CHARACTERS) && frame.text().indexOf('\0') >= 0) {
        throw new Violation("control character");
      }
      return frame;
    }

    /** Fewer bytes only at the end of the stream, and then they are noted as unfinished. */
    private byte[] read(long count) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      while (bytes.size() < count) {
        limitTime();
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, count - bytes.size()));
        if (read < 0) {
          break;
        }
        bytes.write(buffer, 0, read);
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
      long left = registrationTimeout.toMillis() - (System.nanoTime() - since) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException();
      }
      socket.setSoTimeout((int) left);
    }

    // Writing

    /** Queues a pair; a member that does not drain is waited for a little, then skipped. */
    void send(byte[] pair) {
      synchronized (backlog) {
        if (lagging && backlogBytes == 0 && !has(SKIPS_SLOW_MEMBERS_FOR_EVER)) {
          lagging = false;
          patienceNanos = PATIENCE.toNanos();
        }
        while (!lagging && !gone && backlogBytes > MAX_BACKLOG_BYTES) {
          long start = System.nanoTime();
          try {
            backlog.wait(Math.max(1, patienceNanos / 1_000_000));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          if (!has(WAITS_FOR_SLOW_MEMBERS)) {
            patienceNanos -= System.nanoTime() - start;
            lagging = patienceNanos <= 0;
          }
        }
        byte[] whole = pair;
        if (lagging && has(TEARS_PAIRS_OF_SLOW_MEMBERS) && patienceNanos != Long.MIN_VALUE) {
          patienceNanos = Long.MIN_VALUE;
          whole = Arrays.copyOf(pair, pair.length / 2);
        } else if (lagging) {
          return;
        }
        backlog.add(whole);
        backlogBytes += whole.length;
        backlog.notifyAll();
      }
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
          byte[] next;
          synchronized (backlog) {
            while (backlog.isEmpty()) {
              if (gone) {
                return;
              }
              backlog.wait();
            }
            next = backlog.remove();
          }
          socket.getOutputStream().write(next);
          synchronized (backlog) {
            backlogBytes -= next.length;
            if (backlogBytes == 0) {
              patienceNanos = PATIENCE.toNanos();
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
}
